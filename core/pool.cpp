#include "core/pool.h"

#include "core/load_topology.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netrig {

namespace {

struct Reserved {
    const char* prefix;
    const char* what;
};

/// RFC 6890 and RFC 4291: never the address of a host that others reach through a router.
constexpr std::array<Reserved, 8> reserved_networks{{
    {"0.0.0.0/8", "addresses of 'this network'"},
    {"127.0.0.0/8", "loopback addresses"},
    {"169.254.0.0/16", "link-local addresses"},
    {"224.0.0.0/4", "multicast addresses"},
    {"240.0.0.0/4", "reserved addresses"},
    {"::/64", "loopback and mapped addresses"},
    {"fe80::/10", "link-local addresses"},
    {"ff00::/8", "multicast addresses"},
}};

bool overlap(const Prefix& a, const Prefix& b) {
    return a.contains(b.address) || b.contains(a.address);
}

/// Disjoint ranges of addresses that are not free.
class Taken {
public:
    void add(const Prefix& prefix) {
        IpAddress first = prefix.network().address, last = prefix.last();
        auto range = ranges_.lower_bound(first);
        if (range != ranges_.begin() && std::prev(range)->second >= first)
            --range;
        while (range != ranges_.end() && range->first <= last) {
            first = std::min(first, range->first);
            last = std::max(last, range->second);
            range = ranges_.erase(range);
        }
        ranges_.emplace(first, last);
    }

    /// The last address of the range that `prefix` runs into.
    [[nodiscard]] std::optional<IpAddress> end_of_overlap(const Prefix& prefix) const {
        auto range = ranges_.upper_bound(prefix.last());
        if (range == ranges_.begin() || std::prev(range)->second < prefix.network().address)
            return std::nullopt;
        return std::prev(range)->second;
    }

private:
    std::map<IpAddress, IpAddress> ranges_; ///< first, last; families apart, as IpAddress orders them
};

/// A segment that is to have subnets.
struct Wanting {
    std::vector<InterfaceRef> members;
    std::size_t links = 0;
    std::string what;
    Span span;
};

/// With its host's part all zero: the anycast address of routers, which RFC 6164 tells not to give to one.
bool begins_with_anycast(const Prefix& prefix) {
    constexpr std::size_t half = 8; // bytes
    return prefix.address.family == Family::ipv6 && prefix.length > half * 8 &&
           std::all_of(prefix.address.bytes.begin() + half, prefix.address.bytes.end(),
                       [](std::uint8_t byte) { return byte == 0; });
}

/// Gives out the subnets of one pool.
class Source {
public:
    Source(const Subnet& pool, Taken& taken) : pool_(pool), taken_(&taken) {}

    /// The lowest free subnet of that length.
    std::optional<Prefix> next(unsigned length) {
        if (length < pool_.prefix.length)
            return std::nullopt;
        // What was taken once stays taken, so the search goes on where it ended for the same length.
        auto [place, is_new] = next_.try_emplace(length, pool_.prefix.address);
        Prefix candidate{place->second, length};
        while (pool_.prefix.contains(candidate.address)) {
            auto end = taken_->end_of_overlap(candidate);
            if (!end && begins_with_anycast(candidate))
                end = candidate.last();
            if (!end) {
                place->second = candidate.address;
                taken_->add(candidate);
                ++given_;
                return candidate;
            }
            IpAddress behind = Prefix{std::max(*end, candidate.last()), length}.last() + 1;
            if (behind < candidate.address) // wrapped: there are no more addresses
                break;
            candidate.address = behind;
        }
        return std::nullopt;
    }

    [[nodiscard]] const Subnet& pool() const { return pool_; }
    [[nodiscard]] std::size_t given() const { return given_; }

private:
    Subnet pool_;
    Taken* taken_;
    std::map<unsigned, IpAddress> next_; ///< by length, from where to look
    std::size_t given_ = 0;
};

bool counts(const InterfaceAddress& address) {
    return address.prefix.address.family == Family::ipv4 || !address.prefix.address.is_link_local();
}

/// Segments that the file has given addresses, a subnet, or the word that they shall have none.
std::set<std::size_t> provided(const Topology& topology, const std::vector<AddressGroup>& groups) {
    std::set<std::size_t> segments;
    for (const AddressGroup& group : groups)
        if (group.wants_none || !group.subnets.empty())
            for (InterfaceRef member : group.members)
                segments.insert(topology.at(member).segment);
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            if (std::any_of(interface.addresses.begin(), interface.addresses.end(), counts))
                segments.insert(interface.segment);
    return segments;
}

bool is_port(const Topology& topology, InterfaceRef ref) {
    const Interface* master = topology.master_of(ref);
    return master != nullptr && !is<Vrf>(*master);
}

/// The segments without, in the order of their first links.
std::vector<Wanting> wanting(const Topology& topology, const std::vector<AddressGroup>& groups) {
    std::set<std::size_t> have = provided(topology, groups);
    std::vector<Wanting> found;
    std::map<std::size_t, std::size_t> places; // segment, index in found
    for (const Link& link : topology.links) {
        std::size_t segment = topology.at(link.ends[0]).segment;
        if (have.contains(segment))
            continue;
        auto [place, is_new] = places.try_emplace(segment, found.size());
        if (is_new)
            found.push_back({{}, 0, {}, link.span});
        Wanting& here = found[place->second];
        ++here.links;
        if (here.what.empty())
            here.what = fmt::format("{} -- {}", topology.show(link.ends[0]), topology.show(link.ends[1]));
        for (InterfaceRef end : link.ends)
            if (!is_port(topology, end))
                here.members.push_back(end);
            else if (!here.what.starts_with("bridge"))
                here.what = fmt::format("bridge '{}'", topology.nodes[end.node].name);
    }
    std::erase_if(found, [](const Wanting& each) { return each.members.empty(); });
    return found;
}

unsigned length_for(const Wanting& segment, Family family, const Topology& topology) {
    bool two_routers = segment.links == 1 && segment.members.size() == 2 &&
                       topology.nodes[segment.members[0].node].forwarding &&
                       topology.nodes[segment.members[1].node].forwarding;
    if (family == Family::ipv6)
        return two_routers ? 127 : 64;
    unsigned length = two_routers ? 31 : 24;
    auto hosts_in = [](unsigned bits) { return (std::size_t{1} << (32 - bits)) - 2; };
    while (!two_routers && length > 1 && segment.members.size() > hosts_in(length))
        --length;
    return length;
}

void report_too_small(const Source& source, unsigned length, const Wanting& segment,
                      const std::vector<Subnet>& in_file, Diagnostics& diagnostics) {
    const Subnet& pool = source.pool();
    std::size_t given = source.given();
    std::string label =
        length < pool.prefix.length ? "it is smaller than that"
        : given == 0                ? "nothing was given out of it"
                     : fmt::format("{} subnet{} given out of it", given, given == 1 ? " was" : "s were");
    Diagnostic mistake{
        fmt::format("the pool {} has no /{} left for {}", show(pool.prefix), length, segment.what),
        pool.span,
        std::move(label),
        "a larger pool, or a 'subnet' of its own",
        {{"this is what wants it", segment.span}}};
    for (const Subnet& subnet : in_file)
        if (subnet.prefix.contains(pool.prefix.address) && subnet.prefix.length <= pool.prefix.length) {
            mistake.notes.push_back({fmt::format("{} takes all of it", show(subnet.prefix)), subnet.span});
            break;
        }
    diagnostics.push_back(std::move(mistake));
}

/// Every network that stands in the file, of a subnet or of an address.
std::vector<Subnet> networks_in_file(const Topology& topology, const std::vector<AddressGroup>& groups) {
    std::vector<Subnet> networks;
    for (const AddressGroup& group : groups)
        networks.insert(networks.end(), group.subnets.begin(), group.subnets.end());
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            for (const InterfaceAddress& address : interface.addresses)
                networks.push_back({address.prefix.network(), address.span});
    return networks;
}

} // namespace

std::vector<Subnet> load_pool(TableReader& scenario) {
    std::vector<Subnet> pools;
    for (const Text& text : scenario.texts("pool")) {
        auto pool = load_subnet(text, scenario.diagnostics());
        if (!pool)
            continue;
        const auto* reserved =
            std::find_if(reserved_networks.begin(), reserved_networks.end(), [&](const Reserved& each) {
                Prefix network = *parse_prefix(each.prefix);
                return network.contains(pool->prefix.address) && network.length <= pool->prefix.length;
            });
        auto other = std::find_if(pools.begin(), pools.end(),
                                  [&](const Subnet& each) { return overlap(each.prefix, pool->prefix); });
        if (reserved != reserved_networks.end())
            scenario.report(text.span, fmt::format("{} can't be a pool: it has {} only", show(pool->prefix),
                                                   reserved->what));
        else if (other != pools.end())
            scenario.diagnostics().push_back(
                {fmt::format("the pools {} and {} overlap", show(other->prefix), show(pool->prefix)),
                 text.span,
                 {},
                 "a link gets a subnet of each pool, so they must be apart",
                 {{"the other is here", other->span}}});
        else
            pools.push_back(*pool);
    }
    return pools;
}

void use_pool(const std::vector<Subnet>& pool, const Topology& topology, std::vector<AddressGroup>& groups,
              Diagnostics& diagnostics) {
    if (pool.empty())
        return;
    std::vector<Subnet> in_file = networks_in_file(topology, groups);
    Taken taken;
    for (const Subnet& network : in_file)
        taken.add(network.prefix);
    for (const Reserved& each : reserved_networks)
        taken.add(*parse_prefix(each.prefix));
    std::vector<Source> sources;
    for (const Subnet& each : pool)
        sources.emplace_back(each, taken);
    for (const Wanting& segment : wanting(topology, groups)) {
        AddressGroup group{{}, segment.members, segment.what};
        for (auto source = sources.begin(); source != sources.end();) {
            unsigned length = length_for(segment, source->pool().prefix.address.family, topology);
            auto prefix = source->next(length);
            if (!prefix) {
                report_too_small(*source, length, segment, in_file, diagnostics);
                source = sources.erase(source); // one mistake, not one for every link behind it
                continue;
            }
            group.subnets.push_back({*prefix, source->pool().span});
            ++source;
        }
        groups.push_back(std::move(group));
    }
}

} // namespace netrig

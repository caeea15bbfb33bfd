#include "core/route_draft.h"

#include "core/gateway.h"
#include "core/load_encapsulation.h"
#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

struct Type {
    std::string_view word;
    RouteType type;
};

constexpr std::array<Type, 6> types{{
    {"unicast", RouteType::unicast},
    {"local", RouteType::local},
    {"unreachable", RouteType::unreachable},
    {"blackhole", RouteType::blackhole},
    {"prohibit", RouteType::prohibit},
    {"throw", RouteType::throw_back},
}};

struct Scope {
    std::string_view word;
    unsigned number; ///< linux/rtnetlink.h
};

constexpr std::array<Scope, 5> scopes{
    {{"global", 0}, {"site", 200}, {"link", 253}, {"host", 254}, {"nowhere", 255}}};

/// Reads a route word by word; each function is false when a mistake was reported.
class Reader {
public:
    explicit Reader(const WordsContext& context) : context_(context), words_(context.text) {}

    std::optional<DraftRoute> read() {
        if (!read_destination())
            return std::nullopt;
        while (const Text* key = words_.take())
            if (!read_word(*key))
                return std::nullopt;
        return std::move(route_);
    }

private:
    struct Word {
        std::string_view word;
        bool (Reader::*read)(const Text& key);
        bool once = false; ///< it is about the whole route
    };
    static constexpr std::size_t word_count = 12;
    static const std::array<Word, word_count> table;

    bool read_word(const Text& key) {
        auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Word& word) { return word.word == key.value; });
        if (found != table.end())
            return (!found->once || is_new(!seen_.insert(found->word).second, key)) &&
                   (this->*found->read)(key);
        std::vector<std::string> known;
        for (const Word& word : table)
            known.emplace_back(word.word);
        report_unknown_word(key, "a route", known, context_);
        return false;
    }

    bool read_destination() {
        const Text* word = words_.take();
        const auto* type =
            word == nullptr ? types.end() : std::find_if(types.begin(), types.end(), [&](const Type& each) {
                return each.word == word->value;
            });
        if (type != types.end()) {
            route_.type = type->type;
            word = words_.take();
        }
        if (word == nullptr) {
            context_.report(context_.text.span, "a destination is missing here",
                            "\"default via 10.0.0.254\"");
            return false;
        }
        if (word->value == "default")
            return true;
        if (word->value == "mpls")
            return read_label(*word);
        route_.destination =
            read_network(*word, "destination of a route",
                         "\"default\", \"10.2.0.0/16\", \"2001:db8::/32\" or an address", context_);
        return route_.destination.has_value();
    }

    bool read_label(const Text& key) {
        constexpr std::uint64_t first = 16, last = (1U << 20) - 1; // RFC 3032: below are reserved ones
        const Text* value = words_.value_of(key, context_);
        auto label = value != nullptr ? read_number(*value, "MPLS label of a route", first, last, context_)
                                      : std::nullopt;
        if (label)
            route_.label = static_cast<std::uint32_t>(*label);
        return label.has_value();
    }

    /// The next hop that is being read; a new one where this one has already what `key` says.
    DraftNexthop& nexthop(const Text& key, bool has_it_already) {
        if (route_.nexthops.empty() || has_it_already) {
            route_.nexthops.emplace_back();
            route_.nexthops.back().span = key.span;
        }
        return route_.nexthops.back();
    }
    [[nodiscard]] const DraftNexthop* last() const {
        return route_.nexthops.empty() ? nullptr : &route_.nexthops.back();
    }

    bool is_new(bool has_it_already, const Text& key, const char* help = "") {
        if (has_it_already)
            context_.report(key.span, fmt::format("'{}' stands here twice", key.value), help);
        return !has_it_already;
    }

    bool read_nexthop(const Text& key) {
        route_.nexthops.emplace_back();
        route_.nexthops.back().span = key.span;
        return true;
    }

    bool read_via(const Text& key) {
        DraftNexthop& hop = nexthop(key, last() != nullptr && last()->gateway);
        if (words_.take_if("inet6"))
            hop.family = Family::ipv6;
        else if (words_.take_if("inet"))
            hop.family = Family::ipv4;
        const Text* value = words_.value_of(key, context_);
        if (value != nullptr)
            hop.gateway = *value;
        return value != nullptr;
    }

    bool read_dev(const Text& key) {
        DraftNexthop& hop = nexthop(key, false);
        if (!is_new(hop.device.has_value(), key, "\"nexthop\" begins a further next hop"))
            return false;
        const Text* value = words_.value_of(key, context_);
        if (value != nullptr)
            hop.device = read_device(*value, context_);
        return hop.device.has_value();
    }

    bool read_weight(const Text& key) {
        DraftNexthop& hop = nexthop(key, false);
        if (!is_new(hop.weight.has_value(), key, "each next hop has one weight, which stands behind it"))
            return false;
        const Text* value = words_.value_of(key, context_);
        auto weight = value != nullptr ? read_number(*value, "weight", 1, 256, context_) : std::nullopt;
        if (weight)
            hop.weight = static_cast<unsigned>(*weight);
        return weight.has_value();
    }

    bool read_onlink(const Text& key) { return nexthop(key, false).onlink = true; }

    bool read_encap(const Text& key) {
        DraftNexthop& hop = nexthop(key, last() != nullptr && last()->encapsulation != nullptr);
        hop.encapsulation = read_encapsulation(key, words_, context_);
        return hop.encapsulation != nullptr;
    }

    bool read_as(const Text& key) {
        if (!route_.label) {
            context_.report(key.span, "'as' belongs to an MPLS route", "\"mpls 100 as 200 via r2\"");
            return false;
        }
        DraftNexthop& hop = nexthop(key, last() != nullptr && !last()->labels.empty());
        const Text* value = words_.value_of(key, context_);
        auto labels = value != nullptr ? read_labels(*value, context_) : std::nullopt;
        if (labels)
            hop.labels = std::move(*labels);
        return labels.has_value();
    }

    bool read_metric(const Text& key) {
        const Text* value = words_.value_of(key, context_);
        auto metric =
            value != nullptr ? read_number(*value, "metric", 0, UINT32_MAX, context_) : std::nullopt;
        if (metric)
            route_.metric = static_cast<std::uint32_t>(*metric);
        return metric.has_value();
    }

    bool read_table_word(const Text& key) {
        const Text* value = words_.value_of(key, context_);
        if (value != nullptr)
            route_.table = read_table(*value, context_);
        return route_.table.has_value();
    }

    bool read_src(const Text& key) {
        const Text* value = words_.value_of(key, context_);
        if (value == nullptr)
            return false;
        route_.source = parse_ip(value->value);
        if (route_.source && (context_.later || has_address(context_.owner(), *route_.source)))
            return true;
        context_.report(value->span, route_.source
                                         ? fmt::format("{} is no address of '{}', so it can't be sent from",
                                                       value->value, context_.owner().name)
                                         : fmt::format("'{}' is no address", value->value));
        return false;
    }

    bool read_mtu(const Text& key) {
        route_.mtu_is_locked = words_.take_if("lock");
        const Text* value = words_.value_of(key, context_);
        auto mtu = value != nullptr ? read_number(*value, "MTU", 68, 65'535, context_) : std::nullopt;
        if (mtu)
            route_.mtu = static_cast<unsigned>(*mtu);
        return mtu.has_value();
    }

    bool read_scope(const Text& key) {
        const Text* value = words_.value_of(key, context_);
        if (value == nullptr)
            return false;
        std::vector<std::string> known;
        for (const Scope& scope : scopes) {
            if (scope.word == value->value)
                route_.scope = scope.number;
            known.emplace_back(scope.word);
        }
        if (!route_.scope)
            context_.report(value->span, fmt::format("'{}' is no scope", value->value),
                            suggestion(value->value, known));
        return route_.scope.has_value();
    }

    const WordsContext& context_;
    Words words_;
    DraftRoute route_;
    std::set<std::string_view> seen_;
};

const std::array<Reader::Word, Reader::word_count> Reader::table{{
    {"via", &Reader::read_via},
    {"dev", &Reader::read_dev},
    {"metric", &Reader::read_metric, true},
    {"table", &Reader::read_table_word, true},
    {"src", &Reader::read_src, true},
    {"mtu", &Reader::read_mtu, true},
    {"weight", &Reader::read_weight},
    {"onlink", &Reader::read_onlink},
    {"nexthop", &Reader::read_nexthop},
    {"encap", &Reader::read_encap},
    {"as", &Reader::read_as},
    {"scope", &Reader::read_scope, true},
}};

} // namespace

std::optional<DraftRoute> read_route(const WordsContext& context) {
    return Reader(context).read();
}

} // namespace netrig

#include "core/load_rules.h"

#include "core/ip_words.h"
#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netrig {

namespace {

struct Protocol {
    std::string_view word;
    unsigned number; ///< protocol-numbers of IANA
};

constexpr std::array<Protocol, 8> protocols{{{"tcp", 6},
                                             {"udp", 17},
                                             {"icmp", 1},
                                             {"icmpv6", 58},
                                             {"sctp", 132},
                                             {"gre", 47},
                                             {"esp", 50},
                                             {"ah", 51}}};

/// A rule that is being read, before its family and its priority are known.
struct Draft {
    Rule rule;
    std::optional<Family> family;
    std::optional<std::uint32_t> priority;
    bool has_action = false;
    Span goto_span;
};

/// Reads a rule word by word; each function is false when a mistake was reported.
class Reader {
public:
    explicit Reader(const WordsContext& context) : context_(context), words_(context.text) {}

    std::optional<Draft> read() {
        if (words_.take_if("inet"))
            draft_.family = Family::ipv4;
        else if (words_.take_if("inet6"))
            draft_.family = Family::ipv6;
        while (const Text* key = words_.take())
            if (!read_word(*key))
                return std::nullopt;
        if (draft_.has_action)
            return std::move(draft_);
        context_.report(context_.text.span, "this rule does nothing",
                        "add \"table 100\", \"unreachable\", \"blackhole\" or \"prohibit\"");
        return std::nullopt;
    }

private:
    struct Word {
        std::string_view word;
        bool (Reader::*read)(const Text& key, const Text& value);
        std::string_view same_as{}; ///< a word of the same meaning
        [[nodiscard]] std::string_view meaning() const { return same_as.empty() ? word : same_as; }
    };
    static const std::array<Word, 19> with_value;

    bool read_word(const Text& key) {
        auto found = std::find_if(with_value.begin(), with_value.end(),
                                  [&](const Word& word) { return word.word == key.value; });
        if (!seen_.insert(found == with_value.end() ? key.value : std::string(found->meaning())).second) {
            context_.report(key.span, fmt::format("'{}' stands here twice", key.value));
            return false;
        }
        if (key.value == "not")
            return draft_.rule.inverted = true;
        if (key.value == "l3mdev")
            return (draft_.rule.l3mdev = true) && act(key, RuleAction::lookup);
        for (auto [word, action] : {std::pair("nop", RuleAction::nop),
                                    {"blackhole", RuleAction::blackhole},
                                    {"unreachable", RuleAction::unreachable},
                                    {"prohibit", RuleAction::prohibit}})
            if (key.value == word)
                return act(key, action);
        if (found == with_value.end()) {
            report_unknown_word(key, "a rule", known_words(), context_);
            return false;
        }
        const Text* value = words_.value_of(key, context_);
        return value != nullptr && (this->*found->read)(key, *value);
    }

    static std::vector<std::string> known_words() {
        std::vector<std::string> known{"not", "l3mdev", "nop", "blackhole", "unreachable", "prohibit"};
        for (const Word& word : with_value)
            known.emplace_back(word.word);
        return known;
    }

    bool act(const Text& key, RuleAction action) {
        if (draft_.has_action) {
            context_.report(key.span, "a rule does one thing, and this is a second");
            return false;
        }
        draft_.rule.action = action;
        return draft_.has_action = true;
    }

    bool read_selector(const Text& value, std::optional<Prefix>& prefix) {
        if (value.value == "all" || value.value == "any" || value.value == "default")
            return true;
        prefix = read_network(value, "network", "\"10.0.0.0/8\", \"2001:db8::/32\", an address or \"all\"",
                              context_);
        if (!prefix)
            return false;
        if (draft_.family && *draft_.family != prefix->address.family) {
            context_.report(value.span,
                            fmt::format("{} is no {} network", value.value, show(*draft_.family)));
            return false;
        }
        draft_.family = prefix->address.family;
        return true;
    }
    bool read_from(const Text&, const Text& value) { return read_selector(value, draft_.rule.from); }
    bool read_to(const Text&, const Text& value) { return read_selector(value, draft_.rule.to); }

    bool read_tos(const Text&, const Text& value) {
        // In hexadecimal with and without "0x", as ip(8) has it; the two bits of ECN are no part of it.
        std::string_view digits = value.value;
        if (digits.starts_with("0x"))
            digits.remove_prefix(2);
        unsigned tos = 0;
        auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), tos, 16);
        if (error == std::errc() && rest == digits.data() + digits.size() && tos <= 0xFC && tos % 4 == 0) {
            draft_.rule.tos = tos;
            return true;
        }
        context_.report(value.span, fmt::format("'{}' is no type of service", value.value),
                        "a hexadecimal number without the bits of ECN: 0x10");
        return false;
    }

    bool read_mark(const Text&, const Text& value) {
        std::vector<Text> pieces = split(value, "/");
        auto mark = read_number(pieces[0], "mark", 0, UINT32_MAX, context_);
        auto mask = pieces.size() < 2 ? std::optional<std::uint64_t>(UINT32_MAX)
                                      : read_number(pieces[1], "mask of a mark", 0, UINT32_MAX, context_);
        if (pieces.size() > 2)
            context_.report(value.span, fmt::format("'{}' is no mark", value.value),
                            "\"0x1\" or \"0x1/0xff\"");
        if (!mark || !mask || pieces.size() > 2)
            return false;
        draft_.rule.mark = {static_cast<std::uint32_t>(*mark), static_cast<std::uint32_t>(*mask)};
        return true;
    }

    bool read_interface(const Text& value, std::string& name) {
        auto device = read_device(value, context_);
        if (device)
            name = device->name;
        return device.has_value();
    }
    bool read_iif(const Text&, const Text& value) { return read_interface(value, draft_.rule.in); }
    bool read_oif(const Text&, const Text& value) { return read_interface(value, draft_.rule.out); }

    /// "80", "80-90"
    template <class T>
    bool read_range(const Text& value, std::string_view what, std::uint64_t least, std::uint64_t most,
                    std::optional<Range<T>>& range) {
        std::vector<Text> pieces = split(value, "-");
        auto first = read_number(pieces.front(), what, least, most, context_);
        auto last =
            first && pieces.size() > 1 ? read_number(pieces.back(), what, least, most, context_) : first;
        if (!first || !last)
            return false;
        if (pieces.size() > 2 || *first > *last) {
            context_.report(value.span, fmt::format("'{}' is no range", value.value), "\"80\" or \"80-90\"");
            return false;
        }
        range = {static_cast<T>(*first), static_cast<T>(*last)};
        return true;
    }
    bool read_uids(const Text&, const Text& value) {
        return read_range(value, "user id", 0, UINT32_MAX - 1, draft_.rule.uids);
    }
    bool read_sport(const Text&, const Text& value) {
        return read_range(value, "port", 1, 65'535, draft_.rule.source_ports);
    }
    bool read_dport(const Text&, const Text& value) {
        return read_range(value, "port", 1, 65'535, draft_.rule.destination_ports);
    }

    bool read_protocol(const Text&, const Text& value) {
        for (const Protocol& protocol : protocols)
            if (protocol.word == value.value) {
                draft_.rule.protocol = protocol.number;
                return true;
            }
        auto number = read_number(value, "protocol", 1, 255, context_);
        if (number)
            draft_.rule.protocol = static_cast<unsigned>(*number);
        else
            context_.diagnostics.back().help = "tcp, udp, icmp, icmpv6, sctp, gre, esp, ah, or a number";
        return number.has_value();
    }

    bool read_table_word(const Text& key, const Text& value) {
        auto table = read_table(value, context_);
        if (table)
            draft_.rule.table = *table;
        return table && act(key, RuleAction::lookup);
    }

    bool read_goto(const Text& key, const Text& value) {
        auto target = read_number(value, "priority", 1, UINT32_MAX, context_);
        if (target)
            draft_.rule.target = static_cast<std::uint32_t>(*target);
        draft_.goto_span = value.span;
        return target && act(key, RuleAction::go_to);
    }

    bool read_suppress(const Text&, const Text& value) {
        auto length = read_number(value, "length of a prefix", 0, 128, context_);
        if (length)
            draft_.rule.suppress_prefixlength = static_cast<unsigned>(*length);
        return length.has_value();
    }

    bool read_priority(const Text&, const Text& value) {
        auto priority = read_number(value, "priority", 0, UINT32_MAX, context_);
        if (priority)
            draft_.priority = static_cast<std::uint32_t>(*priority);
        return priority.has_value();
    }

    const WordsContext& context_;
    Words words_;
    Draft draft_;
    std::set<std::string> seen_;
};

const std::array<Reader::Word, 19> Reader::with_value{{
    {"from", &Reader::read_from},
    {"to", &Reader::read_to},
    {"table", &Reader::read_table_word},
    {"lookup", &Reader::read_table_word, "table"},
    {"priority", &Reader::read_priority},
    {"pref", &Reader::read_priority, "priority"},
    {"preference", &Reader::read_priority, "priority"},
    {"order", &Reader::read_priority, "priority"},
    {"fwmark", &Reader::read_mark},
    {"iif", &Reader::read_iif},
    {"oif", &Reader::read_oif},
    {"tos", &Reader::read_tos},
    {"dsfield", &Reader::read_tos, "tos"},
    {"ipproto", &Reader::read_protocol},
    {"sport", &Reader::read_sport},
    {"dport", &Reader::read_dport},
    {"uidrange", &Reader::read_uids},
    {"goto", &Reader::read_goto},
    {"suppress_prefixlength", &Reader::read_suppress},
}};

bool speaks_ipv6(const Node& node) {
    auto six = [](const Prefix& prefix) { return prefix.address.family == Family::ipv6; };
    return std::any_of(node.interfaces.begin(), node.interfaces.end(),
                       [&](const Interface& interface) {
                           return std::any_of(
                               interface.addresses.begin(), interface.addresses.end(),
                               [&](const InterfaceAddress& given) { return six(given.prefix); });
                       }) ||
           std::any_of(node.routes.begin(), node.routes.end(),
                       [&](const Route& route) { return six(route.destination); });
}

void check_differ(const Node& node, Diagnostics& diagnostics) {
    for (auto rule = node.rules.begin(); rule != node.rules.end(); ++rule) {
        auto first =
            std::find_if(node.rules.begin(), rule, [&](const Rule& other) { return other.same_as(*rule); });
        if (first != rule)
            diagnostics.push_back({fmt::format("'{}' has the same rule twice", node.name),
                                   rule->span,
                                   {},
                                   {},
                                   {{"the first is here", first->span}}});
    }
}

/// The kernel goes forward only.
void check_target(const Draft& draft, const WordsContext& context) {
    if (draft.rule.action == RuleAction::go_to && draft.rule.target <= draft.rule.priority)
        context.report(draft.goto_span, fmt::format("a rule of priority {} can't go back to {}",
                                                    draft.rule.priority, draft.rule.target));
}

} // namespace

void load_rules(const std::vector<NodeText>& rules, Topology& topology, Diagnostics& diagnostics) {
    constexpr std::uint32_t of_main = 32'766; // where the kernel looks into the table main
    struct Read {
        NodeIndex node;
        const Text& text;
        Draft draft;
    };
    std::vector<Read> read;
    std::map<NodeIndex, std::uint32_t> unnumbered;
    for (const NodeText& rule : rules) {
        auto draft = Reader({rule.node, rule.text, topology, diagnostics}).read();
        if (draft && !draft->priority)
            ++unnumbered[rule.node];
        if (draft)
            read.push_back({rule.node, rule.text, std::move(*draft)});
    }
    for (auto& [node, text, draft] : read) {
        draft.rule.span = text.span;
        draft.rule.priority = draft.priority ? *draft.priority : of_main - unnumbered[node]--;
        check_target(draft, {node, text, topology, diagnostics});
        for (Family family : {Family::ipv4, Family::ipv6}) {
            bool wanted = draft.family ? *draft.family == family
                                       : family == Family::ipv4 || speaks_ipv6(topology.nodes[node]);
            draft.rule.family = family;
            if (wanted)
                topology.nodes[node].rules.push_back(draft.rule);
        }
    }
    for (const Node& node : topology.nodes)
        check_differ(node, diagnostics);
}

} // namespace netrig

#include "core/rule.h"

#include <fmt/format.h>
#include <tuple>

namespace netrig {

namespace {

auto tied(const Rule& rule) {
    return std::tie(rule.family, rule.inverted, rule.from, rule.to, rule.tos, rule.mark, rule.in, rule.out,
                    rule.uids, rule.protocol, rule.source_ports, rule.destination_ports, rule.l3mdev,
                    rule.action, rule.table, rule.target, rule.suppress_prefixlength, rule.priority);
}

template <class T>
std::string show(const Range<T>& range) {
    return range.first == range.last ? fmt::format("{}", range.first)
                                     : fmt::format("{}-{}", range.first, range.last);
}

std::string show_action(const Rule& rule) {
    switch (rule.action) {
    case RuleAction::lookup:
        return rule.l3mdev ? "" : " table " + show_table(rule.table);
    case RuleAction::go_to:
        return fmt::format(" goto {}", rule.target);
    case RuleAction::nop:
        return " nop";
    case RuleAction::blackhole:
        return " blackhole";
    case RuleAction::unreachable:
        return " unreachable";
    case RuleAction::prohibit:
        return " prohibit";
    }
    return "";
}

} // namespace

bool Rule::same_as(const Rule& other) const {
    return tied(*this) == tied(other);
}

std::string show(const Rule& rule) {
    std::string text = rule.family == Family::ipv4 ? "inet" : "inet6";
    auto add = [&](std::string_view word, const std::string& value) {
        text += fmt::format(" {} {}", word, value);
    };
    text += rule.inverted ? " not" : "";
    add("from", rule.from ? show(*rule.from) : "all");
    if (rule.to)
        add("to", show(*rule.to));
    if (rule.tos)
        add("tos", fmt::format("{:#x}", *rule.tos));
    if (rule.mark)
        add("fwmark", rule.mark->mask == UINT32_MAX
                          ? fmt::format("{:#x}", rule.mark->value)
                          : fmt::format("{:#x}/{:#x}", rule.mark->value, rule.mark->mask));
    if (!rule.in.empty())
        add("iif", rule.in);
    if (!rule.out.empty())
        add("oif", rule.out);
    if (rule.uids)
        add("uidrange", fmt::format("{}-{}", rule.uids->first, rule.uids->last));
    if (rule.protocol)
        add("ipproto", fmt::format("{}", *rule.protocol));
    if (rule.source_ports)
        add("sport", show(*rule.source_ports));
    if (rule.destination_ports)
        add("dport", show(*rule.destination_ports));
    text += rule.l3mdev ? " l3mdev" : "";
    text += show_action(rule);
    if (rule.suppress_prefixlength)
        add("suppress_prefixlength", fmt::format("{}", *rule.suppress_prefixlength));
    return text + fmt::format(" priority {}", rule.priority);
}

} // namespace netrig

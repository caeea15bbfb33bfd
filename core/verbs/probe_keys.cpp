#include "core/verbs/probe_keys.h"

#include <array>
#include <fmt/format.h>

namespace netrig {

ProbeReader::ProbeReader(const TomlValue& value, std::string_view verb, Keys keys, LoadContext& context)
    : value_(value), context_(context), mistakes_(context.diagnostics.size()) {
    if (const auto* table = std::get_if<TomlTable>(&value.data))
        table_.emplace(*table, value.span, std::string(verb), keys, context.diagnostics);
    else if (!std::holds_alternative<std::string>(value.data))
        context.diagnostics.push_back(
            {fmt::format("'{}' takes a pair or a table, not {}", verb, type_name(value)), value.span});
}

Span ProbeReader::where() const {
    const TomlValue* between = table_ ? table_->find("between") : nullptr;
    return (between != nullptr ? *between : value_).span;
}

std::optional<Between> ProbeReader::pairs(FamilyChoice family) {
    std::optional<Text> text;
    if (table_) {
        table_->require("between");
        text = table_->text("between");
    } else if (std::holds_alternative<std::string>(value_.data)) {
        text = text_of(value_);
    }
    auto between = text ? load_between(*text, context_) : std::nullopt;
    if (!between || context_.diagnostics.size() > mistakes_ ||
        !check_pairs(*between, family, where(), context_))
        return std::nullopt;
    return between;
}

bool ProbeReader::check_source(const std::optional<IpAddress>& source, const Between& between,
                               FamilyChoice family) {
    if (!source)
        return true;
    for (const Pair& pair : pairs_of(between, family, context_.topology))
        if (source->family != pair.to.family) {
            table_->report(table_->find("source")->span,
                           fmt::format("{} can't be the source of a request to {}: that is {}", show(*source),
                                       show(pair.to), show(pair.to.family)));
            return false;
        }
    return true;
}

std::optional<IpAddress> load_source(TableReader& reader) {
    auto text = reader.text("source");
    auto source = text ? parse_ip(text->value) : std::nullopt;
    if (text && !source)
        reader.report(text->span, fmt::format("'{}' is no address", text->value));
    return source;
}

FamilyChoice load_family(TableReader& reader) {
    constexpr std::array<std::string_view, 3> names{"ipv4", "ipv6", "both"};
    auto family = reader.choice("family", names);
    if (!family)
        return FamilyChoice::automatic;
    return *family == "ipv4"   ? FamilyChoice::ipv4
           : *family == "ipv6" ? FamilyChoice::ipv6
                               : FamilyChoice::both;
}

bool load_timeout(TableReader& reader, nanoseconds& timeout) {
    auto written = reader.duration("timeout");
    timeout = written.value_or(timeout);
    return written.has_value();
}

} // namespace netrig

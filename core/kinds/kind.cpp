#include "core/kinds/kind.h"

#include "core/suggest.h"
#include "core/topology.h"

#include <fmt/format.h>

namespace netrig {

AddressText load_address_text(TableReader& reader, std::string_view key, std::optional<Family> family) {
    auto text = reader.text(key);
    if (text && text->value.empty())
        reader.report(text->span, fmt::format("'{}' is empty", key), {},
                      "an address, a node, or \"node:interface\"");
    return text ? AddressText{text->value, text->span, family, {}} : AddressText{};
}

std::vector<AddressText> load_address_texts(TableReader& reader, std::string_view key) {
    std::vector<AddressText> addresses;
    for (const Text& text : reader.texts(key))
        addresses.push_back({text.value, text.span, {}, {}});
    return addresses;
}

std::optional<std::size_t> find_own_interface(const Text& name, KindContext& context) {
    auto found = context.topology.find_interface(context.node, name.value);
    if (found)
        return found;
    const Node& node = context.topology.nodes[context.node];
    context.diagnostics.push_back({fmt::format("node '{}' has no interface '{}'", node.name, name.value),
                                   name.span,
                                   {},
                                   suggestion(name.value, context.topology.interface_names(context.node)),
                                   {}});
    return std::nullopt;
}

std::string ip_word(std::string_view word, const AddressText& address) {
    if (!address.given())
        return {};
    return fmt::format(" {} {}", word, address.address ? show(*address.address) : address.text);
}

} // namespace netrig

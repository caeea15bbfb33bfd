#include "core/kinds.h"

namespace netrig {

KindTraits traits(const AnyKind& kind) {
    return std::visit(
        []<class K>(const K&) {
            return KindTraits{K::name,     K::feature, K::parent_word, K::passes,
                              K::ethernet, K::own_mac, K::overlay,     K::has_ports};
        },
        kind);
}

std::uint32_t number(const AnyKind& kind) {
    return std::visit([](const auto& each) { return each.number(); }, kind);
}

std::string ip_words(const AnyKind& kind) {
    return std::visit([](const auto& each) { return each.ip_words(); }, kind);
}

std::vector<AddressText*> addresses(AnyKind& kind) {
    return std::visit([](auto& each) { return each.addresses(); }, kind);
}

} // namespace netrig

// The template behind the open lists (verbs, and more to come): from the written-out list of member types
// come the variant, the look-up by name and the names for suggestions. No registration, no static objects.
#pragma once

#include <string_view>
#include <variant>

namespace netrig {

template <class... Types>
struct Members {
    using Variant = std::variant<Types...>;

    /// Calls `visitor.template operator()<T>()` for the member whose T::name is `name`; false if there is
    /// none.
    template <class Visitor>
    static bool visit(std::string_view name, Visitor&& visitor) {
        return ((Types::name == name ? (visitor.template operator()<Types>(), true) : false) || ...);
    }

    template <class Visitor>
    static void for_each(Visitor&& visitor) {
        (visitor.template operator()<Types>(), ...);
    }
};

} // namespace netrig

// What a fallible function returns: a value, or an Error that says what was being done, to which node, and
// the kernel's own words. Errors grow context outwards only where the caller knows more than the callee.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace netrig {

struct Error {
    std::string doing;  ///< an infinitive that fits after "cannot": "create link red:veth0 -- blue:veth1"
    int code = 0;       ///< an errno value (errno(3)), 0 when the system was not asked
    std::string kernel; ///< the kernel's extended acknowledgement (NLMSGERR_ATTR_MSG), or our own reason
    std::string help;   ///< what the person can do about it, when that is known
    bool operator==(const Error&) const = default;
};

/// "cannot create bridge br0: Operation not permitted (EPERM): ..." - one line, no full stop.
std::string describe(const Error& error);

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

inline tl::unexpected<Error> failure(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

} // namespace netrig

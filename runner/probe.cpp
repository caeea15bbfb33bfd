#include "runner/probe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>

namespace netrig {

std::string kernel_words(const Error& error) {
    std::string text = describe(error);
    std::size_t begin = std::string("cannot : ").size() + error.doing.size();
    return text.size() > begin ? text.substr(begin) : text;
}

Probed probed(const Status& status) {
    static constexpr std::array not_asked{ENOMEM, ENOBUFS, EMFILE, ENFILE, ENOSPC, EAGAIN, EPERM};
    if (status)
        return {};
    bool asked = std::find(not_asked.begin(), not_asked.end(), status.error().code) == not_asked.end();
    return {asked ? Answer::no : Answer::could_not_ask, kernel_words(status.error())};
}

Probed could_not_ask(const Error& error) {
    return {Answer::could_not_ask, describe(error)};
}

} // namespace netrig

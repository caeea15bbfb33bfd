// What a step answers: yes, no, or could not ask. A must-not check passes only on the outcome that it names,
// so "could not ask" is never taken for either of the others.
#pragma once

#include <string>
#include <vector>

namespace netrig {

enum class Answer { yes, no, could_not_ask };

struct Verdict {
    Answer answer = Answer::yes;
    std::string expected{};             ///< "a reply from 10.0.0.2"
    std::string actual{};               ///< what came instead, or why it could not be asked
    std::vector<std::string> details{}; ///< lines: pairs, addresses really used, output
    bool operator==(const Verdict&) const = default;
};

inline Verdict could_not_ask(std::string expected, std::string why) {
    return {Answer::could_not_ask, std::move(expected), std::move(why), {}};
}

} // namespace netrig

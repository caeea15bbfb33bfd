// The words for outcomes, kinds and answers in what machines read: one spelling for every format and for
// recorded runs. In the order of the enumerations; a word that was once released stays.
#pragma once

#include "core/event.h"

#include <array>
#include <string_view>

namespace netrig {

inline constexpr std::array<std::string_view, 4> outcome_words{"passed", "failed", "errored", "skipped"};
inline constexpr std::array<std::string_view, 8> failure_kind_words{
    "none", "assertion", "timeout", "setup", "teardown", "requirement", "interrupted", "internal"};
inline constexpr std::array<std::string_view, 3> answer_words{"yes", "no", "could-not-ask"};

constexpr std::string_view word(Outcome outcome) {
    return outcome_words[static_cast<std::size_t>(outcome)];
}
constexpr std::string_view word(FailureKind kind) {
    return failure_kind_words[static_cast<std::size_t>(kind)];
}
constexpr std::string_view word(Answer answer) {
    return answer_words[static_cast<std::size_t>(answer)];
}

static_assert(word(Outcome::skipped) == "skipped");
static_assert(word(FailureKind::internal) == "internal");
static_assert(word(Answer::could_not_ask) == "could-not-ask");

} // namespace netrig

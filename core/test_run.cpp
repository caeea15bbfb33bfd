#include "core/test_run.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::string name_of(const Step& step) {
    return step.label.empty() ? std::visit([](const auto& verb) { return verb.describe(); }, step.verb)
                              : step.label;
}

/// `repeated`: a no is not the last word.
Verdict ask(const Step& step, Lab& lab, bool repeated) {
    Verdict verdict = std::visit(
        [&](const auto& verb) {
            return verb.run(lab, {step.timeout, repeated});
        },
        step.verb);
    if (Status sound = lab.sound(); !sound)
        return could_not_ask(verdict.expected, describe(sound.error()));
    return verdict;
}

std::string show_times(std::size_t times) {
    return times == 1 ? "once" : fmt::format("{} times", times);
}

/// `within`: asked again at once when the lab reports a change, and at an interval that grows to 100 ms.
Verdict ask_within(const Step& step, Duration within, Lab& lab) {
    constexpr Duration longest_wait = std::chrono::milliseconds(100);
    Duration wait = std::chrono::milliseconds(1);
    auto begin = Clock::now();
    std::size_t times = 0;
    for (;;) {
        Verdict verdict = ask(step, lab, true);
        ++times;
        Duration passed = Clock::now() - begin;
        if (lab.told_to_end())
            return verdict;
        if (verdict.answer == Answer::yes && passed <= within) {
            verdict.details.push_back(
                fmt::format("came true after {}, asked {}", show(passed), show_times(times)));
            return verdict;
        }
        if (passed >= within) {
            if (verdict.answer == Answer::yes) {
                verdict.answer = Answer::no;
                verdict.actual = fmt::format("{}, but only after {}", verdict.actual, show(passed));
            }
            verdict.expected += fmt::format(" within {}", show(within));
            verdict.details.push_back(fmt::format("asked {} in {}", show_times(times), show(passed)));
            return verdict;
        }
        if (Status waited = lab.wait_for_change(std::min(wait, within - passed)); !waited)
            return could_not_ask(verdict.expected, describe(waited.error()));
        wait = std::min(wait * 2, longest_wait);
    }
}

/// `for`: asked again as `within` does, until the first answer that is no yes. `verdict`: the first.
Verdict ask_all_the_time(const Step& step, Duration time, Lab& lab, Verdict verdict) {
    constexpr Duration longest_wait = std::chrono::milliseconds(100);
    Duration wait = std::chrono::milliseconds(1);
    auto begin = Clock::now();
    for (std::size_t times = 1;; ++times) {
        Duration passed = Clock::now() - begin;
        if (verdict.answer != Answer::yes) {
            verdict.expected += fmt::format(" for {}", show(*step.held));
            verdict.details.push_back(
                times == 1 ? "not even at first"
                           : fmt::format("no longer after {}, asked {}", show(passed), show_times(times)));
            return verdict;
        }
        if (lab.told_to_end())
            return verdict;
        if (passed >= time) {
            verdict.details.push_back(fmt::format("held for {}, asked {}", show(passed), show_times(times)));
            return verdict;
        }
        if (Status waited = lab.wait_for_change(std::min(wait, time - passed)); !waited)
            return could_not_ask(verdict.expected, describe(waited.error()));
        wait = std::min(wait * 2, longest_wait);
        verdict = ask(step, lab, false);
    }
}

/// With its modifiers. `left`: of the test's own time.
Verdict ask_step(const Step& step, Duration left, Lab& lab) {
    auto begin = Clock::now();
    Verdict verdict =
        step.within ? ask_within(step, std::min(*step.within, left), lab) : ask(step, lab, false);
    if (!step.held || lab.told_to_end() || (step.within && verdict.answer != Answer::yes))
        return verdict;
    left -= std::min(left, Clock::now() - begin);
    verdict = ask_all_the_time(step, std::min(*step.held, left), lab, std::move(verdict));
    if (verdict.answer == Answer::yes && left < *step.held)
        return could_not_ask(fmt::format("{} for {}", verdict.expected, show(*step.held)),
                             "the test's time was over before");
    return verdict;
}

Outcome outcome_of(Answer answer) {
    switch (answer) {
    case Answer::yes:
        return Outcome::passed;
    case Answer::no:
        return Outcome::failed;
    case Answer::could_not_ask:
        return Outcome::errored;
    }
    return Outcome::errored;
}

EventPlace place_of(const Step& step, const Scenario& scenario, Outcome outcome) {
    EventPlace place{step.span.begin.line, step.span.begin.column, {}};
    if (outcome != Outcome::passed)
        place.excerpt = render_excerpt(*scenario.source, step.span, "");
    return place;
}

/// `left`: of the test's own time, if it has a limit. Nothing when the lab was told to end.
std::optional<Outcome> run_step(const TestRun& run, std::size_t test, std::size_t number, Duration left) {
    const Step& step = run.scenario.tests[test].steps[number];
    std::string what = name_of(step);
    run.tell(StepStarted{run.number, test, number, what});
    auto begin = Clock::now();
    Verdict verdict = ask_step(step, left, run.lab);
    for (std::string& note : run.lab.take_notes())
        verdict.details.push_back(std::move(note));
    if (verdict.answer != Answer::yes)
        for (std::string& line : run.lab.link_counts())
            verdict.details.push_back(std::move(line));
    if (run.lab.told_to_end()) {
        run.tell(
            StepStopped{run.number, test, number, what, std::move(verdict.details), Clock::now() - begin});
        return std::nullopt;
    }
    Outcome outcome = outcome_of(verdict.answer);
    run.tell(StepFinished{run.number, test, number, what, place_of(step, run.scenario, outcome),
                          std::move(verdict), Clock::now() - begin});
    return outcome;
}

bool is_action(const Step& step) {
    return std::visit([](const auto& verb) { return std::decay_t<decltype(verb)>::is_action; }, step.verb);
}

const Obstacle* obstacle_of(const TestRun& run, std::size_t test) {
    bool stands = test < run.obstacles.size() && run.obstacles[test].has_value();
    return stands ? &*run.obstacles[test] : nullptr;
}

FailureKind usual_kind(Outcome outcome) {
    if (outcome == Outcome::failed)
        return FailureKind::assertion;
    return outcome == Outcome::errored ? FailureKind::internal : FailureKind::none;
}

/// The first of those that the test needs and that did not pass.
std::optional<std::string> unmet_need(const Scenario& scenario, const Test& test,
                                      std::span<const Outcome> before) {
    for (std::size_t need : test.needs) {
        std::string_view what = before[need] == Outcome::failed    ? "failed"
                                : before[need] == Outcome::errored ? "errored"
                                                                   : "was skipped";
        if (before[need] != Outcome::passed)
            return fmt::format("it needs '{}', which {}", scenario.tests[need].name, what);
    }
    return std::nullopt;
}

/// What is known to fail passes by failing; an error is one all the same.
void turn_expected_failure(TestFinished& finished, const Test& test) {
    if (test.expected_failure.empty())
        return;
    if (finished.outcome == Outcome::failed) {
        finished.outcome = Outcome::passed;
        finished.reason = "failed as expected: " + test.expected_failure;
    } else if (finished.outcome == Outcome::passed) {
        finished.outcome = Outcome::failed;
        finished.reason = "passed, though it was expected to fail: " + test.expected_failure;
    }
}

/// The test's time is over after this step: what came of it says more about the time than about the network.
void give_up(TestFinished& finished, const Test& test, std::size_t step) {
    finished.outcome = Outcome::errored;
    finished.kind = FailureKind::timeout;
    finished.reason = fmt::format("not finished after {}, in step {} of {}: {}", show(*test.timeout),
                                  step + 1, test.steps.size(), name_of(test.steps[step]));
}

/// Nothing when the lab was told to end: the test is left open.
std::optional<Outcome> run_test(const TestRun& run, std::size_t number, std::span<const Outcome> before) {
    const Test& test = run.scenario.tests[number];
    if (const Obstacle* obstacle = obstacle_of(run, number)) {
        run.tell(TestFinished{run.number, number, obstacle->outcome, obstacle->kind, obstacle->reason, {}});
        return obstacle->outcome;
    }
    if (auto reason = unmet_need(run.scenario, test, before)) {
        run.tell(TestFinished{
            run.number, number, Outcome::skipped, FailureKind::requirement, std::move(*reason), {}});
        return Outcome::skipped;
    }
    run.tell(TestStarted{run.number, number});
    auto begin = Clock::now();
    auto deadline = test.timeout ? std::optional(begin + *test.timeout) : std::nullopt;
    run.lab.set_deadline(deadline);
    TestFinished finished{run.number, number, Outcome::passed, FailureKind::none, {}, {}};
    for (std::size_t i = 0; i < test.steps.size(); ++i) {
        auto of_step = run_step(run, number, i, deadline ? *deadline - Clock::now() : Duration::max());
        if (!of_step)
            return std::nullopt;
        finished.outcome = worse(finished.outcome, *of_step);
        if (deadline && Clock::now() >= *deadline) {
            give_up(finished, test, i);
            break;
        }
        if (*of_step == Outcome::passed || !is_action(test.steps[i]))
            continue;
        if (std::size_t rest = test.steps.size() - i - 1; rest > 0)
            finished.reason = fmt::format("the action '{}' went wrong, so {} later steps were not done",
                                          name_of(test.steps[i]), rest);
        break;
    }
    run.lab.set_deadline(std::nullopt);
    turn_expected_failure(finished, test);
    if (finished.kind == FailureKind::none)
        finished.kind = usual_kind(finished.outcome);
    finished.took = Clock::now() - begin;
    finished.links = run.lab.link_counts();
    run.tell(finished);
    return finished.outcome;
}

} // namespace

Outcome worse(Outcome a, Outcome b) {
    auto rank = [](Outcome outcome) {
        switch (outcome) {
        case Outcome::skipped:
            return 0;
        case Outcome::passed:
            return 1;
        case Outcome::failed:
            return 2;
        case Outcome::errored:
            return 3;
        }
        return 3;
    };
    return rank(a) >= rank(b) ? a : b;
}

std::optional<Outcome> run_tests(const TestRun& run) {
    Outcome outcome = Outcome::skipped;
    std::vector<Outcome> before;
    for (std::size_t i = 0; i < run.scenario.tests.size(); ++i) {
        auto of_test = run_test(run, i, before);
        if (!of_test)
            return std::nullopt;
        outcome = worse(outcome, *of_test);
        before.push_back(*of_test);
    }
    return outcome;
}

} // namespace netrig

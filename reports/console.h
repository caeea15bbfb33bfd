// What a person sees of a run while it goes on: a line for each scenario that has ended, then every failure
// once and complete, then the sum. Makes everything visible and safe for a terminal; knows no file
// descriptor.
#pragma once

#include "reports/run_tree.h"

#include <functional>
#include <string>
#include <string_view>

namespace netrig {

struct ConsoleOptions {
    bool colour = false;
    bool verbose = false;  ///< a line for each test too
    bool stats = false;    ///< where each scenario's time went
    std::size_t width = 0; ///< columns that scenario and test lines are cut to; 0: never cut
};

class Console : public EventSink {
public:
    using Write = std::function<void(std::string_view)>;

    /// `write` is given whole lines, and the whole of what belongs together at once.
    Console(ConsoleOptions options, Write write);
    void receive(const Event& event) override;

    /// The whole of a recorded run, as it would have been seen while it went on; scenarios by their numbers.
    void show(const RunTree& tree) const;

private:
    [[nodiscard]] std::string status(Outcome outcome) const;
    [[nodiscard]] std::string line(Outcome outcome, Duration took, std::string_view text) const;
    [[nodiscard]] std::string scenario_lines(const ScenarioResult& scenario) const;
    [[nodiscard]] std::string test_line(const TestResult& test) const;
    [[nodiscard]] std::string failures(const ScenarioResult& scenario) const;
    [[nodiscard]] std::string check_lines(const MachineCheck& check) const;
    [[nodiscard]] std::string failure(Outcome outcome, const std::string& name,
                                      const std::string& text) const;
    [[nodiscard]] std::string ending(const RunTree& tree) const;

    ConsoleOptions options_;
    Write write_;
    RunTreeBuilder builder_;
};

} // namespace netrig

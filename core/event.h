// All that a run can tell, as plain structs in one variant, and the sink that receives them. The lab's
// process and the runner send the same stream; every report is made from it, during the run or later.
#pragma once

#include "core/quantity.h"
#include "core/source.h"
#include "core/verdict.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace netrig {

/// failed: the network under test is wrong. errored: the lab could not be built, or netrig could not ask.
enum class Outcome { passed, failed, errored, skipped };

/// Why a test or a scenario is not passed, in the closed list of words that report readers take as a type.
enum class FailureKind { none, assertion, timeout, setup, teardown, requirement, interrupted, internal };

/// Where in a scenario file; the file's path is the scenario's.
struct EventPlace {
    std::uint32_t line = 0, column = 0;
    std::string excerpt; ///< the source line with its caret, several lines of text
    bool operator==(const EventPlace&) const = default;
};

struct TestHeader {
    std::string name;
    std::uint32_t line = 0;
    bool operator==(const TestHeader&) const = default;
};

/// What is going to run; its number in the run is its place in the list.
struct PlannedScenario {
    std::string name, file, instance;
    std::vector<std::string> settings; ///< these three as in ScenarioStarted
    bool operator==(const PlannedScenario&) const = default;
};

struct RunStarted {
    std::string version, kernel, host;
    std::size_t scenarios = 0;
    std::vector<PlannedScenario> plan{}; ///< empty in records of version 1
    bool operator==(const RunStarted&) const = default;
};

struct ScenarioStarted {
    std::size_t scenario = 0; ///< its number in the run; all later events name it
    std::string name, file, description;
    std::vector<std::string> tags;
    std::vector<TestHeader> tests;
    std::string instance{};              ///< "family=ipv6,mtu=1280": which of its file's scenarios it is
    std::vector<std::string> settings{}; ///< "family=ipv6": with these by --set it runs again
    bool operator==(const ScenarioStarted&) const = default;
};

/// The topology stands and frames pass.
struct ScenarioBuilt {
    std::size_t scenario = 0, nodes = 0, links = 0;
    Duration namespaces{}, build{},
        wait{};      ///< where the time went: making nodes, the other operations, readiness
    std::string ids; ///< which user ids its programs have: "root", "subordinate", "one", and what that meant
    bool operator==(const ScenarioBuilt&) const = default;
};

/// By which a namespace is known (namespaces(7)) to whoever stands outside of it.
struct LabNamespace {
    std::string whose;       ///< the node's name; empty for the lab's own
    std::string kind;        ///< "net", "mnt", as in /proc/PID/ns
    std::uint64_t inode = 0; ///< a number that the kernel gives to another one as soon as this one is gone
    std::uint64_t id = 0;    ///< one that it never gives again; 0 where this kernel has none for the kind
    bool operator==(const LabNamespace&) const = default;
};

/// The namespaces that the lab has made, however far its building came. Told when leaks are to be looked for.
struct LabNamespaces {
    std::size_t scenario = 0;
    std::vector<LabNamespace> namespaces;
    bool operator==(const LabNamespaces&) const = default;
};

struct TestStarted {
    std::size_t scenario = 0, test = 0;
    bool operator==(const TestStarted&) const = default;
};

struct StepStarted {
    std::size_t scenario = 0, test = 0, step = 0;
    std::string what; ///< "ping red -> blue"
    bool operator==(const StepStarted&) const = default;
};

struct StepFinished {
    std::size_t scenario = 0, test = 0, step = 0;
    std::string what;
    EventPlace place;
    Verdict verdict;
    Duration took{};
    bool operator==(const StepFinished&) const = default;
};

/// The lab was told to end in mid-step; what it had come to by then. The test stays open.
struct StepStopped {
    std::size_t scenario = 0, test = 0, step = 0;
    std::string what;
    std::vector<std::string> details; ///< lines, as a verdict's
    Duration ran{};
    bool operator==(const StepStopped&) const = default;
};

struct TestFinished {
    std::size_t scenario = 0, test = 0;
    Outcome outcome = Outcome::passed;
    FailureKind kind = FailureKind::none;
    std::string reason; ///< of a test that was skipped or ended early; empty when its steps tell all
    Duration took{};
    std::vector<std::string> links{}; ///< what had become of the packets of impaired and cut links by then
    bool operator==(const TestFinished&) const = default;
};

/// Tests without a TestFinished by now did not run, or were ended in mid-step.
struct ScenarioFinished {
    std::size_t scenario = 0;
    Outcome outcome = Outcome::passed; ///< the worst of its tests, errored if the lab itself went wrong
    FailureKind kind = FailureKind::none;
    std::string reason; ///< of the scenario itself: why the lab could not be built or ended early
    std::string help;   ///< what the person can do about it, when that is known
    Duration took{}, teardown{};
    bool operator==(const ScenarioFinished&) const = default;
};

/// All labs are gone, and the machine was compared with what it was before the run, where that was asked for.
struct MachineChecked {
    Outcome outcome = Outcome::passed; ///< failed: the run left something behind; errored: could not look
    std::string reason;                ///< of errored
    std::vector<std::string> left;     ///< what the run left behind, a line each
    std::vector<std::string> changed;  ///< what changed meanwhile, not by the run as far as can be told
    Duration took{};
    bool operator==(const MachineChecked&) const = default;
};

struct RunFinished {
    Duration took{};
    int signal = 0; ///< that ended the run early; 0 for none
    bool operator==(const RunFinished&) const = default;
};

struct Event {
    std::int64_t time = 0; ///< microseconds since 1970-01-01 00:00 UTC
    std::variant<RunStarted, ScenarioStarted, ScenarioBuilt, TestStarted, StepStarted, StepFinished,
                 StepStopped, TestFinished, ScenarioFinished, RunFinished, LabNamespaces, MachineChecked>
        what;
    bool operator==(const Event&) const = default;
};

class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void receive(const Event& event) = 0;
};

} // namespace netrig

// A checked scenario: what is built and what is asked. A Scenario that the loader hands out has no undefined
// meaning left.
#pragma once

#include "core/quantity.h"
#include "core/requirements.h"
#include "core/topology.h"
#include "core/variables.h"
#include "core/verbs.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

struct Step {
    AnyVerb verb;
    std::string label;              ///< empty: the verb's own description stands in
    std::optional<Duration> within; ///< must come true by then
    std::optional<Duration> timeout;
    Span span;
    std::optional<Duration> held{}; ///< `for`: must hold all that time
};

struct Test {
    std::string name;
    std::vector<std::string> tags;
    std::vector<Step> steps;
    Span span;
    std::optional<Duration> timeout{};       ///< of all its steps together
    std::vector<Requirement> requirements{}; ///< what stands in its `requires`
    std::vector<std::size_t> needs{};        ///< tests before it that must have passed
    std::string expected_failure{};          ///< why it is known to fail; empty: it must pass
};

struct Scenario {
    std::string name;
    std::string description;
    std::vector<std::string> tags;
    Duration timeout = std::chrono::seconds(60);
    std::vector<Requirement> requirements{}; ///< what stands in `requires`; the topology has its own
    Topology topology;
    std::vector<Test> tests;
    std::shared_ptr<const SourceFile> source; ///< with all that it includes
    std::string instance{};          ///< "family=ipv6,mtu=1280" where a matrix makes several of its file
    std::vector<Setting> settings{}; ///< the same values, and those of --set: with them it runs again alone
};

} // namespace netrig

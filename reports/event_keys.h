// The keys of each event in JSON, written down once for both directions: `each` is given every key with its
// member, of a const struct to write it and of another to read it. Durations are nanoseconds and say so. A
// key that came with a later version of the format than 1 is given that version, and is missing in older
// records.
#pragma once

#include "core/event.h"

#include <concepts>
#include <type_traits>

namespace netrig {

template <class T, class U>
concept Of = std::same_as<std::remove_const_t<T>, U>;

void visit_keys(auto& each, Of<TestHeader> auto& header) {
    each("name", header.name);
    each("line", header.line);
}

void visit_keys(auto& each, Of<EventPlace> auto& place) {
    each("line", place.line);
    each("column", place.column);
    each("excerpt", place.excerpt);
}

void visit_keys(auto& each, Of<Verdict> auto& verdict) {
    each("answer", verdict.answer);
    each("expected", verdict.expected);
    each("actual", verdict.actual);
    each("details", verdict.details);
}

void visit_keys(auto& each, Of<PlannedScenario> auto& scenario) {
    each("name", scenario.name);
    each("file", scenario.file);
    each("instance", scenario.instance);
    each("settings", scenario.settings);
}

void visit_keys(auto& each, Of<RunStarted> auto& event) {
    each("version", event.version);
    each("kernel", event.kernel);
    each("host", event.host);
    each("scenarios", event.scenarios);
    each("plan", event.plan, 2);
}

void visit_keys(auto& each, Of<ScenarioStarted> auto& event) {
    each("scenario", event.scenario);
    each("name", event.name);
    each("file", event.file);
    each("description", event.description);
    each("tags", event.tags);
    each("tests", event.tests);
    each("instance", event.instance);
    each("settings", event.settings);
}

void visit_keys(auto& each, Of<ScenarioBuilt> auto& event) {
    each("scenario", event.scenario);
    each("nodes", event.nodes);
    each("links", event.links);
    each("namespaces-ns", event.namespaces);
    each("build-ns", event.build);
    each("wait-ns", event.wait);
    each("ids", event.ids);
}

void visit_keys(auto& each, Of<TestStarted> auto& event) {
    each("scenario", event.scenario);
    each("test", event.test);
}

void visit_keys(auto& each, Of<StepStarted> auto& event) {
    each("scenario", event.scenario);
    each("test", event.test);
    each("step", event.step);
    each("what", event.what);
}

void visit_keys(auto& each, Of<StepFinished> auto& event) {
    each("scenario", event.scenario);
    each("test", event.test);
    each("step", event.step);
    each("what", event.what);
    each("place", event.place);
    each("verdict", event.verdict);
    each("took-ns", event.took);
}

void visit_keys(auto& each, Of<StepStopped> auto& event) {
    each("scenario", event.scenario);
    each("test", event.test);
    each("step", event.step);
    each("what", event.what);
    each("details", event.details);
    each("ran-ns", event.ran);
}

void visit_keys(auto& each, Of<TestFinished> auto& event) {
    each("scenario", event.scenario);
    each("test", event.test);
    each("outcome", event.outcome);
    each("kind", event.kind);
    each("reason", event.reason);
    each("took-ns", event.took);
    each("links", event.links, 2);
}

void visit_keys(auto& each, Of<ScenarioFinished> auto& event) {
    each("scenario", event.scenario);
    each("outcome", event.outcome);
    each("kind", event.kind);
    each("reason", event.reason);
    each("help", event.help);
    each("took-ns", event.took);
    each("teardown-ns", event.teardown);
}

void visit_keys(auto& each, Of<LabNamespace> auto& one) {
    each("whose", one.whose);
    each("kind", one.kind);
    each("inode", one.inode);
    each("id", one.id);
}

void visit_keys(auto& each, Of<LabNamespaces> auto& event) {
    each("scenario", event.scenario);
    each("namespaces", event.namespaces);
}

void visit_keys(auto& each, Of<MachineChecked> auto& event) {
    each("outcome", event.outcome);
    each("reason", event.reason);
    each("left", event.left);
    each("changed", event.changed);
    each("took-ns", event.took);
}

void visit_keys(auto& each, Of<RunFinished> auto& event) {
    each("took-ns", event.took);
    each("signal", event.signal);
}

} // namespace netrig

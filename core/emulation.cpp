#include "core/emulation.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

/// What the kernel has to impair links with.
struct KernelMeans {
    bool netem = false, seed = false, rate = false, drop_rules = false, cuts = false, taps = false;
};

bool is_there(const FeatureAnswers& found, const char* feature) {
    auto answer = found.find(feature);
    return answer != found.end() && answer->second.answer == Answer::yes;
}

KernelMeans means_in(const FeatureAnswers& found) {
    return {is_there(found, "kernel:netem"),
            is_there(found, "kernel:netem-seed"),
            is_there(found, "kernel:tbf"),
            is_there(found, "kernel:nftables-numgen") && is_there(found, "kernel:nftables-netdev"),
            is_there(found, "kernel:nftables-netdev"),
            is_there(found, "kernel:tap")};
}

bool is_rate_alone(const Impairment& impairment) {
    return impairment.rate > 0 && impairment.delay.count() == 0 && impairment.loss == 0 &&
           impairment.duplicate == 0 && impairment.corrupt == 0;
}

bool is_loss_alone(const Impairment& impairment) {
    return impairment.loss > 0 && impairment.delay.count() == 0 && impairment.rate == 0 &&
           impairment.duplicate == 0 && impairment.corrupt == 0 && !impairment.seed;
}

/// With what the kernel does it; by netem, even where it is missing, if by nothing else. A rule drops at the
/// other end of a link.
ImpairedBy kernel_way(const Impairment& impairment, const KernelMeans& kernel, bool is_of_link) {
    if (!impairment.any())
        return ImpairedBy::nobody;
    if (!kernel.netem && kernel.rate && is_rate_alone(impairment))
        return ImpairedBy::tbf;
    if (!kernel.netem && kernel.drop_rules && is_of_link && is_loss_alone(impairment))
        return ImpairedBy::drop_rule;
    return ImpairedBy::netem;
}

/// Calls `visit(test, verb)` for every step that is one.
template <class V, class AnyScenario, class Visit>
void for_each_step(AnyScenario& scenario, Visit visit) {
    for (auto& test : scenario.tests)
        for (auto& step : test.steps)
            if (auto* verb = std::get_if<V>(&step.verb))
                visit(test, *verb);
}

/// The same as the relay would, on a link.
bool kernel_can(const Impairment& impairment, const KernelMeans& kernel) {
    if (impairment.exact())
        return false;
    bool netem = kernel.netem && (kernel.seed || !impairment.seed);
    return netem || kernel_way(impairment, kernel, true) != ImpairedBy::netem;
}

class Choice {
public:
    Choice(Scenario& scenario, const KernelMeans& kernel) : scenario_(scenario), kernel_(kernel) {}

    void make() {
        collect();
        for (std::size_t i = 0; i < scenario_.topology.links.size(); ++i)
            choose(i);
        for (auto& [ref, all] : wanted_) // what is no end of a link
            for (Wanted& each : all)
                leave_to_kernel(each, false);
        require_for_cuts();
    }

private:
    /// One impairment of an interface: the file's, or one that a step puts in its place.
    struct Wanted {
        Impairment* impairment = nullptr;
        std::vector<Requirement>* requirements = nullptr; ///< of the scenario, or of the step's test
    };

    void collect() {
        const Topology& topology = scenario_.topology;
        for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
                wanted_[{node, i}].push_back(
                    {&scenario_.topology.nodes[node].interfaces[i].impairment, &scenario_.requirements});
        for_each_step<Impair>(scenario_, [&](Test& test, Impair& step) {
            for (std::size_t i = 0; i < step.of.senders.size(); ++i)
                wanted_[step.of.senders[i]].push_back({&step.impairments[i], &test.requirements});
        });
        for_each_step<Cut>(scenario_, [&](Test& test, const Cut& step) {
            bool by_relay = topology.emulator != Emulator::kernel && !kernel_.cuts;
            for (InterfaceRef sender : step.of.senders)
                if (by_relay)
                    relay_for_[link_number(sender, topology)].push_back(&test);
        });
        for_each_step<Flap>(scenario_, [&](Test& test, const Flap& step) {
            for (InterfaceRef end : step.ends)
                relay_for_[link_number(end, topology)].push_back(&test);
        });
    }

    /// A link is relayed from the start if it will have to be. Where that is for a later step only and there
    /// are no taps, the test that has the step is skipped and not the scenario.
    void choose(std::size_t number) {
        Link& link = scenario_.topology.links[number];
        std::vector<std::vector<Requirement>*> needing;
        for (InterfaceRef end : link.ends)
            for (const Wanted& each : wanted_[end])
                if (needs_relay(*each.impairment))
                    needing.push_back(each.requirements);
        for (Test* test : relay_for_[number])
            needing.push_back(&test->requirements);
        for (std::vector<Requirement>* requirements : needing)
            need(*requirements, "kernel:tap", link.span);
        bool at_once = std::find(needing.begin(), needing.end(), &scenario_.requirements) != needing.end();
        link.relayed = at_once || (!needing.empty() && kernel_.taps);
        for (InterfaceRef end : link.ends) {
            for (Wanted& each : wanted_[end])
                if (link.relayed || needs_relay(*each.impairment))
                    each.impairment->by = ImpairedBy::relay;
                else
                    leave_to_kernel(each, true);
            if (link.relayed)
                relayed_.insert(end);
            wanted_.erase(end);
        }
    }

    void require_for_cuts() {
        for_each_step<Cut>(scenario_, [&](Test& test, const Cut& step) {
            for (InterfaceRef sender : step.of.senders)
                if (!relayed_.contains(sender) &&
                    (kernel_.cuts || scenario_.topology.emulator == Emulator::kernel))
                    need(test.requirements, "kernel:nftables-netdev", test.span);
        });
        for_each_step<Partition>(scenario_, [&](Test& test, const Partition&) {
            need(test.requirements, "kernel:nftables-netdev", test.span);
        });
    }

    [[nodiscard]] bool needs_relay(const Impairment& impairment) const {
        switch (scenario_.topology.emulator) {
        case Emulator::relay:
            return impairment.any();
        case Emulator::kernel:
            return false;
        case Emulator::automatic:
            return impairment.any() && !kernel_can(impairment, kernel_);
        }
        return false;
    }

    void leave_to_kernel(Wanted& wanted, bool is_of_link) {
        Impairment& impairment = *wanted.impairment;
        impairment.by = kernel_way(impairment, kernel_, is_of_link);
        scenario_.topology.impaired_by_kernel |= impairment.by != ImpairedBy::nobody;
        auto need_of_it = [&](const char* feature) { need(*wanted.requirements, feature, impairment.span); };
        switch (impairment.by) {
        case ImpairedBy::nobody:
        case ImpairedBy::relay:
            break;
        case ImpairedBy::netem:
            need_of_it(impairment.seed ? "kernel:netem-seed" : "kernel:netem");
            break;
        case ImpairedBy::tbf:
            need_of_it("kernel:tbf");
            break;
        case ImpairedBy::drop_rule:
            need_of_it("kernel:nftables-netdev");
            need_of_it("kernel:nftables-numgen");
            break;
        }
    }

    static void need(std::vector<Requirement>& list, const char* feature, Span span) {
        bool known = std::any_of(list.begin(), list.end(),
                                 [&](const Requirement& each) { return each.feature == feature; });
        if (!known)
            list.push_back({feature, span, true});
    }

    Scenario& scenario_;
    const KernelMeans& kernel_;
    std::map<InterfaceRef, std::vector<Wanted>> wanted_;
    std::map<std::size_t, std::vector<Test*>> relay_for_; ///< tests for which a link must be relayed
    std::set<InterfaceRef> relayed_;                      ///< ends of such links
};

void check_impairment(const Impairment& impairment, InterfaceRef ref, const Topology& topology,
                      Diagnostics& diagnostics) {
    if (!impairment.any())
        return;
    if (impairment.exact() && topology.emulator == Emulator::kernel)
        diagnostics.push_back({"the kernel drops no packets by their number",
                               impairment.exact_span,
                               {},
                               "leave 'emulator' out, or let it be \"relay\"",
                               {}});
    bool has_link = topology.link_of(ref) != nullptr;
    if (!has_link && (impairment.exact() || topology.emulator == Emulator::relay))
        diagnostics.push_back(
            {fmt::format("'{}' is no end of a link, so the relay can't stand in its way", topology.show(ref)),
             impairment.exact() ? impairment.exact_span : impairment.span,
             {},
             "impair the link below it",
             {}});
}

} // namespace

void check_emulation(const Scenario& scenario, Diagnostics& diagnostics) {
    const Topology& topology = scenario.topology;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
            check_impairment(topology.nodes[node].interfaces[i].impairment, {node, i}, topology, diagnostics);
    for_each_step<Impair>(scenario, [&](const Test&, const Impair& step) {
        for (std::size_t i = 0; i < step.of.senders.size(); ++i)
            check_impairment(step.impairments[i], step.of.senders[i], topology, diagnostics);
    });
    if (topology.emulator != Emulator::kernel)
        return;
    for (const Test& test : scenario.tests)
        for (const Step& step : test.steps)
            if (std::holds_alternative<Flap>(step.verb))
                diagnostics.push_back({"the kernel takes no carrier from an end of a veth pair that stays up",
                                       step.span,
                                       {},
                                       "leave 'emulator' out; or set an end down by 'link-down'",
                                       {}});
}

std::set<std::string> emulation_features(const Scenario& scenario) {
    bool any = false;
    for (const Node& node : scenario.topology.nodes)
        for (const Interface& interface : node.interfaces)
            any = any || interface.impairment.any();
    for_each_step<Impair>(scenario, [&](const Test&, const Impair&) { any = true; });
    for_each_step<Cut>(scenario, [&](const Test&, const Cut&) { any = true; });
    for_each_step<Partition>(scenario, [&](const Test&, const Partition&) { any = true; });
    for_each_step<Flap>(scenario, [&](const Test&, const Flap&) { any = true; });
    if (!any)
        return {};
    return {"kernel:netem",           "kernel:netem-seed",      "kernel:tbf",
            "kernel:nftables-numgen", "kernel:nftables-netdev", "kernel:tap"};
}

void choose_emulation(Scenario& scenario, const FeatureAnswers& found) {
    KernelMeans kernel = means_in(found);
    Choice(scenario, kernel).make();
}

} // namespace netrig

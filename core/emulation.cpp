#include "core/emulation.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

/// What the kernel has to impair links with.
struct KernelMeans {
    bool netem = false, seed = false, rate = false, drop_rules = false;
};

bool is_there(const FeatureAnswers& found, const char* feature) {
    auto answer = found.find(feature);
    return answer != found.end() && answer->second.answer == Answer::yes;
}

KernelMeans means_in(const FeatureAnswers& found) {
    return {is_there(found, "kernel:netem"), is_there(found, "kernel:netem-seed"),
            is_there(found, "kernel:tbf"),
            is_there(found, "kernel:nftables-numgen") && is_there(found, "kernel:nftables-netdev")};
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
        std::set<InterfaceRef> ends;
        Topology& topology = scenario_.topology;
        for (Link& link : topology.links) {
            choose(link);
            ends.insert(link.ends.begin(), link.ends.end());
        }
        for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
                if (!ends.contains({node, i}))
                    leave_to_kernel(topology.nodes[node].interfaces[i].impairment, false);
    }

private:
    void choose(Link& link) {
        bool relay = false;
        for (InterfaceRef end : link.ends)
            relay = relay || needs_relay(scenario_.topology.at(end).impairment);
        link.relayed = relay;
        for (InterfaceRef end : link.ends)
            if (Impairment& impairment = scenario_.topology.at(end).impairment; relay)
                set_way(impairment, ImpairedBy::relay);
            else
                leave_to_kernel(impairment, true);
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

    void leave_to_kernel(Impairment& impairment, bool is_of_link) {
        set_way(impairment, kernel_way(impairment, kernel_, is_of_link));
    }

    void set_way(Impairment& impairment, ImpairedBy by) {
        impairment.by = by;
        switch (impairment.by) {
        case ImpairedBy::nobody:
            break;
        case ImpairedBy::netem:
            need(impairment.seed ? "kernel:netem-seed" : "kernel:netem", impairment.span);
            break;
        case ImpairedBy::tbf:
            need("kernel:tbf", impairment.span);
            break;
        case ImpairedBy::drop_rule:
            need("kernel:nftables-netdev", impairment.span);
            need("kernel:nftables-numgen", impairment.span);
            break;
        case ImpairedBy::relay:
            need("kernel:tap", impairment.span);
            break;
        }
    }

    void need(const char* feature, Span span) {
        auto& list = scenario_.requirements;
        bool known = std::any_of(list.begin(), list.end(),
                                 [&](const Requirement& each) { return each.feature == feature; });
        if (!known)
            list.push_back({feature, span, true});
    }

    Scenario& scenario_;
    const KernelMeans& kernel_;
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
}

std::set<std::string> emulation_features(const Scenario& scenario) {
    bool any = false;
    for (const Node& node : scenario.topology.nodes)
        for (const Interface& interface : node.interfaces)
            any = any || interface.impairment.any();
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

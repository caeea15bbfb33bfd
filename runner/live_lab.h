// The lab as it lives: builds a topology by its plan and answers the questions of verbs from the kernel. Runs
// in the engine's process, in namespaces of the lab's own.
#pragma once

#include "core/event.h"
#include "core/lab.h"
#include "core/plan.h"
#include "core/scenario.h"
#include "runner/change_watcher.h"
#include "runner/link_emulation.h"
#include "runner/neighbour_pins.h"
#include "runner/node_namespaces.h"
#include "runner/node_state.h"
#include "runner/oom_kills.h"
#include "runner/stop_request.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

/// Where the time of a build went.
struct BuildTimes {
    nanoseconds namespaces{}, operations{}, wait{};
};

struct LiveLabOptions {
    NodePrograms programs{};
    StopRequest stop{};
    unsigned labs_at_once = 1; ///< how many share the kernel with it, itself among them
};

class LiveLab : public Lab {
public:
    /// `folder`: absolute, of the scenario's file. Call from the process that is to own the lab.
    static Result<std::unique_ptr<LiveLab>> make(const Topology& topology, const std::string& folder,
                                                 LiveLabOptions options = {});

    /// Performs the plan in order and stops at the first operation that fails.
    Result<BuildTimes> build(const Plan& plan);

    /// Those of the nodes that there are so far.
    void append_namespaces(std::vector<LabNamespace>& namespaces) const;

    const Topology& topology() const override { return topology_; }
    Result<std::vector<EchoAnswer>> ping(std::span<const EchoRequest> requests) override;
    Result<std::vector<ExchangeAnswer>> exchange(std::span<const ExchangeRequest> requests) override;
    Result<std::vector<CommandAnswer>> run(std::span<const CommandRequest> requests) override;
    Result<std::optional<FoundLink>> link(NodeIndex node, const std::string& name) override;
    Status set_link(NodeIndex node, const std::string& name, bool up) override;
    Status delete_link(NodeIndex node, const std::string& name) override;
    Status impair(InterfaceRef sender, const Impairment& impairment) override;
    Status set_cut(InterfaceRef sender, bool cut) override;
    Status partition(std::span<const std::vector<NodeIndex>> groups) override;
    Status heal_all() override;
    Status set_carrier(InterfaceRef end, bool on) override;
    bool let_pass(nanoseconds time) override;
    NodeState& state() override { return state_; }
    Status change_address(NodeIndex node, const std::string& interface, const Prefix& address,
                          Change change) override;
    Status change_route(NodeIndex node, const Route& route, Change change) override;
    Status flush_neighbours(NodeIndex node, const std::string& interface) override;
    void set_deadline(std::optional<Clock::time_point> deadline) override {
        deadline_ = deadline.value_or(Clock::time_point::max());
    }
    Status sound() override { return emulation_.sound(); }
    std::vector<std::string> link_counts() override { return emulation_.report(); }
    std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }
    [[nodiscard]] bool told_to_end() const override { return stop_.made(); }
    Status wait_for_change(nanoseconds at_most) override;

private:
    LiveLab(const Topology& topology, HomeNamespaces home, NodeView view, LiveLabOptions options)
        : topology_(topology), home_(std::move(home)), view_(std::move(view)),
          programs_(std::move(options.programs)), stop_(std::move(options.stop)),
          pins_(topology_, nodes_, options.labs_at_once), emulation_(topology_, nodes_) {
        if (programs_.any)
            oom_kills_.emplace();
    }

    Result<std::vector<EchoAnswer>> ping_unprepared(std::span<const EchoRequest> requests);
    Status prepare_neighbours(std::span<const Flow> flows);
    void say_if_memory_ran_out(std::vector<CommandAnswer>& answers);
    /// The time that is left, but no more than `wanted`.
    [[nodiscard]] nanoseconds at_most(nanoseconds wanted) const;
    Status check_there(InterfaceRef ref);
    [[nodiscard]] std::string where(NodeIndex node, const std::string& name) const;

    const Topology& topology_;
    HomeNamespaces home_;
    NodeView view_;
    NodePrograms programs_;
    StopRequest stop_;
    std::optional<OomKills> oom_kills_; ///< of labs in which programs run
    std::vector<NodeNamespaces> nodes_;
    NeighbourPins pins_;
    LiveNodeState state_{nodes_};
    LinkEmulation emulation_;
    std::optional<ChangeWatcher> watcher_;
    std::vector<std::string> notes_;
    Clock::time_point deadline_ = Clock::time_point::max();
    std::uint32_t next_echo_ = 1; ///< so that a late reply is never taken for a later request's
};

} // namespace netrig

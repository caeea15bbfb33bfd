#include "runner/live_lab.h"

#include "core/node_files.h"
#include "runner/apply.h"
#include "runner/commands_in_nodes.h"
#include "runner/echo_prober.h"
#include "runner/find_interface.h"
#include "runner/link_messages.h"
#include "runner/namespace_identity.h"
#include "runner/node_changes.h"
#include "runner/route_batch.h"
#include "runner/tcp_prober.h"
#include "runner/udp_prober.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <poll.h>

namespace netrig {

Result<std::unique_ptr<LiveLab>> LiveLab::make(const Topology& topology, const std::string& folder,
                                               LiveLabOptions options) {
    auto home = HomeNamespaces::open();
    if (!home)
        return failure(home.error());
    auto view = make_view(hosts_text(topology), folder);
    if (!view)
        return failure(view.error());
    return std::unique_ptr<LiveLab>(
        new LiveLab(topology, std::move(*home), std::move(*view), std::move(options)));
}

Result<BuildTimes> LiveLab::build(const Plan& plan) {
    BuildTimes times;
    nodes_.reserve(topology_.nodes.size());
    ApplyContext context{topology_, home_, view_, programs_, stop_, nodes_, emulation_};
    for (std::span<const PlannedOp> rest = plan; !rest.empty();) {
        const PlannedOp& planned = rest.front();
        std::size_t together = count_batch(rest);
        auto begin = Clock::now();
        Status applied = together > 1 ? add_batch(rest.first(together), context) : apply(planned.op, context);
        if (!applied)
            return failure(applied.error());
        rest = rest.subspan(std::max<std::size_t>(together, 1));
        nanoseconds took = Clock::now() - begin;
        if (std::holds_alternative<MakeNode>(planned.op))
            times.namespaces += took;
        else if (std::holds_alternative<AwaitReady>(planned.op))
            times.wait += took;
        else
            times.operations += took;
    }
    return times;
}

void LiveLab::append_namespaces(std::vector<LabNamespace>& namespaces) const {
    for (const NodeNamespaces& node : nodes_)
        for (LabNamespace& each : namespaces_of(node))
            namespaces.push_back(std::move(each));
}

Result<std::vector<EchoAnswer>> LiveLab::ping_unprepared(std::span<const EchoRequest> requests) {
    EchoProber prober(nodes_, next_echo_, stop_);
    auto answers = prober.run(requests, deadline_);
    next_echo_ = prober.next_number();
    return answers;
}

Status LiveLab::prepare_neighbours(std::span<const Flow> flows) {
    auto note = pins_.prepare(flows, [this](auto requests) { return ping_unprepared(requests); });
    if (!note)
        return failure(note.error());
    if (*note)
        notes_.push_back(std::move(**note));
    return {};
}

Result<std::vector<EchoAnswer>> LiveLab::ping(std::span<const EchoRequest> requests) {
    std::vector<Flow> flows;
    for (const EchoRequest& request : requests)
        flows.push_back({request.from, request.to});
    if (Status prepared = prepare_neighbours(flows); !prepared)
        return failure(prepared.error());
    return ping_unprepared(requests);
}

Result<std::vector<ExchangeAnswer>> LiveLab::exchange(std::span<const ExchangeRequest> requests) {
    std::vector<Flow> flows;
    for (const ExchangeRequest& request : requests)
        flows.push_back({request.from, request.to});
    if (Status prepared = prepare_neighbours(flows); !prepared)
        return failure(prepared.error());
    std::vector<ExchangeRequest> bounded(requests.begin(), requests.end());
    for (ExchangeRequest& request : bounded)
        request.timeout = at_most(request.timeout);
    if (!bounded.empty() && bounded.front().transport == Transport::udp)
        return UdpProber(nodes_, stop_).run(bounded);
    return TcpProber(nodes_, stop_).run(bounded);
}

Result<std::vector<CommandAnswer>> LiveLab::run(std::span<const CommandRequest> requests) {
    if (Status released = pins_.release(); !released) // a command may change anything
        return failure(released.error());
    std::vector<CommandRequest> bounded(requests.begin(), requests.end());
    if (deadline_ != Clock::time_point::max())
        for (CommandRequest& request : bounded)
            request.timeout = at_most(request.timeout.value_or(nanoseconds::max()));
    auto answers = run_commands(bounded, nodes_, view_.scenario_folder, stop_);
    if (answers)
        say_if_memory_ran_out(*answers);
    return answers;
}

/// A shell tells the end of its child by SIGKILL as 137.
static bool was_killed(const CommandAnswer& answer) {
    return answer.signal == SIGKILL || answer.status == 128 + SIGKILL;
}

void LiveLab::say_if_memory_ran_out(std::vector<CommandAnswer>& answers) {
    bool asked = std::any_of(answers.begin(), answers.end(), was_killed);
    if (!asked || !oom_kills_ || !oom_kills_->more())
        return;
    for (CommandAnswer& answer : answers)
        if (was_killed(answer))
            answer.perhaps = oom_words;
}

nanoseconds LiveLab::at_most(nanoseconds wanted) const {
    if (deadline_ == Clock::time_point::max())
        return wanted;
    return std::clamp(deadline_ - Clock::now(), nanoseconds(0), wanted);
}

std::string LiveLab::where(NodeIndex node, const std::string& name) const {
    return topology_.nodes[node].name + ":" + name;
}

static FoundLink found_link(const LinkReport& report) {
    return {report.state, {}, report.mtu};
}

Result<std::optional<FoundLink>> LiveLab::link(NodeIndex node, const std::string& name) {
    std::optional<FoundLink> found;
    Ifindex master = 0;
    NetlinkMessage message = get_link_message(name);
    NetlinkSocket& socket = nodes_[node].netlink;
    std::string doing = "read link " + where(node, name);
    Status asked = socket.ask(message, doing, [&](const nlmsghdr* header) {
        if (auto report = read_link(header)) {
            found = found_link(*report);
            master = report->master;
        }
    });
    if (!asked && asked.error().code == ENODEV)
        return std::optional<FoundLink>();
    if (!asked)
        return failure(asked.error());
    if (!found || master == 0)
        return found;
    NetlinkMessage all = dump_links_message();
    asked = socket.ask(all, doing, [&](const nlmsghdr* header) {
        if (auto report = read_link(header); report && report->index == master)
            found->master = report->name;
    });
    return asked ? Result<std::optional<FoundLink>>(found) : failure(asked.error());
}

Status LiveLab::set_link(NodeIndex node, const std::string& name, bool up) {
    std::string doing = fmt::format("set {} {}", where(node, name), up ? "up" : "down");
    if (Status released = pins_.release(); !released)
        return released;
    auto index = find_interface(nodes_[node].netlink, name, doing);
    if (!index)
        return failure(index.error());
    NetlinkMessage message = set_link_message(*index, up);
    Status set = nodes_[node].netlink.request(message, doing);
    return set ? emulation_.settle() : set;
}

Status LiveLab::delete_link(NodeIndex node, const std::string& name) {
    std::string doing = "delete " + where(node, name);
    if (Status released = pins_.release(); !released)
        return released;
    auto index = find_interface(nodes_[node].netlink, name, doing);
    if (!index)
        return failure(index.error());
    NetlinkMessage message = delete_link_message(*index);
    Status deleted = nodes_[node].netlink.request(message, doing);
    return deleted ? emulation_.settle() : deleted;
}

static Status named(Status done, std::string doing) {
    if (!done)
        done.error().doing = fmt::format("{}: {}", doing, done.error().doing);
    return done;
}

/// An Error where the interface was deleted: nothing that is done to it has an effect.
Status LiveLab::check_there(InterfaceRef ref) {
    auto place = find_place(ref, topology_, nodes_);
    return place ? Status() : failure(place.error());
}

Status LiveLab::impair(InterfaceRef sender, const Impairment& impairment) {
    Status there = check_there(sender);
    return named(there ? emulation_.impair(sender, impairment) : there,
                 fmt::format("impair what {} sends by {}: {}", topology_.show(sender), word(impairment.by),
                             words(impairment)));
}

Status LiveLab::set_cut(InterfaceRef sender, bool cut) {
    Status there = cut ? check_there(sender) : Status();
    return named(there ? emulation_.cuts().set_cut(sender, cut) : there,
                 fmt::format("{} what {} sends", cut ? "cut" : "heal", topology_.show(sender)));
}

Status LiveLab::partition(std::span<const std::vector<NodeIndex>> groups) {
    return named(emulation_.cuts().partition(groups), "keep groups of nodes apart");
}

Status LiveLab::heal_all() {
    return named(emulation_.cuts().heal_all(), "heal all cuts and partitions");
}

Status LiveLab::set_carrier(InterfaceRef end, bool on) {
    if (Status released = pins_.release(); !released)
        return released;
    Status there = check_there(end);
    return named(there ? emulation_.set_carrier(end, on) : there,
                 fmt::format("{} the link of {}", on ? "plug in" : "unplug", topology_.show(end)));
}

bool LiveLab::let_pass(nanoseconds time) {
    constexpr std::chrono::milliseconds longest = std::chrono::hours(1); // poll(2) counts in an int
    auto until = Clock::now() + at_most(time);
    pollfd wait{stop_.descriptor(), POLLIN, 0};
    for (int told = 0; told <= 0 && Clock::now() < until;) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        told = poll(&wait, 1, static_cast<int>(std::min(left, longest).count()));
    }
    return !told_to_end() && Clock::now() < deadline_;
}

Status LiveLab::change_address(NodeIndex node, const std::string& interface, const Prefix& address,
                               Change change) {
    Status released = pins_.release();
    return released ? netrig::change_address(nodes_[node], interface, address, change) : released;
}

Status LiveLab::change_route(NodeIndex node, const Route& route, Change change) {
    std::string shown = show(route, topology_.device_names(node));
    Status released = pins_.release();
    return released ? netrig::change_route(nodes_[node], route, shown, change) : released;
}

Status LiveLab::flush_neighbours(NodeIndex node, const std::string& interface) {
    Status released = pins_.release();
    return released ? netrig::flush_neighbours(nodes_[node], interface) : released;
}

Status LiveLab::wait_for_change(nanoseconds at_most) {
    if (!watcher_) {
        auto opened = ChangeWatcher::open(nodes_, stop_);
        if (!opened)
            return failure(opened.error());
        watcher_.emplace(std::move(*opened));
        return {}; // what changed before it was opened was not heard, so look once more at once
    }
    return watcher_->wait(this->at_most(at_most));
}

} // namespace netrig

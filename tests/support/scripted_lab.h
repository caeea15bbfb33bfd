// A Lab that answers what the test wrote down, for the wording of verdicts and for answers that no kernel can
// be made to give. It keeps what it was asked. The last answer of each kind stands for all later questions.
#pragma once

#include "core/lab.h"
#include "tests/support/scripted_state.h"

#include <deque>
#include <fmt/format.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace netrig {

class ScriptedLab : public Lab {
public:
    /// The topology must outlive the lab.
    explicit ScriptedLab(const Topology& topology) : topology_(topology) {}

    // Answers, one entry a call.
    std::deque<Result<std::vector<EchoAnswer>>> echoes;
    std::deque<Result<std::vector<ExchangeAnswer>>> exchanges;
    std::deque<Result<std::vector<CommandAnswer>>> commands;
    std::deque<Result<std::optional<FoundLink>>> links;
    std::deque<Status> changes; ///< of all that changes the lab; empty: all go well
    std::size_t passes = ~0UL;  ///< so many times a wait lasts its whole time, then the deadline comes first
    std::deque<Status> waits;   ///< empty: each wait lasts its whole time and goes well
    std::vector<std::string> notes;
    ScriptedState node_state;
    std::size_t answers_before_end = ~0UL; ///< after so many answers the lab is told to end

    // What was asked.
    std::vector<std::vector<EchoRequest>> asked_echoes;
    std::vector<std::vector<ExchangeRequest>> asked_exchanges;
    std::vector<std::vector<CommandRequest>> asked_commands;
    std::vector<std::string> asked_links; ///< "red:veth0"
    std::vector<std::string> made_changes;
    std::vector<nanoseconds> asked_waits;

    const Topology& topology() const override { return topology_; }

    Result<std::vector<EchoAnswer>> ping(std::span<const EchoRequest> requests) override {
        asked_echoes.emplace_back(requests.begin(), requests.end());
        return next(echoes, "ping");
    }

    Result<std::vector<ExchangeAnswer>> exchange(std::span<const ExchangeRequest> requests) override {
        asked_exchanges.emplace_back(requests.begin(), requests.end());
        return next(exchanges, "exchange");
    }

    Result<std::vector<CommandAnswer>> run(std::span<const CommandRequest> requests) override {
        asked_commands.emplace_back(requests.begin(), requests.end());
        return next(commands, "run");
    }

    Result<std::optional<FoundLink>> link(NodeIndex node, const std::string& name) override {
        asked_links.push_back(place(node, name));
        return next(links, "link");
    }

    Status set_link(NodeIndex node, const std::string& name, bool up) override {
        made_changes.push_back(fmt::format("{} {}", place(node, name), up ? "up" : "down"));
        return changes.empty() ? Status() : next(changes, "set_link");
    }

    Status delete_link(NodeIndex node, const std::string& name) override {
        made_changes.push_back(place(node, name) + " deleted");
        return changes.empty() ? Status() : next(changes, "delete_link");
    }

    Status impair(InterfaceRef sender, const Impairment& impairment) override {
        return change(topology_.show(sender) + " " + words(impairment));
    }
    Status set_cut(InterfaceRef sender, bool cut) override {
        return change(fmt::format("{} {}", topology_.show(sender), cut ? "cut" : "healed"));
    }
    Status partition(std::span<const std::vector<NodeIndex>> groups) override {
        return change(fmt::format("{} groups", groups.size()));
    }
    Status heal_all() override { return change("all healed"); }
    Status set_carrier(InterfaceRef end, bool on) override {
        return change(fmt::format("{} {}", topology_.show(end), on ? "plugged" : "unplugged"));
    }
    bool let_pass(nanoseconds time) override {
        made_changes.push_back(exact_words(time));
        return passes-- > 0;
    }

    NodeState& state() override { return node_state; }

    Status change_address(NodeIndex node, const std::string& interface, const Prefix& address,
                          Change way) override {
        return change(fmt::format("{} {} {}", place(node, interface), way == Change::add ? "gets" : "loses",
                                  show(address)));
    }

    Status change_route(NodeIndex node, const Route& route, Change way) override {
        return change(fmt::format("{} {} {}", topology_.nodes[node].name,
                                  way == Change::add ? "gets" : "loses",
                                  show(route, topology_.device_names(node))));
    }

    Status flush_neighbours(NodeIndex node, const std::string& interface) override {
        return change(place(node, interface) + " flushed");
    }

    [[nodiscard]] bool told_to_end() const override { return answered_ >= answers_before_end; }

    std::vector<std::string> take_notes() override { return std::exchange(notes, {}); }

    Status wait_for_change(nanoseconds at_most) override {
        asked_waits.push_back(at_most);
        if (!waits.empty())
            return next(waits, "wait_for_change");
        std::this_thread::sleep_for(at_most);
        return {};
    }

private:
    Status change(std::string what) {
        made_changes.push_back(std::move(what));
        return changes.empty() ? Status() : next(changes, "a change");
    }

    std::string place(NodeIndex node, const std::string& name) {
        return topology_.nodes[node].name + ":" + name;
    }

    template <class Answer>
    Answer next(std::deque<Answer>& answers, const char* question) {
        if (answers.empty())
            throw std::logic_error(fmt::format("the script has no answer to {}", question));
        ++answered_;
        Answer answer = answers.front();
        if (answers.size() > 1)
            answers.pop_front();
        return answer;
    }

    const Topology& topology_;
    std::size_t answered_ = 0;
};

} // namespace netrig

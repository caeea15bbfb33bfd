// All that a verb may ask of a built topology, in batches. The live lab answers from the kernel; tests of
// wording use a scripted one. Times are durations from the call; every call returns within its own timeouts.
#pragma once

#include "core/result.h"
#include "core/topology.h"

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace netrig {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

struct EchoRequest {
    NodeIndex from = 0;
    IpAddress to;
    std::optional<IpAddress> source;
    unsigned count = 1;
    nanoseconds interval = std::chrono::milliseconds(100);
    unsigned size = 56; ///< bytes of payload, as ping(8) counts
    std::optional<unsigned> hop_limit;
    bool dont_fragment = false;
    nanoseconds timeout = std::chrono::seconds(2); ///< after the last request was sent
};

/// RFC 792 and RFC 4443 as the sender sees them, beside what its own kernel says at once.
enum class EchoOutcome {
    reply,
    no_reply,
    no_route,
    host_unreachable,
    net_unreachable,
    prohibited,
    too_big,
    ttl_exceeded
};

struct EchoAnswer {
    EchoOutcome outcome = EchoOutcome::no_reply; ///< reply when at least one came
    unsigned sent = 0, received = 0;
    nanoseconds least{}, mean{}, most{};  ///< round trips
    std::optional<IpAddress> reported_by; ///< who sent the ICMP error; nothing when the own kernel refused
    std::string why;                      ///< the own kernel's words when it refused
};

enum class Transport { tcp, udp };

struct ExchangeRequest {
    Transport transport = Transport::tcp;
    NodeIndex from = 0;
    /// The node in which an echo server is started for the probe; nothing: what the target runs is asked.
    std::optional<NodeIndex> server{};
    IpAddress to;
    std::optional<IpAddress> source{};
    std::uint16_t port = 7;        ///< RFC 862
    std::uint16_t source_port = 0; ///< 0: the kernel chooses
    /// Bytes sent and expected back. 0, of TCP only: the connection is all that is asked for, and where the
    /// port is taken on the server's node, what has it is asked.
    unsigned size = 16;
    nanoseconds timeout = std::chrono::seconds(3);
};

/// done: the connection stands, and all bytes came back.
enum class ExchangeOutcome { done, refused, timeout, reset, unreachable, mismatch };

struct ExchangeAnswer {
    ExchangeOutcome outcome = ExchangeOutcome::timeout;
    nanoseconds took{};
    std::string why; ///< the kernel's words, or what was wrong with the echo
};

struct CommandRequest {
    NodeIndex on = 0;
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment; ///< added to the runner's own
    std::string directory;                          ///< working directory; empty: the scenario's folder
    std::string input;
    std::optional<nanoseconds> timeout; ///< then SIGTERM, a grace, SIGKILL to the process group
};

/// Output is bounded: the first and the last 64 KiB are kept, `dropped` counts the bytes between.
struct CommandOutput {
    std::string head, tail;
    std::uint64_t dropped = 0;

    [[nodiscard]] std::string text() const; ///< with a line that says how much was dropped, if any
};

struct CommandAnswer {
    std::optional<int> status; ///< exit status; nothing when it ended by a signal
    int signal = 0;
    bool timed_out = false;
    std::string not_started; ///< why the program could not be started, or not be watched; empty when it was
    CommandOutput output, errors;
    nanoseconds took{};
    bool stopped = false; ///< ended because the lab was told to end
    std::string perhaps;  ///< what else may be why it ended as it did
};

/// "exit status 3", "ended by signal 9 (KILL)", "still running after 2 s, ended".
std::string how_it_ended(const CommandAnswer& answer);

enum class LinkState { up, down, lower_layer_down, other };

struct FoundLink {
    LinkState state = LinkState::other;
    std::string master; ///< the bridge's name; empty for none
    unsigned mtu = 0;
};

class NodeState;
enum class Change { add, remove };

class Lab {
public:
    virtual ~Lab() = default;
    virtual const Topology& topology() const = 0;

    /// The answers stand in the order of the requests. An Error means that it could not be asked at all.
    virtual Result<std::vector<EchoAnswer>> ping(std::span<const EchoRequest> requests) = 0;
    /// Over TCP and UDP, all of one transport.
    virtual Result<std::vector<ExchangeAnswer>> exchange(std::span<const ExchangeRequest> requests) = 0;
    virtual Result<std::vector<CommandAnswer>> run(std::span<const CommandRequest> requests) = 0;

    /// Nothing when the node has no interface of that name.
    virtual Result<std::optional<FoundLink>> link(NodeIndex node, const std::string& name) = 0;

    /// Changes the lab; an interface is named by node and name because the kernel may have chosen it.
    virtual Status set_link(NodeIndex node, const std::string& name, bool up) = 0;
    virtual Status delete_link(NodeIndex node, const std::string& name) = 0;

    /// Replaces what is done to the packets that an interface of the file sends. Who does it was decided by
    /// choose_emulation.
    virtual Status impair(InterfaceRef sender, const Impairment& impairment) = 0;

    /// What the interface, an end of a link, sends from now on vanishes on the way; or no longer.
    virtual Status set_cut(InterfaceRef sender, bool cut) = 0;

    /// Nodes of different groups hear each other no more: links between them are cut, and what comes another
    /// way from the addresses that a node of another group has by now is dropped. Replaces the partition
    /// before.
    virtual Status partition(std::span<const std::vector<NodeIndex>> groups) = 0;
    virtual Status heal_all() = 0; ///< no cut and no partition any more

    /// Of both ends of the link, a relayed one, that the interface is an end of. They stay up.
    virtual Status set_carrier(InterfaceRef end, bool on) = 0;

    /// Lets time pass. False if the deadline came first, or the lab was told to end.
    virtual bool let_pass(nanoseconds time) = 0;

    /// What the kernel holds in a node.
    virtual NodeState& state() = 0;

    virtual Status change_address(NodeIndex node, const std::string& interface, const Prefix& address,
                                  Change change) = 0;
    virtual Status change_route(NodeIndex node, const Route& route, Change change) = 0;
    /// Forgets what was learnt of neighbours; permanent entries stay. Of one interface, or of all for "".
    virtual Status flush_neighbours(NodeIndex node, const std::string& interface) = 0;

    /// No question is waited for beyond it: what has not been answered by then counts as unanswered.
    virtual void set_deadline(std::optional<Clock::time_point> deadline) { static_cast<void>(deadline); }

    /// An Error where the lab is no longer what its topology says and nobody in it did that: no answer of it
    /// says anything then.
    virtual Status sound() { return {}; }

    /// What became of the packets of impaired links so far, a line each direction.
    virtual std::vector<std::string> link_counts() { return {}; }

    /// What the lab did of itself since the last call that a reader of the report must know.
    virtual std::vector<std::string> take_notes() = 0;

    /// Once it is, no question waits any longer and every answer may be a broken one.
    [[nodiscard]] virtual bool told_to_end() const { return false; }

    /// Returns when a link, address, route, rule or neighbour of any node changed, or after `at_most`.
    virtual Status wait_for_change(nanoseconds at_most) = 0;
};

} // namespace netrig

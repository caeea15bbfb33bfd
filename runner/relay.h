// The relay as the engine sees it: a process of the lab that holds both taps of every relayed link, carries
// frames between them as core/wire says, and gives each tap its carrier while both are up, as a veth pair has
// it. It is a process of its own because frames must not wait for the engine, which is busy with tests; it
// ends with the engine.
#pragma once

#include "core/topology.h"
#include "core/wire.h"
#include "runner/fd.h"
#include "runner/netlink_socket.h"
#include "runner/node_namespaces.h"

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

struct RelayedEnd {
    NodeIndex node = 0;
    Ifindex index = 0;
    Fd tap;
    std::uint64_t seed = 0; ///< of what it sends, where the impairment has none
};

struct RelayedLink {
    std::array<RelayedEnd, 2> ends;
};

/// One direction of one of the links.
struct WireRef {
    std::size_t link = 0;
    std::size_t sender = 0; ///< 0 or 1, the end whose frames these are
};

class Relay {
public:
    /// Takes the taps, which are closed here; with the relay they go. Call without other threads.
    static Result<Relay> start(std::vector<RelayedLink> links, const std::vector<NodeNamespaces>& nodes);

    Relay(Relay&& other) noexcept : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}
    Relay& operator=(Relay&&) = delete;
    ~Relay() = default; ///< it ends with its socket

    Status impair(WireRef wire, const Impairment& impairment);
    Status set_cut(WireRef wire, bool cut);

    /// Unplugged, a link has no carrier at both ends.
    Status set_plugged(std::size_t link, bool plugged);

    /// Returns when every carrier is as the ends' states by now want it.
    Status settle();

    /// By link, of its first and then of its second end's frames.
    Result<std::vector<WireCounts>> counts();

    /// An Error says how it ended, if it did.
    Status sound();

private:
    Relay(pid_t pid, Fd socket) : pid_(pid), socket_(std::move(socket)) {}

    Result<std::string> ask(const std::string& request);
    const Error& its_end();

    pid_t pid_;
    Fd socket_; ///< SOCK_SEQPACKET
    std::optional<Error> ended_;
};

} // namespace netrig

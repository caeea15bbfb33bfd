// What the probers of TCP and UDP exchanges (RFC 862) have in common: servers are started in the target nodes
// where the probe asks for them, clients in the source nodes, all under way together on one loop up to a
// bound on descriptors.
#pragma once

#include "core/lab.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace netrig {

class ExchangeProber {
public:
    virtual ~ExchangeProber() = default;

    /// The answers in the order of the requests; an Error too when the lab was told to end meanwhile.
    Result<std::vector<ExchangeAnswer>> run(std::span<const ExchangeRequest> requests);

protected:
    ExchangeProber(Transport transport, const std::vector<NodeNamespaces>& nodes, const StopRequest& stop)
        : nodes_(nodes), transport_(transport), stop_(stop) {}

    /// The server's socket for a request, watched; no descriptor where what has the port is asked instead.
    virtual Result<Fd> start_server(const ExchangeRequest& request) = 0;
    virtual Status start_client(std::size_t request) = 0;
    [[nodiscard]] virtual bool has_clients() const = 0;
    /// Whether another client's descriptors can be had beside `most` clients'.
    [[nodiscard]] virtual bool has_room(std::size_t most) const = 0;
    virtual Status handle(int fd) = 0; ///< something came to this descriptor
    virtual void give_up_late() = 0;
    /// Clients that were answered, whose descriptors no event can name any more.
    virtual void forget_those_over() = 0;

    /// How many descriptors a client takes, its server's end among them.
    [[nodiscard]] virtual std::size_t descriptors_a_client() const = 0;

    bool control(int fd, std::uint32_t events, int operation); ///< epoll_ctl(2)
    Status watch(NodeIndex node, int fd, std::uint32_t events, int operation);
    /// What an errno says of the network; nothing where it says nothing of it, and the probe is broken.
    void fail(std::size_t request, Clock::time_point begin, int code, std::optional<ExchangeOutcome> outcome);
    [[nodiscard]] bool is_late(std::size_t request, Clock::time_point begin, Clock::time_point now) const {
        return now - begin >= requests_[request].timeout;
    }

    const std::vector<NodeNamespaces>& nodes_;
    std::span<const ExchangeRequest> requests_;
    std::vector<ExchangeAnswer> answers_;
    std::map<std::tuple<NodeIndex, Family, std::uint16_t>, Fd> servers_;
    std::optional<Error> broken_; ///< what was no answer of the network

private:
    Status start_servers();
    Status start_clients();
    Status wait_and_handle();

    Transport transport_;
    const StopRequest& stop_;
    Fd epoll_;
    std::size_t next_ = 0; ///< request to start
    std::size_t most_clients_ = 1;
};

} // namespace netrig

// UDP echo exchanges (RFC 862) on one loop: servers are started in the target nodes for the probe, one
// datagram goes from each source node, all under way together up to a bound on descriptors. What ICMP says of
// it is heard (IP_RECVERR, ip(7)).
#pragma once

#include "core/lab.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace netrig {

class UdpProber {
public:
    UdpProber(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop)
        : nodes_(nodes), stop_(stop) {}

    /// The answers in the order of the requests; an Error too when the lab was told to end meanwhile.
    Result<std::vector<ExchangeAnswer>> run(std::span<const ExchangeRequest> requests);

private:
    struct Client {
        Fd fd;
        std::size_t request = 0;
        Clock::time_point begin;
        unsigned sent = 1; ///< times
        bool over = false; ///< answered; its descriptor stays until no event can name it any more
    };

    Status start_servers();
    Status start_clients();
    Status start_client(std::size_t request);
    Status wait_and_handle();
    Status serve(int fd);
    void handle_client(Client& client);
    void fail(std::size_t request, Clock::time_point begin, int code);
    void finish(Client& client, ExchangeOutcome outcome, std::string why);
    void give_up_late();
    void forget_those_over();
    Status watch(NodeIndex node, int fd);

    const std::vector<NodeNamespaces>& nodes_;
    const StopRequest& stop_;
    std::span<const ExchangeRequest> requests_;
    std::vector<ExchangeAnswer> answers_;
    std::size_t next_ = 0; ///< request to start
    Fd epoll_;
    std::map<std::tuple<NodeIndex, Family, std::uint16_t>, Fd> servers_;
    std::unordered_map<int, Client> clients_;
    std::optional<Error> broken_; ///< what was no answer of the network
};

} // namespace netrig

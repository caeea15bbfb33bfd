// TCP exchanges on one loop: echo servers (RFC 862) are started in the target nodes for the probe where it
// asks for them, clients connect from the source nodes, all under way together up to a bound on descriptors.
#pragma once

#include "core/lab.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <deque>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace netrig {

class TcpProber {
public:
    TcpProber(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop)
        : nodes_(nodes), stop_(stop) {}

    /// The answers in the order of the requests; an Error too when the lab was told to end meanwhile.
    Result<std::vector<ExchangeAnswer>> run(std::span<const ExchangeRequest> requests);

private:
    struct Client {
        Fd fd;
        std::size_t request = 0;
        std::size_t sent = 0, received = 0; ///< bytes
        bool connected = false;
        bool over = false; ///< answered; its descriptor stays until no event can name it any more
        Clock::time_point begin;
    };
    struct Server {
        Fd fd;
        NodeIndex node = 0;
        std::string pending; ///< read and not yet written back
    };

    Status listen_everywhere();
    Status listen_for(const ExchangeRequest& request);
    Status start_clients();
    Status start_client(std::size_t request);
    Status wait_and_handle();
    void accept_all(int listener);
    void handle_server(int fd, Server& server);
    void handle_client(int fd, Client& client);
    void send_more(Client& client);
    void receive_more(Client& client);
    void fail(std::size_t request, Clock::time_point begin, int code);
    void fail_client(Client& client, int code);
    void forget(Client& client);
    void finish(Client& client, ExchangeOutcome outcome, std::string why);
    void give_up_late();
    bool control(int fd, std::uint32_t events, int operation); ///< epoll_ctl(2)
    Status watch(NodeIndex node, int fd, std::uint32_t events, int operation);
    [[nodiscard]] NodeIndex node_of_listener(int fd) const;

    const std::vector<NodeNamespaces>& nodes_;
    const StopRequest& stop_;
    std::span<const ExchangeRequest> requests_;
    std::vector<ExchangeAnswer> answers_;
    std::size_t next_ = 0; ///< request to start
    std::size_t most_clients_ = 1;
    Fd epoll_;
    std::map<std::tuple<NodeIndex, Family, std::uint16_t>, Fd> listeners_; ///< none where the port is taken
    std::unordered_map<int, Client> clients_;
    std::unordered_map<int, Server> servers_;
    std::optional<Error> broken_; ///< what was no answer of the network
    std::vector<int> over_;       ///< clients to forget after their events were handled
};

} // namespace netrig

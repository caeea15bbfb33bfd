// TCP exchanges: connections, and bytes over them that the servers send back.
#pragma once

#include "runner/exchange_prober.h"

#include <unordered_map>
#include <vector>

namespace netrig {

class TcpProber : public ExchangeProber {
public:
    TcpProber(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop)
        : ExchangeProber(Transport::tcp, nodes, stop) {}

private:
    struct Client {
        Fd fd;
        std::size_t request = 0;
        std::size_t sent = 0, received = 0; ///< bytes
        bool connected = false;
        bool over = false; ///< answered; its descriptor stays until no event can name it any more
        Clock::time_point begin;
    };
    /// A server's end of a connection.
    struct Accepted {
        Fd fd;
        NodeIndex node = 0;
        std::string pending; ///< read and not yet written back
    };

    Result<Fd> start_server(const ExchangeRequest& request) override;
    Status start_client(std::size_t request) override;
    [[nodiscard]] bool has_clients() const override { return !clients_.empty(); }
    [[nodiscard]] bool has_room(std::size_t most) const override {
        // A client's end may be closed before the server's, which then still holds its descriptor.
        return 2 * (clients_.size() + 1) + accepted_.size() <= 2 * most;
    }
    [[nodiscard]] std::size_t descriptors_a_client() const override { return 2; }
    Status handle(int fd) override;
    void give_up_late() override;
    void forget_those_over() override;

    void accept_all(int listener);
    void handle_accepted(int fd, Accepted& server);
    void handle_client(int fd, Client& client);
    void send_more(Client& client);
    void receive_more(Client& client);
    void fail_client(Client& client, int code);
    void forget(Client& client);
    void finish(Client& client, ExchangeOutcome outcome, std::string why);
    [[nodiscard]] NodeIndex node_of_listener(int fd) const;

    std::unordered_map<int, Client> clients_;
    std::unordered_map<int, Accepted> accepted_;
    std::vector<int> over_; ///< clients to forget after their events were handled
};

} // namespace netrig

// UDP exchanges: a datagram that the server sends back. What ICMP says of it is heard (IP_RECVERR, ip(7)).
#pragma once

#include "runner/exchange_prober.h"

#include <unordered_map>

namespace netrig {

class UdpProber : public ExchangeProber {
public:
    UdpProber(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop)
        : ExchangeProber(Transport::udp, nodes, stop) {}

private:
    struct Client {
        Fd fd;
        std::size_t request = 0;
        Clock::time_point begin;
        unsigned sent = 1; ///< times
        bool over = false; ///< answered; its descriptor stays until no event can name it any more
    };

    Result<Fd> start_server(const ExchangeRequest& request) override;
    Status start_client(std::size_t request) override;
    [[nodiscard]] bool has_clients() const override { return !clients_.empty(); }
    [[nodiscard]] bool has_room(std::size_t most) const override { return clients_.size() < most; }
    [[nodiscard]] std::size_t descriptors_a_client() const override { return 1; }
    Status handle(int fd) override;
    void give_up_late() override;
    void forget_those_over() override;

    Status serve(int fd);
    void handle_client(Client& client);
    void finish(Client& client, ExchangeOutcome outcome, std::string why);

    std::unordered_map<int, Client> clients_;
};

} // namespace netrig

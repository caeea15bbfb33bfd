// Thousands of ICMP echo exchanges on one loop: all requests of a batch are under way together, so that a set
// of pairs that must not reach each other costs one timeout, not one each.
#pragma once

#include "core/lab.h"
#include "runner/icmp_socket.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <map>
#include <queue>
#include <span>
#include <tuple>
#include <vector>

namespace netrig {

class EchoProber {
public:
    EchoProber(const std::vector<NodeNamespaces>& nodes, std::uint32_t first_number, const StopRequest& stop)
        : nodes_(nodes), first_(first_number), stop_(stop) {}

    /// The answers in the order of the requests; an Error too when the lab was told to end meanwhile.
    /// What is unanswered at `deadline` stays so.
    Result<std::vector<EchoAnswer>> run(std::span<const EchoRequest> requests, Clock::time_point deadline);

    /// The next number that no packet of this prober has carried.
    [[nodiscard]] std::uint32_t next_number() const {
        return first_ + static_cast<std::uint32_t>(flights_.size());
    }

private:
    struct Progress {
        unsigned left = 0;      ///< still to be sent
        unsigned under_way = 0; ///< sent, neither answered nor given up
        Clock::time_point give_up;
        nanoseconds total{};
        bool refused = false; ///< an outcome other than a reply was seen
    };
    struct Flight {
        std::size_t request;
        Clock::time_point sent;
        bool over;
    };
    using Due = std::pair<Clock::time_point, std::size_t>; // when, request

    Status open_sockets();
    Status watch(int descriptor, IcmpSocket* socket);
    Status send_due();
    Status send_one(std::size_t request);
    void finish_packet(std::size_t request);
    void arrived(const EchoArrival& arrival);
    Status receive(int wait_milliseconds);
    void give_up_late();
    [[nodiscard]] int wait_time() const;
    [[nodiscard]] IcmpSocket& socket_of(const EchoRequest& request);

    const std::vector<NodeNamespaces>& nodes_;
    std::uint32_t first_;
    const StopRequest& stop_;
    std::span<const EchoRequest> requests_;
    std::vector<EchoAnswer> answers_;
    std::vector<Progress> progress_;
    std::vector<Flight> flights_; ///< by number, from first_ on
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::map<std::tuple<NodeIndex, Family, bool>, IcmpSocket> sockets_;
    Fd epoll_;
    Clock::time_point next_look_{};
    std::size_t open_ = 0; ///< requests that are not over
};

} // namespace netrig

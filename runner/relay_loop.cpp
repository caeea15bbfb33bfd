#include "runner/relay_loop.h"

#include "runner/kinds/tuntap.h"
#include "runner/link_messages.h"
#include "runner/relay_messages.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <map>
#include <poll.h>
#include <set>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

namespace netrig {

namespace {

constexpr std::size_t longest_frame = 65'535 + 14 + 8; // with two VLAN tags

/// An end as the kernel has it by now.
struct EndState {
    std::string name;
    bool there = true, up = false, carrier = false;
    unsigned mtu = 1500;
};

enum class Source : std::uint32_t { tap, changes, engine, timer };

class RelayLoop {
public:
    RelayLoop(std::vector<RelayedLink> links, std::vector<RelayWatch> watches, Fd engine)
        : links_(std::move(links)), watches_(std::move(watches)), engine_(std::move(engine)),
          states_(links_.size()), unplugged_(links_.size()), due_(2 * links_.size()), buffer_(longest_frame) {
        for (const RelayedLink& link : links_)
            for (std::uint32_t sender : {0U, 1U})
                wires_.emplace_back(link.ends.at(sender).seed, sender);
    }

    int run() {
        if (!open())
            return 1;
        for (RelayWatch& watch : watches_)
            look(watch);
        std::array<epoll_event, 64> events;
        while (!over_) {
            int count = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i)
                handle(events.at(static_cast<std::size_t>(i)));
            deliver_due();
            set_timer();
        }
        return 0;
    }

private:
    static Wire::Time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

    bool open() {
        epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
        timer_ = Fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
        bool good = epoll_.valid() && timer_.valid() && watch(timer_.get(), Source::timer, 0) &&
                    watch(engine_.get(), Source::engine, 0);
        for (std::size_t i = 0; i < watches_.size(); ++i)
            good = good && watch(watches_[i].changes.descriptor(), Source::changes, i);
        for (std::size_t i = 0; i < 2 * links_.size(); ++i)
            good = good && watch(end(i).tap.get(), Source::tap, i);
        return good;
    }

    bool watch(int descriptor, Source source, std::size_t number) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = static_cast<std::uint64_t>(source) << 32 | number;
        return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
    }

    /// Ends are numbered as the wires that begin at them.
    RelayedEnd& end(std::size_t number) { return links_[number / 2].ends.at(number % 2); }
    EndState& state(std::size_t number) { return states_[number / 2].at(number % 2); }
    static std::size_t other(std::size_t number) { return number ^ 1; }

    void handle(const epoll_event& event) {
        auto number = static_cast<std::uint32_t>(event.data.u64);
        switch (static_cast<Source>(event.data.u64 >> 32)) {
        case Source::tap:
            read_frames(number, 64, (event.events & (EPOLLERR | EPOLLHUP)) != 0); // then the others' turn
            break;
        case Source::changes:
            watches_[number].changes.drain();
            look(watches_[number]);
            break;
        case Source::engine:
            answer_engine();
            break;
        case Source::timer: {
            std::uint64_t times = 0;
            [[maybe_unused]] ssize_t size = read(timer_.get(), &times, sizeof times);
            armed_.reset();
            break;
        }
        }
    }

    // Frames.

    void read_frames(std::size_t number, unsigned at_most, bool broken) {
        Fd& tap = end(number).tap;
        for (unsigned i = 0; i < at_most && tap.valid(); ++i) {
            ssize_t size = read(tap.get(), buffer_.data(), buffer_.size());
            if (size <= 0) {
                broken = broken || (errno != EAGAIN && errno != EINTR);
                break;
            }
            Wire::Time time = now();
            wires_[number].send({buffer_.data(), static_cast<std::size_t>(size)}, time);
            deliver(number, time);
        }
        if (broken) // its interface was deleted
            for (RelayWatch& watch : watches_)
                if (watch.node == end(number).node)
                    look(watch);
        schedule(number);
    }

    /// What was sent before the engine asked for a change or a count comes under the old state and into it.
    void catch_up() {
        for (std::size_t number = 0; number < 2 * links_.size(); ++number)
            read_frames(number, tap_queue_length, false);
    }

    void deliver(std::size_t number, Wire::Time time) {
        constexpr unsigned header = 14 + 4; // of Ethernet, with a VLAN tag: as veth_forward_skb() has it
        const Fd& tap = end(other(number)).tap;
        unsigned longest = state(other(number)).mtu + header;
        while (auto frame = wires_[number].take(time))
            if (tap.valid() && frame->size() <= longest) {
                // Refused while it is down, and then nobody is there to hear it.
                [[maybe_unused]] ssize_t written = write(tap.get(), frame->data(), frame->size());
            }
    }

    void deliver_due() {
        Wire::Time time = now();
        while (!queue_.empty() && queue_.begin()->first <= time) {
            std::size_t number = queue_.begin()->second;
            deliver(number, time);
            schedule(number);
        }
    }

    void schedule(std::size_t number) {
        auto next = wires_[number].next();
        if (due_[number] == next)
            return;
        if (due_[number])
            queue_.erase({*due_[number], number});
        if (next)
            queue_.insert({*next, number});
        due_[number] = next;
    }

    void set_timer() {
        auto wanted = queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
        if (wanted == armed_ || !wanted)
            return;
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*wanted);
        itimerspec time{};
        time.it_value.tv_sec = seconds.count();
        time.it_value.tv_nsec = (*wanted - seconds).count();
        timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
        armed_ = wanted;
    }

    // Carriers.

    /// What a node's links are by now; asked whole each time, for news may have been lost.
    void look(RelayWatch& watch) {
        std::map<Ifindex, EndState> found;
        NetlinkMessage message = dump_links_message();
        Status asked = watch.questions.ask(message, "read the links", [&](const nlmsghdr* header) {
            if (auto report = read_link(header))
                found[report->index] = {report->name, true, report->state != LinkState::down, false,
                                        report->mtu};
        });
        if (!asked)
            return; // the next news brings us back
        for (std::size_t number = 0; number < 2 * links_.size(); ++number) {
            if (end(number).node != watch.node)
                continue;
            auto is = found.find(end(number).index);
            state(number).there = is != found.end();
            state(number).name = is != found.end() ? is->second.name : "";
            state(number).up = is != found.end() && is->second.up;
            state(number).mtu = is != found.end() ? is->second.mtu : 0;
        }
        for (std::size_t link = 0; link < links_.size(); ++link)
            settle(link);
    }

    /// A veth pair has a carrier at both ends while both are up, and is deleted as a whole.
    void settle(std::size_t link) {
        auto& states = states_[link];
        bool there = states[0].there && states[1].there;
        bool carrier = there && states[0].up && states[1].up && !unplugged_[link];
        for (std::size_t i = 0; i < 2; ++i) {
            Fd& tap = links_[link].ends.at(i).tap;
            if (!there)
                tap.reset();
            else if (states.at(i).carrier != carrier && set_carrier(tap, carrier)) {
                states.at(i).carrier = carrier;
                tell_at_once(links_[link].ends.at(i).node, states.at(i).name);
            }
        }
    }

    /// The kernel keeps the news of a lost carrier for up to a second, as unimportant where no device is
    /// below (linkwatch_urgent_event() in net/core/link_watch.c), unless somebody asks for the carrier
    /// (ethtool_op_get_link() in net/ethtool/ioctl.c).
    void tell_at_once(NodeIndex node, const std::string& name) {
        for (RelayWatch& watch : watches_) {
            if (watch.node != node)
                continue;
            ethtool_value question{ETHTOOL_GLINK, 0};
            ifreq request{};
            name.copy(request.ifr_name, IFNAMSIZ - 1);
            request.ifr_data = reinterpret_cast<char*>(&question);
            [[maybe_unused]] int done = ioctl(watch.questions.descriptor(), SIOCETHTOOL, &request);
        }
    }

    // The engine's requests.

    void answer_engine() {
        std::string message(1 << 17, '\0');
        ssize_t size = recv(engine_.get(), message.data(), message.size(), 0);
        if (size <= 0) {
            over_ = size == 0 || errno != EINTR;
            return;
        }
        auto request = decode_request(std::string_view(message).substr(0, static_cast<std::size_t>(size)));
        int code = request && request->wire < std::max<std::size_t>(wires_.size(), 1) ? 0 : EBADMSG;
        std::string answer(reinterpret_cast<const char*>(&code), sizeof code);
        if (code == 0)
            answer += carry_out(*request);
        over_ = send(engine_.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0;
    }

    std::string carry_out(const RelayRequest& request) {
        catch_up();
        switch (request.kind) {
        case RelayRequest::Kind::impair:
            wires_[request.wire].impair(request.impairment);
            return {};
        case RelayRequest::Kind::cut:
        case RelayRequest::Kind::heal:
            wires_[request.wire].set_cut(request.kind == RelayRequest::Kind::cut);
            return {};
        case RelayRequest::Kind::unplug:
        case RelayRequest::Kind::plug:
            unplugged_[request.wire / 2] = request.kind == RelayRequest::Kind::unplug;
            settle(request.wire / 2);
            return {};
        case RelayRequest::Kind::settle:
            for (RelayWatch& watch : watches_) {
                watch.changes.drain();
                look(watch);
            }
            return {};
        case RelayRequest::Kind::count: {
            std::vector<WireCounts> counts;
            for (const Wire& wire : wires_)
                counts.push_back(wire.counts());
            return encode(counts);
        }
        }
        return {};
    }

    std::vector<RelayedLink> links_;
    std::vector<RelayWatch> watches_;
    Fd engine_, epoll_, timer_;
    std::vector<std::array<EndState, 2>> states_;
    std::vector<bool> unplugged_; ///< links, by the engine's wish
    std::vector<Wire> wires_;
    std::vector<std::optional<Wire::Time>> due_;         ///< as each wire stands in the queue
    std::set<std::pair<Wire::Time, std::size_t>> queue_; ///< of wires, by their next frame
    std::optional<Wire::Time> armed_;
    std::vector<unsigned char> buffer_;
    bool over_ = false;
};

} // namespace

int run_relay(std::vector<RelayedLink> links, std::vector<RelayWatch> watches, Fd engine) {
    return RelayLoop(std::move(links), std::move(watches), std::move(engine)).run();
}

} // namespace netrig

#include "tests/support/supervised_run.h"

#include "tests/support/held_calls.h"
#include "tests/support/processes.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <map>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <tuple>

namespace netrig {

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Where a call of a kind has its path; -1: it has none.
int path_argument(int number) {
    static const std::map<int, int> places{
        {SYS_openat, 1},     {SYS_openat2, 1},  {SYS_newfstatat, 1}, {SYS_mkdirat, 1},   {SYS_unlinkat, 1},
        {SYS_fchmodat, 1},   {SYS_fchownat, 1}, {SYS_open_tree, 1},  {SYS_symlinkat, 2}, {SYS_mount, 1},
        {SYS_mkdir, 0},      {SYS_rename, 0},   {SYS_chdir, 0},      {SYS_execve, 0},    {SYS_access, 0},
        {SYS_faccessat2, 1}, {SYS_readlink, 0}, {SYS_fsopen, 0},     {SYS_move_mount, 3}};
    auto found = places.find(number);
    return found == places.end() ? -1 : found->second;
}

std::string path_of(const HeldCall& call) {
    int place = path_argument(call.number);
    return place < 0 ? "" : text_at(call, call.arguments.at(static_cast<std::size_t>(place)));
}

/// The type of the message that is about to be sent.
unsigned netlink_type(const HeldCall& call) {
    nlmsghdr header{};
    std::string bytes = bytes_at(call, call.arguments[1], sizeof header);
    std::memcpy(&header, bytes.data(), std::min(bytes.size(), sizeof header));
    return header.nlmsg_type;
}

bool is_file(const HeldCall& call, std::uint64_t descriptor) {
    struct stat found {};
    std::string path = fmt::format("/proc/{}/fd/{}", call.pid, descriptor);
    return stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode);
}

/// Whether a call is of the sort whose failure means something: a request of rtnetlink, not a byte on a TCP
/// connection.
bool counts(const HeldCall& call) {
    const auto& argument = call.arguments;
    switch (call.number) {
    case SYS_sendto:
    case SYS_recvmsg:
        return family_of_socket(call, static_cast<int>(argument[0])) == AF_NETLINK;
    case SYS_write:
        return argument[0] > STDERR_FILENO && is_file(call, argument[0]);
    case SYS_fcntl:
        return argument[1] == F_DUPFD_CLOEXEC;
    case SYS_epoll_ctl:
        return argument[1] != EPOLL_CTL_DEL;
    case SYS_newfstatat: // of what is open, without a path, it does not fail
        return !path_of(call).empty();
    case SYS_seccomp: // libseccomp asks what the kernel can
        return argument[0] == SECCOMP_SET_MODE_FILTER && argument[2] != 0;
    case SYS_clone: // the leak sanitizer looks around in a thread-like clone
        return (argument[0] & CLONE_VM) == 0;
    case SYS_pipe2: // UBSan makes a pipe to see whether an address can be read, at each check of a type
        return !sanitized || argument[1] != 0;
    default:
        return true;
    }
}

class Supervisor {
public:
    Supervisor(const HeldCalls& calls, pid_t run, std::optional<Fault> fault)
        : calls_(calls), run_(run), fault_(fault) {
        struct stat binary {};
        if (stat(NETRIG_BINARY, &binary) != 0)
            throw std::runtime_error("no " NETRIG_BINARY);
        binary_ = {binary.st_dev, binary.st_ino};
    }

    void handle_next() {
        auto call = calls_.next();
        if (!call)
            return;
        auto seen = look_at(*call);
        bool hit = seen && fault_ && is_target(*seen);
        if (hit && fault_->victim)
            kill_victim(seen->lab);
        bool refused = hit && !fault_->victim && calls_.refuse(*call, fault_->code);
        if (refused || (hit && fault_->victim))
            result.failed = seen;
        if (!refused)
            calls_.let_go(*call);
        if (seen)
            result.seen.push_back(std::move(*seen));
    }

    SupervisedRun result;

private:
    struct Place {
        Part part = Part::dispatcher;
        std::size_t lab = 0;
    };

    void kill_victim(std::size_t lab) const {
        pid_t victim = fault_->victim == Part::dispatcher ? run_ : 0;
        for (const auto& [reaper, of_lab] : reapers_)
            if (victim == 0 && of_lab == lab)
                victim = reaper;
        if (victim > 0)
            kill(victim, SIGKILL);
    }

    [[nodiscard]] bool runs_netrig(pid_t pid) const {
        struct stat found {};
        return stat(fmt::format("/proc/{}/exe", pid).c_str(), &found) == 0 &&
               std::pair(found.st_dev, found.st_ino) == binary_;
    }

    /// Children of the dispatcher that were not known are the lab that it started last: it starts one at a
    /// time.
    void adopt() {
        for (pid_t child : children_of(run_))
            reapers_.emplace(child, result.labs);
    }

    Place place_of(pid_t pid) {
        if (pid == run_)
            return {};
        auto known = places_.find(pid);
        if (known != places_.end())
            return known->second;
        std::size_t generation = 1;
        pid_t above = pid;
        for (pid_t parent = 0; (parent = parent_of(above)) != run_; above = parent, ++generation)
            if (parent <= 1)
                return {Part::launched, 0}; // gone by now
        if (!reapers_.contains(above))
            adopt();
        Part part = generation == 1 ? Part::reaper : generation == 2 ? Part::engine : Part::launched;
        return places_[pid] = {part, reapers_[above]};
    }

    /// The dynamic loader and the sanitizers, which are done before main, have absolute paths only.
    bool is_before_main(const Place& place, const SeenCall& seen) {
        if (place.part != Part::dispatcher || path_argument(seen.number) < 0)
            return false;
        main_began_ = main_began_ || (!seen.path.empty() && seen.path.front() != '/');
        return !main_began_;
    }

    std::optional<SeenCall> look_at(const HeldCall& call) {
        if (!runs_netrig(call.pid))
            return std::nullopt;
        Place place = place_of(call.pid);
        if (place.part == Part::dispatcher && call.number == SYS_clone3) {
            adopt();
            ++result.labs;
        }
        if (place.part == Part::engine && call.number == SYS_unshare)
            at_nodes_[place.lab] = true;
        if (!counts(call))
            return std::nullopt;
        if (call.number == SYS_sendto)
            request_[place.lab] = netlink_type(call);
        bool asks = call.number == SYS_sendto || call.number == SYS_recvmsg;
        SeenCall seen{call.number,
                      place.part,
                      place.lab,
                      0,
                      at_nodes_[place.lab],
                      path_of(call),
                      asks ? request_[place.lab] : 0};
        if (is_before_main(place, seen) || !calls_.is_held(call))
            return std::nullopt;
        seen.nth = ++counts_[{seen.number, seen.lab}];
        return seen;
    }

    [[nodiscard]] bool is_target(const SeenCall& seen) const {
        return !result.failed && std::tie(seen.number, seen.lab, seen.nth) ==
                                     std::tie(fault_->number, fault_->lab, fault_->nth);
    }

    const HeldCalls& calls_;
    pid_t run_;
    std::optional<Fault> fault_;
    std::pair<dev_t, ino_t> binary_;
    bool main_began_ = false;
    std::map<pid_t, std::size_t> reapers_;
    std::map<pid_t, Place> places_;
    std::map<std::size_t, bool> at_nodes_;
    std::map<std::size_t, unsigned> request_; ///< of a lab, the last
    std::map<std::pair<int, std::size_t>, std::size_t> counts_;
};

/// Until nobody is left who could make a call.
SupervisedRun supervise(const HeldCalls& calls, Child run, std::optional<Fault> fault) {
    Supervisor supervisor(calls, run.pid(), fault);
    constexpr int at_most = 60'000; // ms without a call and without an end
    bool ended = false;
    for (;;) {
        std::array<pollfd, 2> wait{
            {{calls.descriptor().get(), POLLIN, 0}, {ended ? -1 : run.handle().get(), POLLIN, 0}}};
        if (poll(wait.data(), wait.size(), at_most) == 0)
            break;
        if ((wait[0].revents & POLLIN) != 0) {
            supervisor.handle_next();
        } else if ((wait[0].revents & POLLHUP) != 0) {
            supervisor.result.all_ended = true;
            break;
        } else if ((wait[1].revents & POLLIN) != 0) {
            supervisor.result.ended = run.wait(); // at once: it holds the filter until it is waited for
            ended = true;
        }
    }
    if (!ended)
        supervisor.result.ended = run.wait(std::chrono::seconds(supervisor.result.all_ended ? 10 : 0));
    return std::move(supervisor.result);
}

} // namespace

std::optional<SupervisedRun> run_supervised(const std::vector<std::string>& arguments,
                                            const ChildOptions& options, const std::vector<int>& numbers,
                                            std::optional<Fault> fault) {
    std::vector<int> held = numbers;
    // Which lab is which, when it makes its nodes, and what an answer is for.
    for (int tracked : {SYS_clone3, SYS_unshare, SYS_sendto})
        if (std::find(held.begin(), held.end(), tracked) == held.end())
            held.push_back(tracked);
    HeldCalls calls(held);
    ChildOptions with_filter = options;
    with_filter.before = [&] {
        if (options.before)
            options.before();
        calls.hold_mine();
    };
    Child run = start_netrig(arguments, with_filter);
    if (!calls.take_over())
        return std::nullopt;
    SupervisedRun result = supervise(calls, std::move(run), fault);
    std::erase_if(result.seen, [&](const SeenCall& seen) {
        return std::find(numbers.begin(), numbers.end(), seen.number) == numbers.end();
    });
    return result;
}

} // namespace netrig

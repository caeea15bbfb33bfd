#include "runner/commands_in_nodes.h"

#include "runner/event_loop.h"
#include "runner/group_end.h"
#include "runner/launcher.h"
#include "runner/pipe.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/wait.h>

namespace netrig {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kept = 65536;                 // bytes of the head, and of the tail
constexpr std::chrono::milliseconds after_exit(20); // for output that is on its way when the program ends

void append(CommandOutput& output, std::string_view data) {
    std::size_t to_head = std::min(data.size(), kept - std::min(kept, output.head.size()));
    output.head += data.substr(0, to_head);
    output.tail += data.substr(to_head);
    if (output.tail.size() > 2 * kept) { // cut now and then, not at each byte
        output.dropped += output.tail.size() - kept;
        output.tail.erase(0, output.tail.size() - kept);
    }
}

void close_output(CommandOutput& output) {
    if (output.tail.size() <= kept)
        return;
    output.dropped += output.tail.size() - kept;
    output.tail.erase(0, output.tail.size() - kept);
}

/// One program from its start to its end. Stays where it is: handlers hold its address.
class Command {
public:
    /// `over` is called when the program itself has ended, not for what it left behind.
    Command(asio::io_context& loop, const CommandRequest& request, std::function<void()> over)
        : request_(request), over_(std::move(over)), loop_(loop), output_(loop), errors_(loop), input_(loop),
          timer_(loop), last_words_(loop), group_end_(loop) {}

    void start(const NodeNamespaces& node, const std::string& folder) {
        begin_ = Clock::now();
        if (Status launched = launch_in(node, folder); !launched) {
            exited_ = true;
            give_up(launched.error());
            return;
        }
        output_.native_non_blocking(true);
        errors_.native_non_blocking(true);
        pump(output_, output_data_, answer_.output);
        pump(errors_, errors_data_, answer_.errors);
        feed();
        await_exit();
        await_timeout();
    }

    [[nodiscard]] bool runs() const { return process_ && !exited_; }

    /// The lab was told to end.
    void stop() {
        if (!runs() || group_end_.begun())
            return;
        answer_.stopped = true;
        end_group();
    }

    /// What can't be watched to its end is ended at once.
    void give_up(const Error& error) {
        answer_.not_started = describe(error);
        if (process_)
            kill(-process_->id(), SIGKILL);
        for (Stream* stream : {&output_, &errors_, &input_})
            close(*stream);
    }

    CommandAnswer take_answer() {
        close_output(answer_.output);
        close_output(answer_.errors);
        return std::move(answer_);
    }

private:
    using Stream = asio::posix::stream_descriptor;
    using Data = std::array<char, 16384>;

    [[nodiscard]] const std::string& program() const { return request_.argv.front(); }

    Status launch_in(const NodeNamespaces& node, const std::string& folder) {
        auto in = make_pipe(fmt::format("make a pipe for '{}'", program())),
             out = make_pipe(fmt::format("make a pipe for '{}'", program())),
             err = make_pipe(fmt::format("make a pipe for '{}'", program()));
        for (const auto* made : {&in, &out, &err})
            if (!*made)
                return failure(made->error());
        auto process = launch(loop_, {request_.argv, request_.environment, folder, in->read.get(),
                                      out->write.get(), err->write.get(), &node});
        if (!process)
            return failure(process.error());
        process_.emplace(std::move(*process));
        group_ = process_->id();
        for (auto [stream, end] :
             {std::pair(&output_, &out->read), {&errors_, &err->read}, {&input_, &in->write}})
            if (Status watched = watch(*stream, *end); !watched)
                return watched;
        return {};
    }

    Status watch(Stream& stream, Fd& end) {
        boost::system::error_code error;
        stream.assign(end.get(), error);
        if (error)
            return failure({fmt::format("watch the pipes of '{}'", program()), error.value(), {}, {}});
        [[maybe_unused]] int owned_by_the_stream = end.release();
        return {};
    }

    void pump(Stream& stream, Data& data, CommandOutput& output) {
        stream.async_read_some(asio::buffer(data), [&](boost::system::error_code error, std::size_t size) {
            append(output, std::string_view(data.data(), size));
            if (!error) {
                pump(stream, data, output);
                return;
            }
            close(stream);
            stop_waiting_when_closed();
        });
    }

    /// What is there, without waiting; then no more.
    static void drain(Stream& stream, Data& data, CommandOutput& output) {
        ssize_t size = 0;
        while (stream.is_open() && (size = read(stream.native_handle(), data.data(), data.size())) > 0)
            append(output, std::string_view(data.data(), static_cast<std::size_t>(size)));
        close(stream);
    }

    static void close(Stream& stream) {
        boost::system::error_code ignored; // the descriptor is gone either way
        stream.close(ignored);
    }

    void feed() {
        if (request_.input.empty()) {
            close(input_);
            return;
        }
        asio::async_write(input_, asio::buffer(request_.input),
                          [this](boost::system::error_code, std::size_t) { close(input_); });
    }

    void await_exit() {
        process_->async_wait([this](boost::system::error_code error, int) {
            answer_.took = Clock::now() - begin_;
            if (error)
                give_up({fmt::format("watch '{}'", program()), error.value(), {}, {}});
            int status = process_->native_exit_code();
            if (WIFEXITED(status))
                answer_.status = WEXITSTATUS(status);
            else
                answer_.signal = WTERMSIG(status);
            exited_ = true;
            timer_.cancel();
            close(input_);
            hear_last_words();
            over_();
        });
    }

    /// Whoever it left behind may hold its output open for ever; what is on its way comes now. A group that
    /// is being ended may say something yet.
    void hear_last_words() {
        if (!exited_ || (group_end_.begun() && !group_end_.over()))
            return;
        last_words_.expires_after(after_exit);
        last_words_.async_wait([this](boost::system::error_code error) {
            if (error)
                return;
            drain(output_, output_data_, answer_.output);
            drain(errors_, errors_data_, answer_.errors);
        });
        stop_waiting_when_closed();
    }

    /// Both outputs at their end: nothing to wait for.
    void stop_waiting_when_closed() {
        if (!output_.is_open() && !errors_.is_open())
            last_words_.cancel();
    }

    void await_timeout() {
        if (!request_.timeout)
            return;
        timer_.expires_after(*request_.timeout);
        timer_.async_wait([this](boost::system::error_code error) {
            if (error || exited_ || group_end_.begun())
                return;
            answer_.timed_out = true;
            end_group();
        });
    }

    void end_group() {
        group_end_.begin(group_, [this] { hear_last_words(); });
    }

    const CommandRequest& request_;
    std::function<void()> over_;
    asio::io_context& loop_;
    Stream output_, errors_, input_;
    asio::steady_timer timer_, last_words_;
    GroupEnd group_end_;
    std::optional<Process> process_;
    pid_t group_ = 0;
    Data output_data_{}, errors_data_{};
    CommandAnswer answer_;
    Clock::time_point begin_;
    bool exited_ = false;
};

/// The request is lent to the loop, and closed by its owner alone.
class StopWait {
public:
    StopWait(asio::io_context& loop, const StopRequest& request) : request_(request), descriptor_(loop) {}
    StopWait(const StopWait&) = delete;
    StopWait& operator=(const StopWait&) = delete;
    ~StopWait() {
        if (descriptor_.is_open())
            descriptor_.release();
    }

    /// `made` is called when it comes, with an Error when it can't be waited for.
    void wait(std::function<void(const Status&)> made) {
        if (request_.descriptor() < 0)
            return;
        boost::system::error_code refused;
        descriptor_.assign(request_.descriptor(), refused);
        if (refused) {
            made(not_watched(refused));
            return;
        }
        descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                               [made = std::move(made)](boost::system::error_code error) {
                                   if (error != asio::error::operation_aborted)
                                       made(error ? not_watched(error) : Status());
                               });
    }

    void cancel() {
        if (descriptor_.is_open())
            descriptor_.cancel();
    }

private:
    static Status not_watched(boost::system::error_code error) {
        return failure({"watch for the lab's end", error.value(), {}, {}});
    }

    const StopRequest& request_;
    asio::posix::stream_descriptor descriptor_;
};

std::string directory_of(const CommandRequest& request, const std::string& folder) {
    if (request.directory.empty())
        return folder;
    return request.directory.starts_with('/') ? request.directory : folder + "/" + request.directory;
}

} // namespace

Result<std::vector<CommandAnswer>> run_commands(std::span<const CommandRequest> requests,
                                                const std::vector<NodeNamespaces>& nodes,
                                                const std::string& folder, const StopRequest& stop) {
    if (requests.empty())
        return std::vector<CommandAnswer>();
    auto loop = make_event_loop();
    if (!loop) {
        Error error = loop.error();
        error.doing += fmt::format(" for '{}'", requests.front().argv.front());
        return failure(in_node(nodes[requests.front().on], std::move(error)));
    }
    std::vector<std::unique_ptr<Command>> commands;
    StopWait told(**loop, stop);
    std::size_t running = 0;
    auto one_over = [&] {
        if (--running == 0)
            told.cancel();
    };
    for (const CommandRequest& request : requests) {
        commands.push_back(std::make_unique<Command>(**loop, request, one_over));
        commands.back()->start(nodes[request.on], directory_of(request, folder));
        running += commands.back()->runs() ? 1 : 0;
    }
    if (running > 0)
        told.wait([&](const Status& made) {
            for (auto& command : commands)
                if (made)
                    command->stop();
                else if (command->runs())
                    command->give_up(made.error());
        });
    (*loop)->run(); // also when one could not be started: the others are waited for, not left behind
    std::vector<CommandAnswer> answers;
    for (auto& command : commands)
        answers.push_back(command->take_answer());
    return answers;
}

} // namespace netrig

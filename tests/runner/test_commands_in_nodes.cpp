#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <fstream>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

const std::string one_host = "hosts = [\"red\"]\n";

CommandRequest shell(const std::string& script) {
    return {.on = 0, .argv = {"sh", "-c", script}};
}

/// How it ended and what it said, in a few words.
std::string show(const CommandAnswer& answer) {
    if (!answer.not_started.empty())
        return "not started: " + answer.not_started;
    std::string text =
        answer.status ? fmt::format("status {}", *answer.status) : fmt::format("signal {}", answer.signal);
    text += answer.timed_out ? ", timed out" : "";
    return fmt::format("{}, stdout '{}', stderr '{}'", text, answer.output.text(), answer.errors.text());
}

/// The answers of a batch in a lab of one host, a line each.
std::string answers_to(const std::vector<CommandRequest>& requests, const std::string& folder = "/") {
    auto ask = [&](LiveLab& lab) {
        auto answers = lab.run(requests);
        if (!answers)
            return describe(answers.error());
        std::string text;
        for (const CommandAnswer& answer : *answers)
            text += show(answer) + "\n";
        return text;
    };
    return in_lab(one_host, ask, folder);
}

/// How many processes of the lab are called so. Its /proc shows no others.
std::size_t count_processes(const std::string& name) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "comm");
        std::string found;
        if (std::getline(file, found) && found == name)
            ++count;
    }
    return count;
}

} // namespace

TEST_CASE("a command's exit status, standard output and standard error are told apart") {
    if (skipped_without_namespaces())
        return;
    CHECK(answers_to({shell("echo out; echo err >&2; exit 7"), shell("exit 0")}) ==
          "status 7, stdout 'out\n', stderr 'err\n'\n"
          "status 0, stdout '', stderr ''\n");
}

TEST_CASE("a command that ends by a signal is told by that signal") {
    if (skipped_without_namespaces())
        return;
    CHECK(answers_to({shell("kill -KILL $$"), shell("kill -USR1 $$")}) ==
          "signal 9, stdout '', stderr ''\n"
          "signal 10, stdout '', stderr ''\n");
}

TEST_CASE("a program that is not there, or can't be run, is named with the reason") {
    if (skipped_without_namespaces())
        return;
    // A folder in PATH that this user may not look into would be the reason instead.
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    TemporaryFolder folder;
    folder.write("no-program", "text");
    std::string said = answers_to({{.on = 0, .argv = {"no-such-program"}},
                                   {.on = 0, .argv = {"./no-program"}},
                                   shell("echo others are run")},
                                  folder.path());
    CHECK_THAT(said,
               contains("not started: cannot start 'no-such-program': No such file or directory (ENOENT)"));
    CHECK_THAT(said, contains("not started: cannot start './no-program': Permission denied (EACCES)"));
    CHECK_THAT(said, contains("stdout 'others are run\n'"));
}

TEST_CASE("what is given as standard input arrives whole, and then it is at its end") {
    if (skipped_without_namespaces())
        return;
    CommandRequest count = shell("wc -c; read more; echo end $?");
    count.input = std::string(1'000'000, 'x');
    CHECK(answers_to({count, shell("read word; echo end $?")}) ==
          "status 0, stdout '1000000\nend 1\n', stderr ''\n"
          "status 0, stdout 'end 1\n', stderr ''\n");
}

TEST_CASE("a command that does not read its standard input harms nothing") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    std::string input(1'000'000, 'x');
    folder.write("net.toml", fmt::format(R"(
hosts = ["red"]

[[tests]]
name = "closes it"
exec = {{ on = "red", command = "exec 0<&-; echo done", stdout = "done", stdin = "{0}" }}

[[tests]]
name = "ends at once"
exec = {{ on = "red", command = "exit 0", stdin = "{0}" }}

[[tests]]
name = "is ended by SIGPIPE as anywhere else"
exec = {{ on = "red", command = ["bash", "-c", "yes | head -n 1; exit ${{PIPESTATUS[0]}}"], exit = 141 }}
)",
                                         input));
    Ended ended = run_netrig({"run", folder / "net.toml"});
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

TEST_CASE("of a large output the head and the tail are kept, and the bytes between are counted") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(one_host, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{
            shell("echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo last; "
                  "head -c 300000 /dev/zero | tr '\\0' y >&2")};
        auto answers = lab.run(requests);
        const CommandOutput& output = answers->front().output;
        const CommandOutput& errors = answers->front().errors;
        return fmt::format("{} {} {}, {} {}, {} {} {}", output.head.size(), output.dropped,
                           output.tail.size(), output.head.substr(0, 8),
                           output.tail.substr(output.tail.size() - 7), errors.head.size(), errors.dropped,
                           errors.tail.size());
    });
    CHECK(said == fmt::format("65536 {} 65536, first\nxx xxlast\n, 65536 {} 65536", 5'000'011 - 131'072,
                              300'000 - 131'072));
}

TEST_CASE("output of just what is kept is not cut") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(one_host, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{shell("head -c 131072 /dev/zero"),
                                             shell("head -c 131073 /dev/zero")};
        auto answers = lab.run(requests);
        return fmt::format("{} {}, {} {}", answers->at(0).output.text().size(), answers->at(0).output.dropped,
                           answers->at(1).output.tail.size(), answers->at(1).output.dropped);
    });
    CHECK(said == "131072 0, 65536 1");
}

TEST_CASE("a process left behind with the output open does not hold the command up, and may live on") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(one_host, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{shell("sleep 1000 & echo done")};
        std::string text = show(lab.run(requests)->front());
        return text + fmt::format(", {} asleep", count_processes("sleep"));
    });
    CHECK(said == "status 0, stdout 'done\n', stderr '', 1 asleep");
}

TEST_CASE("a command that takes too long is ended with all that it started") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(one_host, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{shell("sleep 1000 & echo so far; sleep 1000")};
        requests.front().timeout = 200ms;
        std::string text = show(lab.run(requests)->front());
        bool gone = wait_until([] { return count_processes("sleep") == 0; });
        return text + (gone ? ", none asleep" : ", still asleep");
    });
    CHECK(said == "signal 15, timed out, stdout 'so far\n', stderr '', none asleep");
}

TEST_CASE("a command that ignores SIGTERM is killed when its grace is over") {
    if (skipped_without_namespaces())
        return;
    CommandRequest stubborn = shell("trap '' TERM; while :; do sleep 1000; done");
    stubborn.timeout = 100ms;
    CHECK(answers_to({stubborn}) == "signal 9, timed out, stdout '', stderr ''\n");
}

TEST_CASE("after a timeout no process of the command is left that ignored SIGTERM") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(one_host, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{shell("(trap '' TERM; exec sleep 1000) & sleep 1000")};
        requests.front().timeout = 300ms;
        std::string text = show(lab.run(requests)->front());
        bool gone = wait_until([] { return count_processes("sleep") == 0; }, {.at_most = 5s});
        return text + (gone ? ", none asleep" : ", still asleep");
    });
    CHECK(said == "signal 15, timed out, stdout '', stderr '', none asleep");
}

TEST_CASE("commands of a batch run at the same time, each in its node") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    for (const char* name : {"to-red", "to-blue"})
        REQUIRE(mkfifo((folder / name).c_str(), 0600) == 0);
    // Each waits for the other: one after the other they would never end.
    std::vector<CommandRequest> requests{
        {.on = 0, .argv = {"sh", "-c", "echo I am $(hostname) > to-blue; cat to-red"}, .timeout = 20s},
        {.on = 1, .argv = {"sh", "-c", "cat to-blue; echo I am $(hostname) > to-red"}, .timeout = 20s}};
    auto ask = [&](LiveLab& lab) {
        auto answers = lab.run(requests);
        return show(answers->at(0)) + "\n" + show(answers->at(1));
    };
    std::string said = in_lab("hosts = [\"red\", \"blue\"]\n", ask, folder.path());
    CHECK(said == "status 0, stdout 'I am blue\n', stderr ''\nstatus 0, stdout 'I am red\n', stderr ''");
}

TEST_CASE("a working directory that is not there is named") {
    if (skipped_without_namespaces())
        return;
    CHECK_THAT(answers_to({{.on = 0, .argv = {"true"}, .directory = "/no/such/folder"}}),
               contains("/no/such/folder") && contains("No such file or directory (ENOENT)"));
}

TEST_CASE("a command has the environment of the run and what is added to it, and no descriptor but three") {
    if (skipped_without_namespaces())
        return;
    CommandRequest request = shell("echo $COLOUR; test -n \"$PATH\" && ls /proc/$$/fd");
    request.environment["COLOUR"] = "red";
    CHECK(answers_to({request}) == "status 0, stdout 'red\n0\n1\n2\n', stderr ''\n");
}

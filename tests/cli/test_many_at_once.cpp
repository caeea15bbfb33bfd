// Labs share nothing but the kernel: many at once, of several users, with the same names and addresses.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <sys/resource.h>

using namespace netrig;

namespace {

std::function<void()> with_open_files(rlim_t soft, rlim_t hard) {
    return [soft, hard] {
        rlimit limit{soft, hard};
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            throw std::runtime_error("cannot set the limit of open files");
    };
}

/// Hosts on a bridge, and one test of all pairs.
std::string mesh_of(int hosts, const std::string& verb = "ping") {
    return fmt::format("hosts = [\"h[1-{0}]\"]\n[bridges.br0]\nports = [\"h[1-{0}]\"]\nsubnet = "
                       "\"10.1.0.0/16\"\n[[tests]]\nname = \"all pairs\"\n{1} = \"* <-> *\"\n",
                       hosts, verb);
}

} // namespace

TEST_CASE("root and two other users run the same scenarios at once, all pass and nothing is left") {
    if (skipped_without_namespaces())
        return;
    if (geteuid() != 0)
        return skip("only root can be several users");
    Machine machine = std::move(*Machine::make());
    furnish(machine);
    std::string before = host_state(machine);
    TemporaryFolder folder; // another user may not be able to walk to the source
    std::filesystem::copy(NETRIG_SOURCE_DIR "/scenarios/document", folder / "document");
    for (int i = 0; i < 5; ++i)
        folder.write(fmt::format("mesh-{}.toml", i), mesh_of(5) + R"(
[[tests]]
name = "a command"
exec = { on = "h1", command = "id -u", stdout = { equals = "0\n" } }
)");
    std::vector<Child> runs;
    for (uid_t user : {0U, 4001U, 4002U})
        runs.push_back(start_netrig({"run", "-j", "3", "."},
                                    {.directory = folder.path(), .user = user, .machine = &machine}));
    for (Child& run : runs) {
        Ended ended = run.wait();
        INFO(ended.errors);
        CHECK(ended.status == 0);
    }
    CHECK(wait_until([&] { return left_behind(machine).empty(); }));
    CHECK(host_state(machine) == before);
}

TEST_CASE("labs that live at once do not overflow the kernel's neighbour table together") {
    if (skipped_without_namespaces())
        return;
    constexpr int labs = 8; // of 306 neighbours each, where the table takes 1,024
    TemporaryFolder folder;
    Gate gate(folder);
    for (int i = 0; i < labs; ++i)
        folder.write(fmt::format("lab-{}.toml", i),
                     mesh_of(18) +
                         fmt::format("[[tests]]\nname = \"lives\"\nexec = {{ on = \"h1\", command = "
                                     "\"{}\" }}\n[[tests]]\nname = \"still\"\nping = \"* <-> *\"\n",
                                     Gate::command));
    Child run =
        start_netrig({"run", "-j", std::to_string(labs), "--junit", "-", "."}, {.directory = folder.path()});
    for (int i = 0; i < labs; ++i)
        REQUIRE(gate.reached_by(run)); // so all of them live now, and have asked all pairs
    for (int i = 0; i < labs; ++i)
        gate.open();
    Ended ended = run.wait();
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK(read_junit(ended.output).tests == 3 * labs);
}

TEST_CASE("a lab that needs more descriptors than may be had says how many before anything is built") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("large.toml", mesh_of(300));
    Ended ended = run_netrig({"run", "--junit", "-", "large.toml"},
                             {.directory = folder.path(), .before = with_open_files(256, 1000)});
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("cannot give a lab of 301 nodes its descriptors: it may need 2504, and the hard "
                        "limit of open files is 1000") &&
                   contains("raise it: 'ulimit -Hn 2504' as root, 'LimitNOFILE=2504' of a service"));
    CHECK(read_junit(ended.output).cases.at(0).type == "setup");
}

TEST_CASE("the limit of open files is raised as far as a lab needs, and no further") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    const std::string tells = "[[tests]]\nname = \"tells\"\nexec = { on = \"h1\", command = \"ulimit -Sn\", ";
    folder.write("small.toml", mesh_of(2) + tells + "stdout = { equals = \"256\\n\" } }\n");
    folder.write("large.toml", mesh_of(50) + tells + "stdout = { matches = \"^[3-9][0-9][0-9]$\" } }\n");
    Ended ended =
        run_netrig({"run", "-j1", "."}, {.directory = folder.path(), .before = with_open_files(256, 1000)});
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

TEST_CASE("an exchange of many pairs makes do with the descriptors that there are") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("mesh.toml", mesh_of(30, "tcp-echo")); // 870 pairs, of which each takes two
    Ended ended = run_netrig({"run", "."}, {.directory = folder.path(), .before = with_open_files(256, 420)});
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

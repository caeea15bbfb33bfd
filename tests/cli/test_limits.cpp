// `limits` of a node: its programs together get no more, the next node's get all, and no group is left.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <filesystem>
#include <fmt/format.h>

using namespace netrig;

namespace fs = std::filesystem;

namespace {

const std::string head = R"(
name  = "limited"
hosts = ["small", "large"]
[nodes.small]
limits = { memory = "24MiB", processes = 8, cpu = "50%" }
)";

/// Of runs whose runner has this pid; those of other runs on this machine are none of ours.
std::vector<std::string> groups_of(pid_t runner) {
    std::vector<std::string> found;
    std::error_code error;
    std::string name = fmt::format("netrig-{}-", runner);
    for (fs::recursive_directory_iterator it("/sys/fs/cgroup", error), end; it != end; it.increment(error))
        if (it->is_directory(error) && it->path().filename().string().starts_with(name))
            found.push_back(it->path().string());
    return found;
}

/// Whether groups can be made here; says why not, as a skipped test does.
bool skipped_without_groups(const TemporaryFolder& folder) {
    if (skipped_without_namespaces())
        return true;
    folder.write("probe.toml", head + "[[tests]]\nexec = { on = \"small\", command = [\"true\"] }\n");
    Ended ended = run_netrig({"run", "probe.toml"}, {.directory = folder.path()});
    if (ended.errors.find("cgroup:") == std::string::npos)
        return false;
    skip(ended.errors);
    return true;
}

} // namespace

TEST_CASE("a node's programs get no more memory and processes than its limits, and the next node's do",
          "[cgroups]") {
    TemporaryFolder folder;
    if (skipped_without_groups(folder))
        return;
    // The shell starts processes that wait for its end, until the next is refused.
    folder.write("net.toml", head + R"(
[[tests]]
name = "memory"
exec = { on = "small", command = "head -c 64M /dev/zero | tail", exit = 137 }
[[tests]]
name = "memory of the other"
exec = { on = "large", command = "head -c 64M /dev/zero | tail | wc -c", stdout = "67108864" }
[[tests]]
name = "processes"
exec = { on = "small", command = "for i in 1 2 3 4 5 6 7 8 9 10; do cat & done < /dev/zero > /dev/null; true", exit = 2, stderr = "fork" }
[[tests]]
name = "processes of the other"
exec = { on = "large", command = "for i in 1 2 3 4 5 6 7 8 9 10; do cat & done < /dev/null > /dev/null; wait" }
[[tests]]
name = "cpu"
exec = { on = "small", command = "cat /proc/self/cgroup", stdout = { matches = "cpu[^:]*:.*netrig-|0::.*netrig-" } }
)");
    Ended ended = run_netrig({"run", "net.toml"}, {.directory = folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

TEST_CASE("the groups of a node's limits go with its run, also when that is killed", "[cgroups]") {
    TemporaryFolder folder;
    if (skipped_without_groups(folder))
        return;
    Gate gate(folder);
    folder.write("net.toml", head + fmt::format("[[tests]]\nexec = {{ on = \"small\", command = \"{}\" }}\n",
                                                Gate::command));
    for (int signal : {SIGKILL, SIGTERM}) {
        Child run = start_netrig({"run", "net.toml"}, {.directory = folder.path()});
        REQUIRE(gate.reached_by(run));
        CHECK_FALSE(groups_of(run.pid()).empty());
        run.signal(signal);
        pid_t pid = run.pid();
        run.wait();
        CHECK(wait_until([&] { return groups_of(pid).empty(); }));
    }
}

// A report that the disk has no room for: told with the kernel's words, and no half of it anywhere.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/host_state.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

using namespace netrig;

namespace {

constexpr const char* scenario = R"(
hosts = ["red"]
[[tests]]
name = "passes"
exec = { on = "red", command = "true" }
)";

std::string shell(const Machine& machine, const TemporaryFolder& folder, const std::string& script) {
    Ended ended =
        start_program({"sh", "-ec", script}, {.directory = folder.path(), .machine = &machine}).wait();
    INFO(ended.errors);
    REQUIRE(ended.status == 0);
    return ended.output;
}

/// The report is to be written onto a disk of the machine's that `fill` has filled, where an older one is.
void check_not_written(const std::string& mount_options, const std::string& fill) {
    Machine machine = std::move(*Machine::make());
    TemporaryFolder folder;
    folder.write("net.toml", scenario);
    shell(machine, folder,
          "mkdir full; mount -t tmpfs -o " + mount_options +
              " none full; echo an older report > full/report.xml; " + fill);
    std::string before = shell(machine, folder, "ls -A full");
    Ended ended = run_netrig({"run", "--junit", "full/report.xml", "net.toml"},
                             {.directory = folder.path(), .machine = &machine});
    CHECK(ended.status == 8);
    CHECK_THAT(ended.errors, contains("1 passed") &&
                                 contains("netrig: cannot write the report full/report.xml: No space left on "
                                          "device (ENOSPC)"));
    CHECK(shell(machine, folder, "ls -A full") == before);
    CHECK(shell(machine, folder, "cat full/report.xml") == "an older report\n");
    CHECK(left_behind(machine).empty());
}

} // namespace

TEST_CASE("a report that a full disk has no room for is not written, and no half of it is left") {
    if (skipped_without_namespaces())
        return;
    check_not_written("size=16k", "cat /dev/zero > full/fill || true");
}

TEST_CASE("a report for which only a part of the room is there is not written, and no half of it is left") {
    if (skipped_without_namespaces())
        return;
    // All but one page, of 4 KiB or what the machine has.
    check_not_written("size=64k",
                      "cat /dev/zero > full/fill || true; truncate -s -1 full/fill; "
                      "while ! head -c 1 /dev/zero > full/one; do truncate -s -4096 full/fill; done");
}

TEST_CASE("a report for which there is no file left on the disk is not written") {
    if (skipped_without_namespaces())
        return;
    check_not_written("nr_inodes=3", "true > full/fill");
}

TEST_CASE("a report to a device that is full is told as not written") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", scenario);
    Ended ended = run_netrig({"run", "--junit", "/dev/full", "net.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 8);
    CHECK_THAT(ended.errors, contains("cannot write the report /dev/full: No space left on device (ENOSPC)"));
}

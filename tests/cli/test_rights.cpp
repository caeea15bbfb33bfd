#include "tests/support/contains.h"
#include "tests/support/expected_outcomes.h"
#include "tests/support/refused_namespaces.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <sched.h>

using namespace netrig;

namespace fs = std::filesystem;

namespace {

constexpr uid_t nobody = 65534;

/// An ordinary user: the test's own, or nobody when that is root.
ChildOptions as_ordinary_user() {
    ChildOptions options{.directory = "/"};
    if (geteuid() == 0)
        options.user = nobody;
    return options;
}

bool skipped_without_user_namespaces() {
    auto try_it = [] { return std::string(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? "" : "refused"); };
    bool refused = !start_child(try_it, as_ordinary_user()).wait().output.empty();
    if (refused)
        skip("ordinary users may make no user namespaces here");
    return refused;
}

bool skipped_unless_root() {
    if (geteuid() == 0)
        return false;
    skip("only root has rights to take away");
    return true;
}

std::string two_hosts() {
    return NETRIG_SOURCE_DIR "/scenarios/examples/two-hosts.toml";
}

void check_refused(const Ended& ended, const std::string& why, const std::string& remedy) {
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("the lab could not be built: cannot make the lab's namespaces: ") &&
                                 contains(why) && contains("help:") && contains(remedy));
    CHECK_THAT(ended.errors, contains("two-hosts.toml"));
}

/// The scenarios where the ordinary user can read them, whoever may walk to the source folder.
class CopiedScenarios : public TemporaryFolder {
public:
    CopiedScenarios() {
        fs::copy(NETRIG_SOURCE_DIR "/scenarios", *this / "scenarios", fs::copy_options::recursive);
        for (const auto& entry : fs::recursive_directory_iterator(*this / "scenarios"))
            fs::permissions(entry, fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
        fs::permissions(*this / "scenarios", fs::perms::others_read | fs::perms::others_exec,
                        fs::perm_options::add);
    }
};

} // namespace

TEST_CASE("for an ordinary user the document's scenarios and the examples come out the same") {
    if (skipped_without_user_namespaces())
        return;
    CopiedScenarios copy;
    ChildOptions options = as_ordinary_user();
    options.directory = copy.path();
    check_outcomes(expected_outcomes("document"), options);
    check_outcomes(expected_outcomes("examples"), options);
}

TEST_CASE("for an ordinary user the kernel answers the same questions") {
    if (skipped_without_user_namespaces())
        return;
    CopiedScenarios copy;
    ChildOptions options = as_ordinary_user();
    options.directory = copy.path();
    check_outcomes(expected_outcomes("state"), options);
}

TEST_CASE("for an ordinary user links are impaired the same") {
    if (skipped_without_user_namespaces())
        return;
    CopiedScenarios copy;
    ChildOptions options = as_ordinary_user();
    options.directory = copy.path();
    check_outcomes(expected_outcomes("topologies"), options);
}

TEST_CASE("for an ordinary user wrong twins fail the same") {
    if (skipped_without_user_namespaces())
        return;
    CopiedScenarios copy;
    ChildOptions options = as_ordinary_user();
    options.directory = copy.path();
    std::vector<ExpectedFile> files = expected_outcomes("must-fail");
    auto waits_long = [](const ExpectedFile& file) { return file.path.ends_with("/bridge.toml"); };
    std::erase_if(files, waits_long);
    check_outcomes(files, options);
}

TEST_CASE("an ordinary user's commands run as root of the lab, in which the host's files stay the host's") {
    if (skipped_without_user_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", R"(
hosts = ["red"]

[[tests]]
name = "root in the lab"
exec = { on = "red", command = ["id", "-u"], stdout = { equals = "0" } }

[[tests]]
name = "not on the host"
exec = { on = "red", command = "echo x > /etc/netrig-test", exit = 2, stderr = "Permission denied" }
)");
    fs::permissions(folder / "net.toml", fs::perms::others_read, fs::perm_options::add);
    Ended ended = run_netrig({"run", folder / "net.toml"}, as_ordinary_user());
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

TEST_CASE("where user namespaces are switched off an ordinary user is told so, and how to switch them on") {
    auto machine = Machine::make({.own_users = true, .test_is = 1000, .limit = "max_user_namespaces"});
    if (!machine) {
        skip(describe(machine.error()));
        return;
    }
    check_refused(
        run_netrig({"run", two_hosts()}, {.machine = &*machine}), "No space left on device (ENOSPC)",
        "user namespaces are switched off here: run as root, or 'sysctl -w user.max_user_namespaces=");
}

TEST_CASE("where a container's profile refuses namespaces an ordinary user is told so") {
    CopiedScenarios copy;
    ChildOptions options = as_ordinary_user();
    options.directory = copy.path();
    for (int clone3_code : {EPERM, ENOSYS}) {
        options.before = [=] { refuse_namespaces(clone3_code); };
        check_refused(run_netrig({"run", "scenarios/examples/two-hosts.toml"}, options),
                      clone3_code == EPERM ? "Operation not permitted (EPERM)" : "", "seccomp");
    }
}

TEST_CASE("root without the rights of root, as in a container, uses a user namespace") {
    if (skipped_unless_root() || skipped_without_user_namespaces())
        return;
    ChildOptions options;
    options.before = drop_admin_rights;
    check_outcomes(expected_outcomes("examples"), options);
}

TEST_CASE("where a container's root may make no namespaces at all it is told which rights are missing") {
    if (skipped_unless_root())
        return;
    ChildOptions options;
    for (int clone3_code : {EPERM, ENOSYS}) {
        options.before = [=] {
            drop_admin_rights();
            refuse_namespaces(clone3_code);
        };
        check_refused(run_netrig({"run", two_hosts()}, options),
                      clone3_code == EPERM ? "Operation not permitted (EPERM)" : "", "--cap-add SYS_ADMIN");
    }
}

TEST_CASE("where the kernel's limit of namespaces is reached the help says which limit") {
    auto machine = Machine::make({.own_users = true, .limit = "max_net_namespaces", .limit_to = "2"});
    if (!machine) {
        skip(describe(machine.error()));
        return;
    }
    Ended ended = run_netrig({"run", two_hosts()}, {.machine = &*machine});
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("No space left on device (ENOSPC)") && !contains("CAP_SYS_ADMIN") &&
                                 contains("user.max_"));
}

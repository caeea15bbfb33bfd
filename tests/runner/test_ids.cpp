#include "runner/ids.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/refused_namespaces.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <grp.h>
#include <sys/mount.h>

using namespace netrig;

namespace {

constexpr uid_t nobody = 65534;

bool skipped_unless_root() {
    if (geteuid() == 0)
        return false;
    skip("only root can be several users");
    return true;
}

/// A lab whose only test runs `command` and compares its output.
std::string lab_with(const std::string& command, const std::string& output) {
    return "hosts = [\"red\"]\n[[tests]]\nname = \"ids\"\nexec = { on = \"red\", command = '''" + command +
           "''', stdout = { equals = '''" + output + "''' } }\n";
}

/// Runs it as netrig.toml of an own folder; standard error has the line of --stats.
Ended run_lab(const std::string& text, ChildOptions options) {
    TemporaryFolder folder;
    folder.write("net.toml", text);
    options.directory = folder.path();
    return run_netrig({"run", "--stats", "net.toml"}, options);
}

void check(const Ended& ended, const std::string& ids) {
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains("; ids: " + ids + "\n"));
}

/// `change` is made in a mount namespace of the child's own, before it becomes another user.
std::function<void()> in_own_mounts(const std::function<void()>& change) {
    return [change] {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            throw std::runtime_error("cannot make a mount namespace");
        change();
    };
}

void mount_over(const std::string& what, const std::string& where, unsigned long flags = 0) {
    if (mount(what.c_str(), where.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        (flags != 0 && mount("none", where.c_str(), nullptr, MS_BIND | MS_REMOUNT | flags, nullptr) != 0))
        throw std::runtime_error("cannot mount over " + where);
}

void become(uid_t user) {
    if (setgroups(0, nullptr) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0)
        throw std::runtime_error("cannot become another user");
}

/// nobody, to whom subuid(5) grants a range.
ChildOptions with_range(const TemporaryFolder& folder) {
    std::string grants = folder.write("grants", "root:100000:65536\nnobody:200000:65536\n");
    return {.before = in_own_mounts([grants] {
                mount_over(grants, "/etc/subuid");
                mount_over(grants, "/etc/subgid");
                become(nobody);
            })};
}

void refuse_call(unsigned number, int code = EPERM) {
    std::array<sock_filter, 4> filter{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(code)),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    sock_fprog program{filter.size(), filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw std::runtime_error("cannot set a seccomp filter");
}

const std::string change_ids = "touch /run/f && chown 5:6 /run/f && stat -c %u:%g /run/f; setpriv --reuid 7 "
                               "--regid 8 --clear-groups id -u";

} // namespace

TEST_CASE("a range of subuid(5) is granted by name or by number, and is the first that is not void") {
    CHECK(granted_range("ann:100000:65536\n", "ann", 1000) == IdRange{1, 100000, 65536});
    CHECK(granted_range("bob:1:1\n1000:200000:10", "ann", 1000) == IdRange{1, 200000, 10});
    CHECK(granted_range("ann:100000:0\nann:x:5\nann:5\n# ann\nann:300000:2\n", "ann", 1000) ==
          IdRange{1, 300000, 2});
    CHECK_FALSE(granted_range("", "ann", 1000));
    CHECK_FALSE(granted_range("annie:100000:65536\n", "ann", 1000));
}

TEST_CASE("root's labs have root's ids") {
    if (skipped_unless_root())
        return;
    check(run_lab(lab_with(change_ids, "5:6\n7\n"), {}), "root");
}

TEST_CASE("an ordinary user's programs have one id, and id changes that do nothing and succeed") {
    if (skipped_without_namespaces())
        return;
    ChildOptions options;
    if (geteuid() == 0)
        options.user = nobody;
    check(run_lab(lab_with(change_ids, "0:0\n0\n"), options), "one, id changes answered with success");
    check(run_lab("hosts = [\"red\"]\n[[tests]]\nname = \"x\"\nping = \"red -> 127.0.0.1\"\n", options),
          "one");
}

TEST_CASE("an ordinary user with subordinate ids has several") {
    if (skipped_unless_root())
        return;
    TemporaryFolder folder;
    check(run_lab(lab_with(change_ids, "5:6\n7\n"), with_range(folder)), "subordinate");
}

TEST_CASE("programs that map subordinate ids are started only for labs that run commands") {
    if (skipped_unless_root())
        return;
    TemporaryFolder folder;
    check(run_lab("hosts = [\"red\"]\n[[tests]]\nname = \"x\"\nping = \"red -> 127.0.0.1\"\n",
                  with_range(folder)),
          "one");
}

TEST_CASE("where newuidmap is missing or refuses, one id it is") {
    if (skipped_unless_root())
        return;
    TemporaryFolder folder;
    for (bool missing : {true, false}) {
        ChildOptions each = with_range(folder);
        std::string empty = folder.write("empty", "");
        each.before = in_own_mounts([=, before = each.before] {
            for (const char* program : {"/usr/bin/newuidmap", "/usr/bin/newgidmap"})
                if (access(program, F_OK) == 0)
                    mount_over(missing ? empty : "/bin/false", program);
            before();
        });
        check(run_lab(lab_with("id -u", "0\n"), each), "one, id changes answered with success");
    }
}

TEST_CASE("root without CAP_SYS_ADMIN keeps its ids") {
    if (skipped_unless_root() || skipped_without_namespaces())
        return;
    check(run_lab(lab_with(change_ids, "5:6\n7\n"), {.before = drop_admin_rights}), "root");
}

TEST_CASE("the JUnit report says which ids there were") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", lab_with("true", ""));
    Ended ended = run_netrig({"run", "--junit", "-", "net.toml"}, {.directory = folder.path()});
    CHECK_THAT(ended.output, contains("<property name=\"netrig.ids\" value=\"" +
                                      std::string(geteuid() == 0 ? "root" : "")));
}

TEST_CASE("where clone3 is unknown, clone does") {
    if (skipped_without_namespaces())
        return;
    ChildOptions options;
    options.before = [] { refuse_call(SYS_clone3, ENOSYS); }; // a profile older than the call
    Ended ended = run_lab(lab_with("true", ""), options);
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

TEST_CASE("where a user namespace has no rights, as AppArmor has it, the error says what to do") {
    if (skipped_without_namespaces())
        return;
    ChildOptions options;
    if (geteuid() == 0)
        options.user = nobody;
    options.before = [] { refuse_call(SYS_mount); };
    Ended ended = run_lab(lab_with("true", ""), options);
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("the lab could not be built: cannot make the lab's mounts private: Operation "
                        "not permitted (EPERM)") &&
                   contains("help:") && contains("run as root"));
}

TEST_CASE("where nodes' namespaces are refused an ordinary user is not told to give root more rights") {
    if (skipped_without_namespaces())
        return;
    ChildOptions options;
    if (geteuid() == 0)
        options.user = nobody;
    options.before = [] { refuse_call(SYS_unshare); };
    Ended ended = run_lab(lab_with("true", ""), options);
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("make the namespaces of red") && contains("run as root") && !contains("--cap-add"));
}

TEST_CASE("in a container with a masked /proc the old one does, if settings can be written in it") {
    if (skipped_unless_root() || skipped_without_namespaces())
        return;
    ChildOptions options;
    options.before = in_own_mounts([] {
        mount_over("/dev/null", "/proc/version");
        drop_admin_rights();
    });
    check(run_lab(lab_with("cat /proc/sys/net/ipv6/conf/default/accept_dad; ls /sys/class/net", "0\nlo\n"),
                  options),
          "root");

    options.before = in_own_mounts([] {
        mount_over("/dev/null", "/proc/version");
        mount_over("/proc/sys", "/proc/sys", MS_RDONLY);
        drop_admin_rights();
    });
    Ended ended = run_lab(lab_with("true", ""), options);
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("cannot mount the lab's own /proc") && contains("systempaths=unconfined"));
}

TEST_CASE("where /sys may not be mounted anew, no interfaces are seen rather than another network's") {
    if (skipped_unless_root() || skipped_without_namespaces())
        return;
    ChildOptions options;
    options.before = in_own_mounts([] {
        mount_over("/dev/null", "/sys/kernel/notes");
        drop_admin_rights();
    });
    Ended ended = run_lab(lab_with("ls /sys/class/net", ""), options);
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

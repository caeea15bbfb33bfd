#include "runner/files_in_node.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <fmt/format.h>
#include <sys/mount.h>

using namespace netrig;

namespace fs = std::filesystem;

namespace {

/// Runs a scenario's commands on `red`, each in a test of its own that compares the whole output.
class Scene : public TemporaryFolder {
public:
    std::string files;                                         ///< lines of [nodes.red.files]
    std::vector<std::pair<std::string, std::string>> commands; ///< with what they must print
    std::string on = "red";

    [[nodiscard]] std::string text() const {
        std::string text = "name = \"net\"\nhosts = [\"red\", \"blue\"]\nlinks = [\"red -- blue\"]\n";
        text += "[nodes.red.files]\n" + files;
        for (const auto& [command, output] : commands)
            text += fmt::format(
                "\n[[tests]]\nname = '''{0}'''\nexec = {{ on = \"{1}\", command = '''{0}''', stdout = {{ "
                "equals = '''{2}''' }} }}\n",
                command, on, output);
        return text;
    }

    Ended run(ChildOptions options = {}) {
        write("net.toml", text());
        options.directory = path();
        return run_netrig({"run", "net.toml"}, options);
    }
};

void check_passed(const Ended& ended) {
    INFO(ended.errors);
    CHECK(ended.status == 0);
}

/// The test's own user, and nobody when that is root.
std::vector<ChildOptions> everybody() {
    std::vector<ChildOptions> users(1);
    if (geteuid() == 0)
        users.push_back({.user = 65534});
    return users;
}

/// In a mount namespace that dies with the child, where the test may change what stands for the machine's
/// files.
ChildOptions on_other_files(const std::function<void()>& change) {
    return {.before = [change] {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            throw std::runtime_error("cannot make a mount namespace");
        change();
    }};
}

void bind_mount(const std::string& what, const std::string& where) {
    if (mount(what.c_str(), where.c_str(), nullptr, MS_BIND, nullptr) != 0)
        throw std::runtime_error("cannot bind " + where);
}

bool skipped_unless_root() {
    if (geteuid() == 0)
        return false;
    skip("only root can change what stands for the machine's files");
    return true;
}

} // namespace

TEST_CASE("a node's folders for running programs are its own and empty") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.commands = {
        {"for d in /run /var/run /var/tmp /dev/shm; do ls -A $d; done", ""},
        {"for d in /run /var/run /tmp /var/tmp /dev/shm; do echo $(hostname) > $d/who; done", ""},
        {"cat /run/who /tmp/who", "red\nred\n"}};
    for (const ChildOptions& user : everybody())
        check_passed(scene.run(user));
    CHECK_FALSE(fs::exists("/run/who"));
    CHECK_FALSE(fs::exists("/tmp/who"));
    CHECK_FALSE(fs::exists("/dev/shm/who"));
}

TEST_CASE("a node knows all nodes by name, its own name, and no name server") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.commands = {{"hostname", "red\n"},
                      {"grep -c '^nameserver' /etc/resolv.conf || true", "0\n"},
                      {"head -1 /etc/hosts", "127.0.0.1\tlocalhost\n"},
                      {"ls /sys/class/net", "eth0\nlo\n"}};
    for (const ChildOptions& user : everybody())
        check_passed(scene.run(user));
}

TEST_CASE("the host's resolver does not leak where its file is a link into /run") {
    if (skipped_unless_root())
        return;
    Scene scene;
    scene.commands = {
        {"grep -c '^nameserver' /etc/resolv.conf || true; test -L /etc/resolv.conf && echo link",
         "0\nlink\n"},
        {"getent hosts localhost | head -1 | wc -l", "1\n"}};
    std::string etc = scene / "etc";
    check_passed(scene.run(on_other_files([etc] {
        fs::create_directories(etc);
        for (const char* name : {"hosts", "passwd", "nsswitch.conf", "ld.so.cache"})
            fs::copy_file(std::string("/etc/") + name, etc + "/" + name);
        fs::create_symlink("../run/systemd/resolve/stub-resolv.conf", etc + "/resolv.conf");
        bind_mount(etc, "/etc");
    })));
}

TEST_CASE("a machine without /etc/hosts has one in its nodes") {
    if (skipped_unless_root())
        return;
    Scene scene;
    scene.commands = {{"head -1 /etc/hosts; ls /etc", "127.0.0.1\tlocalhost\nhosts\nld.so.cache\n"}};
    std::string etc = scene / "etc";
    check_passed(scene.run(on_other_files([etc] {
        fs::create_directories(etc);
        fs::copy_file("/etc/ld.so.cache", etc + "/ld.so.cache");
        bind_mount(etc, "/etc");
    })));
    CHECK_FALSE(fs::exists(etc + "/hosts"));
}

TEST_CASE("files are seen in their node, by root and by an ordinary user, and nowhere else") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.write("tool.sh", "#!/bin/sh\necho from $1\n");
    scene.files = R"(
"/etc/netrig-test/daemons" = "bgpd=yes\n"
"/etc/passwd" = "root:x:0:0::/:/bin/sh\n"
"/etc/hosts" = "10.0.0.1 mine\n"
"/var/run/netrig-test/state" = { text = "x", mode = "0600" }
"/opt/netrig-test/bin/tool" = { from = "tool.sh", mode = "755" }
"/root/.netrig-test/config" = "c"
"/netrig-test-file" = "f"
"/netrig-test-folder/file" = "g"
)";
    scene.commands = {
        {"cat /etc/netrig-test/daemons /etc/passwd /etc/hosts",
         "bgpd=yes\nroot:x:0:0::/:/bin/sh\n10.0.0.1 mine\n"},
        {"cat /run/netrig-test/state /root/.netrig-test/config /netrig-test-file /netrig-test-folder/file",
         "xcfg"},
        {"/opt/netrig-test/bin/tool home", "from home\n"},
        {"stat -c '%a %u' /run/netrig-test/state /opt/netrig-test/bin/tool /etc/passwd /etc/netrig-test",
         "600 0\n755 0\n644 0\n755 0\n"},
        {"test -e /etc/group && test -e /proc/self && test -e /dev/null && pwd", scene.path() + "\n"},
        {"grep -c '^nameserver' /etc/resolv.conf || true", "0\n"},
        {"echo more >> /etc/netrig-test/daemons; rm /etc/passwd; ls /etc/passwd 2>&1 | wc -l", "1\n"}};
    for (const ChildOptions& user : everybody())
        check_passed(scene.run(user));
    scene.on = "blue";
    scene.commands = {
        {"ls -d /etc/netrig-test /run/netrig-test /opt/netrig-test /root/.netrig-test /netrig-test-* "
         "2>/dev/null | wc -l",
         "0\n"},
        {"head -1 /etc/hosts", "127.0.0.1\tlocalhost\n"}};
    for (const ChildOptions& user : everybody())
        check_passed(scene.run(user));
    for (const char* path : {"/etc/netrig-test", "/run/netrig-test", "/opt/netrig-test", "/root/.netrig-test",
                             "/netrig-test-file", "/netrig-test-folder"})
        CHECK_FALSE(fs::exists(path));
}

TEST_CASE("a file's folder goes on showing what the machine has in it") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.files = "\"/etc/netrig-test\" = \"\"\n";
    scene.commands = {
        {"test -s /etc/passwd && test -s /etc/group && head -1 /etc/hosts", "127.0.0.1\tlocalhost\n"},
        {"grep -c '^nameserver' /etc/resolv.conf || true", "0\n"}};
    for (const ChildOptions& user : everybody())
        check_passed(scene.run(user));
}

TEST_CASE("a working directory is the node's, not the machine's") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.files = "\"/etc/netrig-test/a\" = \"here\"\n";
    scene.write("net.toml", scene.text() +
                                "[[tests]]\nname = \"x\"\nexec = { on = \"red\", command = \"cat a\", cwd = "
                                "\"/etc/netrig-test\", stdout = \"here\" }\n");
    check_passed(run_netrig({"run", "net.toml"}, {.directory = scene.path()}));
}

TEST_CASE(
    "a link in the machine's files leads a file to where the node would see it, never out of the node") {
    if (skipped_unless_root())
        return;
    Scene scene;
    fs::create_directories(scene / "target/deep");
    scene.write("target/victim", "untouched");
    fs::create_symlink(scene / "target", scene / "link");
    fs::create_symlink("/proc/self/root" + (scene / "target"), scene / "magic");
    fs::create_symlink("victim", scene / "target/alias");
    scene.files = fmt::format("\"{0}/link/file\" = \"in\"\n\"{0}/link/deep/er/file\" = \"deep\"\n"
                              "\"{0}/link/victim\" = \"changed\"\n\"{0}/target/alias\" = \"alias\"\n",
                              scene.path());
    scene.commands = {
        {"cat target/file target/deep/er/file target/victim target/alias", "indeepchangedalias"}};
    check_passed(scene.run());
    CHECK(scene.read("target/victim") == "untouched");
    CHECK_FALSE(scene.has("target/file"));
    CHECK(fs::is_empty(scene / "target/deep"));
    CHECK(fs::is_symlink(scene / "target/alias"));

    scene.files = fmt::format("\"{}/magic/file\" = \"out\"\n", scene.path());
    scene.commands = {{"true", ""}};
    Ended ended = scene.run();
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("give red its files: put " + scene.path() + "/magic/file"));
    CHECK_FALSE(scene.has("target/file"));
}

TEST_CASE("a file whose way is barred is an error that names node and file") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    fs::create_directories(scene / "folder");
    fs::create_symlink("/nowhere/at/all", scene / "dangling");
    scene.commands = {{"true", ""}};
    auto words = [&](const std::string& path) {
        scene.files = fmt::format("\"{}\" = \"\"\n", path);
        Ended ended = scene.run();
        CHECK(ended.status == 6);
        return ended.errors;
    };
    CHECK_THAT(words("/etc/passwd/x"),
               contains("the lab could not be built: cannot give red its files: put "
                        "/etc/passwd/x: open the folder /etc/passwd: Not a directory"));
    CHECK_THAT(words(scene / "folder"),
               contains("give red its files: put " + (scene / "folder")) && contains("Is a directory"));
    CHECK_THAT(words(scene / "dangling/x"), contains("it is a symbolic link that leads nowhere"));
}

TEST_CASE(
    "a file that is to be taken from a missing one is an error with its place, before anything is built") {
    if (skipped_without_namespaces())
        return;
    Scene scene;
    scene.files = "\"/etc/a\" = { from = \"none.conf\" }\n";
    scene.commands = {{"true", ""}};
    Ended ended = scene.run();
    CHECK(ended.status == 6);
    CHECK_THAT(
        ended.errors,
        contains("cannot read 'none.conf' for /etc/a in red (net.toml:5:21): No such file or directory") &&
            contains("'from' is relative to " + scene.path()));
    scene.files = "\"/etc/a\" = { from = \"/dev/zero\" }\n";
    CHECK_THAT(scene.run().errors, contains("it is no regular file"));
    scene.files = "\"/etc/a\" = { from = \".\" }\n";
    CHECK_THAT(scene.run().errors, contains("Is a directory"));
}

TEST_CASE("where the kernel refuses an overlay, links show the rest of the folder") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("shared/text", "text");
    folder.write("shared/sub/inner", "inner");
    fs::create_symlink("text", folder / "shared/link");
    auto put_and_read = [&](OwnFolders& own) -> std::string {
        FilesInNode kept,
            wanted{{folder / "shared/new", "new"}, {folder / "shared/text", "mine"}, {"/netrig-test", ""}};
        if (Status put = put_files({wanted, kept, OwnFolder::links}, own); !put)
            return describe(put.error());
        std::string found;
        for (const char* name : {"shared/new", "shared/text", "shared/link", "shared/sub/inner"})
            found += folder.read(name) + " ";
        return found + (fs::exists("/netrig-test") ? "root" : "");
    };
    auto in_namespace = [&] {
        if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0 ||
            mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            throw std::runtime_error("cannot make a mount namespace");
        OwnFolders none;
        return put_and_read(none);
    };
    CHECK(start_child(in_namespace).wait().output == "new mine mine inner root");
    CHECK(folder.read("shared/text") == "text");
    CHECK_FALSE(folder.has("shared/new"));
    CHECK_FALSE(fs::exists("/netrig-test"));
}

TEST_CASE("two FRR routers run side by side with their default paths") {
    if (skipped_without_namespaces())
        return;
    if (!fs::exists("/usr/lib/frr/bgpd") || !fs::exists("/usr/bin/vtysh")) {
        skip("FRR is not installed (apt install frr)");
        return;
    }
    TemporaryFolder copy; // everybody may read it, whoever may walk to the source folder
    fs::copy(NETRIG_SOURCE_DIR "/scenarios/nodes/frr", copy / "frr", fs::copy_options::recursive);
    for (ChildOptions user : everybody()) {
        user.directory = copy.path();
        check_passed(run_netrig({"run", "frr/two-frr.toml"}, user));
    }
}

#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <fmt/format.h>
#include <pugixml.hpp>
#include <sched.h>
#include <set>
#include <sys/mount.h>

using namespace netrig;

namespace {

constexpr const char* two_hosts = R"(
name  = "two <hosts> & a \"wire\""
hosts = ["red", "blue"]

[[links]]
ends      = ["red:<&\"'>", "blue:veth1"]
addresses = [["10.0.0.1/24", "2001:db8::1/64"], ["10.0.0.2/24", "2001:db8::2/64"]]
delay     = "10ms"
)";

Ended graph(std::vector<std::string> arguments, const TemporaryFolder& folder,
            std::map<std::string, std::string> environment = {{"LC_ALL", "C.UTF-8"}}) {
    arguments.insert(arguments.begin(), "graph");
    return run_netrig(arguments, {.directory = folder.path(), .environment = std::move(environment)});
}

/// All text of a document, a piece a line.
struct Texts : pugi::xml_tree_walker {
    std::string all;
    bool for_each(pugi::xml_node& node) override {
        if (node.type() == pugi::node_pcdata)
            all += std::string(node.value()) + "\n";
        return true;
    }
};

std::string text_of_svg(const std::string& svg) {
    pugi::xml_document document;
    INFO(svg);
    REQUIRE(document.load_string(svg.c_str()));
    CHECK(std::string(document.document_element().name()) == "svg");
    Texts texts;
    document.traverse(texts);
    return texts.all;
}

const std::string scenarios = NETRIG_SOURCE_DIR "/scenarios";

} // namespace

TEST_CASE("a scenario is drawn as text unless another format is asked for, and needs no tests") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    Ended ended = graph({"two.toml"}, folder);
    CHECK(ended.status == 0);
    CHECK(ended.errors.empty());
    CHECK_THAT(ended.output, contains("│ red ├──") && contains("delay 10ms") && contains("2001:db8::2/64"));
    Ended ascii = graph({"--format", "text", "two.toml"}, folder, {{"LC_ALL", "C"}});
    CHECK_THAT(ascii.output, contains("| red +--"));
    CHECK(std::all_of(ascii.output.begin(), ascii.output.end(), [](char c) { return c >= 0; }));
}

TEST_CASE("text is as wide as COLUMNS says where there is no terminal") {
    TemporaryFolder folder;
    std::string path = scenarios + "/topologies/three-routers-in-a-row.toml";
    CHECK_THAT(graph({path}, folder, {{"LC_ALL", "C"}, {"COLUMNS", "240"}}).output, contains("+ r1     +-"));
    CHECK_THAT(graph({path}, folder, {{"LC_ALL", "C"}, {"COLUMNS", "80"}}).output, contains("+-+------+"));
}

TEST_CASE("an unknown format of a drawing is told with the one that was meant") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    Ended ended = graph({"--format", "svgg", "two.toml"}, folder);
    CHECK(ended.status == 2);
    CHECK(ended.output.empty());
    CHECK_THAT(ended.errors, contains("no format 'svgg'; did you mean 'svg'?"));
}

TEST_CASE("mistakes in a scenario are told instead of a drawing") {
    TemporaryFolder folder;
    folder.write("bad.toml", "hosts = [\"a\"]\nlinks = [\"a -- b\"]\n");
    Ended ended = graph({"bad.toml"}, folder);
    CHECK(ended.status == 2);
    CHECK(ended.output.empty());
    CHECK_THAT(ended.errors, contains("bad.toml:2"));
}

TEST_CASE("Graphviz's own program takes every topology that comes with netrig, and complains of none") {
    TemporaryFolder folder;
    Ended written = graph({"--format", "dot", "--output", "out/", scenarios}, folder);
    REQUIRE(written.status == 0);
    std::size_t drawings = 0;
    std::vector<std::string> argv{"dot", "-Tsvg", "-O"};
    for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
        argv.push_back(entry.path());
        ++drawings;
    }
    CHECK(drawings > 50);
    Ended ended = start_program(argv, {.directory = folder.path()}).wait();
    CHECK(ended.status == 0);
    CHECK(ended.errors.empty());
}

TEST_CASE("an SVG is well-formed and has every node, interface, address and subnet") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    Ended ended = graph({"--format", "svg", "two.toml"}, folder);
    INFO(ended.errors);
    REQUIRE(ended.status == 0);
    CHECK(ended.errors.empty());
    std::string texts = text_of_svg(ended.output);
    for (const char* text :
         {"two <hosts> & a \"wire\"", "red", "blue", "<&\"'>", "veth1", "10.0.0.1/24", "2001:db8::1/64",
          "10.0.0.2/24", "2001:db8::2/64", "10.0.0.0/24", "2001:db8::/64", "delay 10ms"})
        CHECK_THAT(texts, contains(text));
}

TEST_CASE("thirty nodes have about the proportions of a page, and no text is tiny") {
    TemporaryFolder folder;
    std::string ring = "hosts = [\"h[1-15]\"]\nrouters = [\"r[1-15]\"]\npool = [\"10.0.0.0/16\", "
                       "\"2001:db8::/48\"]\nlinks = [\n";
    std::string chain = "routers = [\"r[1-30]\"]\npool = [\"10.0.0.0/16\", \"2001:db8::/48\"]\nlinks = [\n";
    std::string fabric = "hosts = [\"h[1-20]\"]\nrouters = [\"spine[1-4]\", \"leaf[1-6]\"]\npool = "
                         "[\"10.0.0.0/16\", \"2001:db8::/48\"]\nlinks = [\n";
    for (int i = 1; i <= 15; ++i)
        ring += fmt::format("\"r{0} -- r{1}\", \"h{0} -- r{0}\",\n", i, i % 15 + 1);
    for (int i = 1; i < 30; ++i)
        chain += fmt::format("\"r{} -- r{}\",\n", i, i + 1);
    for (int i = 0; i < 24; ++i)
        fabric += fmt::format("\"leaf{} -- spine{}\",\n", i / 4 + 1, i % 4 + 1);
    for (int i = 1; i <= 20; ++i)
        fabric += fmt::format("\"h{} -- leaf{}\",\n", i, i % 6 + 1);
    for (const std::string& text : {ring, chain, fabric}) {
        folder.write("net.toml", text + "]\n");
        Ended ended = graph({"--format", "svg", "net.toml"}, folder);
        REQUIRE(ended.status == 0);
        pugi::xml_document document;
        REQUIRE(document.load_string(ended.output.c_str()));
        pugi::xml_node svg = document.document_element();
        double width = svg.attribute("width").as_double(), height = svg.attribute("height").as_double();
        INFO(width << " x " << height);
        CHECK(width / height > 0.4);
        CHECK(width / height < 2.5);
        for (const pugi::xpath_node& each : svg.select_nodes("//*[@font-size]"))
            CHECK(each.node().attribute("font-size").as_double() >= 11);
    }
}

TEST_CASE("a drawing's format is that of the file's name, and a folder gets SVG files") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    CHECK(graph({"--output", "net.svg", "two.toml"}, folder).status == 0);
    text_of_svg(folder.read("net.svg"));
    CHECK(graph({"--output", "net.gv", "two.toml"}, folder).status == 0);
    CHECK_THAT(folder.read("net.gv"), contains("graph topology {"));
    CHECK(graph({"--output", "net.txt", "two.toml"}, folder).status == 0);
    CHECK_THAT(folder.read("net.txt"), contains("│ red ├──"));
    CHECK(graph({"--output", "out/", "two.toml", scenarios + "/examples"}, folder).status == 0);
    text_of_svg(folder.read("out/two.svg"));
    CHECK_THAT(text_of_svg(folder.read("out/hundred-hosts.svg")),
               contains("h[1-100]") && contains("10.1.0.1-10.1.0.100/16"));
}

TEST_CASE(
    "several scenarios are several drawings, and the combinations of a matrix one where they are alike") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    folder.write("matrix.toml", "name = \"m\"\nhosts = [\"a\", \"b\"]\n[matrix]\nmtu = [1400, 1500]\nsize = "
                                "[\"1B\", \"2B\"]\n[[links]]\nends = [\"a\", \"b\"]\nmtu = \"${mtu}\"\n");
    Ended text = graph({"two.toml", "matrix.toml"}, folder);
    CHECK(text.status == 0);
    CHECK(text.output.starts_with("# two.toml\ntwo <hosts>"));
    CHECK_THAT(text.output, contains("\n# matrix.toml\nm (2 instances)\n") && contains("mtu 1400") &&
                                contains("mtu 1500"));
    Ended svg = graph({"--format", "svg", "two.toml", "matrix.toml"}, folder);
    CHECK(svg.status == 2);
    CHECK(svg.output.empty());
    CHECK_THAT(svg.errors, contains("SVG is one drawing a file, and these are 3"));
}

TEST_CASE("a drawing that can't be written is told, with status 8") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    Ended ended = graph({"--output", "nowhere/net.dot", "two.toml"}, folder);
    CHECK(ended.status == 8);
    CHECK_THAT(ended.errors, contains("nowhere/net.dot") && contains("No such file or directory"));
}

TEST_CASE("without Graphviz's library only SVG is refused, with the package to install") {
    TemporaryFolder folder;
    folder.write("two.toml", two_hosts);
    std::vector<std::string> libraries;
    for (const char* place :
         {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64"})
        if (std::string path = std::string(place) + "/libgvc.so.6"; std::filesystem::exists(path))
            libraries.push_back(std::filesystem::canonical(path));
    REQUIRE_FALSE(libraries.empty());
    auto hidden = [&](const std::string& format) {
        ChildOptions options{.directory = folder.path()};
        options.before = [&] {
            if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 && unshare(CLONE_NEWNS) != 0)
                _exit(98);
            mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
            for (const std::string& library : libraries)
                if (mount("/dev/null", library.c_str(), nullptr, MS_BIND, nullptr) != 0)
                    _exit(97);
        };
        return run_netrig({"graph", "--format", format, "two.toml"}, options);
    };
    Ended svg = hidden("svg");
    CHECK(svg.status == 6);
    CHECK(svg.output.empty());
    CHECK_THAT(svg.errors, contains("libgvc.so.6") && contains("apt install libgvc6"));
    CHECK(hidden("dot").status == 0);
    CHECK(hidden("text").status == 0);
}

#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace netrig;

namespace {

/// The kernel's table takes 1,024 entries; 40 hosts need 1,560 to know each other.
const std::string forty_hosts = R"(
hosts = ["h[1-40]"]

[bridges.br0]
ports  = ["h[1-40]"]
subnet = "10.1.0.0/16"
)";

std::vector<EchoRequest> mesh(const Topology& topology, std::size_t hosts) {
    std::vector<EchoRequest> requests;
    for (NodeIndex from = 0; from < hosts; ++from)
        for (NodeIndex to = 0; to < hosts; ++to)
            if (from != to)
                requests.push_back(
                    {.from = from, .to = topology.nodes[to].interfaces.at(1).addresses.at(0).prefix.address});
    return requests;
}

/// "1560 of 1560 replied", and the notes for the report.
std::string ping_mesh(LiveLab& lab, std::size_t hosts) {
    std::vector<EchoRequest> requests = mesh(lab.topology(), hosts);
    auto answers = lab.ping(requests);
    if (!answers)
        return describe(answers.error());
    std::size_t replies = 0;
    for (const EchoAnswer& answer : *answers)
        replies += answer.outcome == EchoOutcome::reply ? 1 : 0;
    return fmt::format("{} of {} replied; {}\n", replies, requests.size(), fmt::join(lab.take_notes(), "; "));
}

} // namespace

TEST_CASE("a mesh that would overflow the kernel's neighbour table passes, and says what was pinned, once") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(forty_hosts, [](LiveLab& lab) {
        std::string text = ping_mesh(lab, 40);
        return text + ping_mesh(lab, 40);
    });
    CHECK(said == "1560 of 1560 replied; 40 addresses were resolved once and then pinned in 1560 neighbour "
                  "entries, since the kernel's table is too small for so many pairs\n"
                  "1560 of 1560 replied; \n");
}

TEST_CASE("a mesh that fits the kernel's neighbour table is learnt, and nothing is said") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(forty_hosts, [](LiveLab& lab) {
        std::string text = ping_mesh(lab, 10);
        std::vector<CommandRequest> requests{{.on = 0, .argv = {"ip", "neigh", "show", "nud", "permanent"}}};
        return text + lab.run(requests)->front().output.text();
    });
    CHECK(said == "90 of 90 replied; \n");
}

TEST_CASE("nothing is pinned for a mesh where the file forbids it, or has pinned all itself") {
    if (skipped_without_namespaces())
        return;
    // 25 hosts: so many that they are pinned, and so few that the kernel has room for what is learnt. Where
    // it has none, it spends half a minute on looking for it.
    auto notes_and_pins = [](LiveLab& lab) {
        std::string text = ping_mesh(lab, 25);
        std::vector<CommandRequest> requests{
            {.on = 0, .argv = {"sh", "-c", "ip -4 neigh show nud permanent | wc -l"}}};
        auto answers = lab.run(requests);
        return text.substr(text.find(';')) + (answers ? answers->front().output.text() : "");
    };
    CHECK_THAT(in_lab(forty_hosts, notes_and_pins), contains("were resolved once and then pinned"));
    CHECK(in_lab("neighbours = 'learn'\n" + forty_hosts, notes_and_pins) == "; \n0\n");
    CHECK(in_lab("neighbours = 'static'\n" + forty_hosts, notes_and_pins) == "; \n39\n");
    CHECK(in_lab("neighbours = 'static'\n" + forty_hosts, [](LiveLab& lab) { return ping_mesh(lab, 40); }) ==
          "1560 of 1560 replied; \n");
}

TEST_CASE("an address that does not answer is not pinned") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(forty_hosts, [](LiveLab& lab) {
        if (Status down = lab.set_link(39, "eth0", false); !down)
            return describe(down.error());
        std::vector<EchoRequest> requests = mesh(lab.topology(), 40);
        for (EchoRequest& request : requests)
            request.timeout = std::chrono::milliseconds(500);
        auto answers = lab.ping(requests);
        if (!answers)
            return describe(answers.error());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            bool with_last = requests[i].from == 39 || i % 39 == 38;
            wrong += (answers->at(i).outcome == EchoOutcome::reply) == with_last ? 1 : 0;
        }
        return fmt::format("{} wrong; {}", wrong, fmt::join(lab.take_notes(), "; "));
    });
    CHECK_THAT(said, contains("0 wrong; 39 addresses were resolved once and then pinned"));
}

TEST_CASE("a report tells of pinned neighbours where a step of a large mesh failed") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("mesh.toml", forty_hosts + R"(
[[tests]]
name = "few pairs"
ping = { between = "h1 -> h2", expect = "no-reply" }

[[tests]]
name = "all pairs"
ping = { between = "* <-> *", expect = "no-reply" }

[[tests]]
name = "all pairs reach each other"
ping = "* <-> *"
)");
    Ended ended = run_netrig({"run", "--junit", "-", "mesh.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 1);
    JunitReport report = read_junit(ended.output);
    CHECK_THAT(report.find("few pairs").body, !contains("pinned"));
    CHECK_THAT(report.find("all pairs").body, contains("actual:   reply (1560 of 1560 pairs)") &&
                                                  contains("then pinned in 1560 neighbour entries"));
    CHECK(report.find("all pairs reach each other").result.empty());
}

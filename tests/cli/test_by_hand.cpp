// The commands of `netrig plan --as ip` are run by hand, in a machine of their own, and what they build is
// compared with what netrig builds: what ip, bridge, tc, nft and /proc/sys tell of every node.

#include "runner/load_scenarios.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace netrig;
namespace fs = std::filesystem;

namespace {

/// Tells of one node, in sections; its arguments are files to tell of.
constexpr const char* tell_of_node = R"(
tell() { echo "== $1"; shift; "$@" 2>/dev/null || true; }
tell links ip -d -j link show
tell addresses ip -j address show
tell routes ip -j route show table all
tell routes6 ip -j -6 route show table all
tell labels ip -j -f mpls route show
tell rules ip -j rule show
tell rules6 ip -j -6 rule show
tell neighbours ip -j neighbour show nud permanent
tell vlans bridge -j vlan show
tell ports bridge -d -j link show
tell entries bridge -j fdb show
tell queues tc -j qdisc show
tell ruleset nft -j list ruleset
tell settings grep -r '' /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_forward
if [ $# -gt 0 ]; then
    tell host hostname
    tell files grep -H '' /etc/hosts "$@"
    tell modes stat -c '%a %n' "$@"
fi
)";

/// With its mounts and host name, where it has some of its own.
constexpr const char* tell_of_all = R"(
while read -r node files; do
    own=/run/netrig-by-hand/$node
    enter="--net=/run/netns/$node"
    [ ! -d $own ] || enter="--target $(<$own/keeper) --net --mount --uts"
    nsenter $enter env -C "$PWD" bash ./tell.sh $files >by-hand.$node
done <nodes
)";

using Json = nlohmann::json;

/// Chance, time, and who asked for it.
const std::set<std::string> not_compared{"ifindex",
                                         "link_index",
                                         "link_netnsid",
                                         "handle",
                                         "metainfo",
                                         "packets",
                                         "bytes",
                                         "valid_life_time",
                                         "refcnt",
                                         "preferred_life_time",
                                         "hello_timer",
                                         "tcn_timer",
                                         "topology_change_timer",
                                         "gc_timer",
                                         "hold_timer",
                                         "message_age_timer",
                                         "forward_delay_timer",
                                         "topology_change",
                                         "topology_change_detected",
                                         "topology_change_ack",
                                         "config_pending",
                                         "ad_info"}; // what LACP has agreed on so far

void normalise(Json& value, bool sorted) {
    if (value.is_object())
        for (const std::string& key : not_compared)
            value.erase(key);
    if (value.is_structured())
        for (Json& each : value)
            normalise(each, sorted);
    if (value.is_array() && sorted)
        std::sort(value.begin(), value.end());
}

std::string sorted_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line + "\n");
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& line : lines)
        all += line;
    return all;
}

/// What the kernel tells up to a second later, when nothing is in a hurry: that there is no carrier, and that
/// a spanning tree has settled.
void forget_times(Json& link) {
    if (Json& flags = link["flags"];
        flags.is_array() && std::find(flags.begin(), flags.end(), "LOWER_UP") == flags.end()) {
        flags.erase(std::remove(flags.begin(), flags.end(), "NO-CARRIER"), flags.end());
        link.erase("operstate");
    }
    if (!link.contains("linkinfo"))
        return;
    if (Json& data = link["linkinfo"]["info_data"]; data.is_object() && data.value("stp_state", 0) == 1)
        data.erase("ageing_time"); // shorter for a while
}

/// One section so that two can be compared, a line for each thing.
std::string normalised(const std::string& section, const std::string& text) {
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded())
        return sorted_lines(text);
    std::string lines;
    if (section == "entries" && value.is_array()) // the others come and go with groups
        value.erase(
            std::remove_if(value.begin(), value.end(), [](const Json& e) { return !e.contains("dst"); }),
            value.end());
    if (value.is_null()) // where iproute2 has nothing to tell
        return {};
    for (Json& each : value) {
        if (!each.is_object())
            continue;
        if (each.contains("ifname"))
            forget_times(each);
        if (section == "ports")
            each.erase("link"); // another's index, in words that depend on what is here
        if (section.starts_with("routes") || section.starts_with("rules") || section == "labels")
            each.erase("protocol");
        if (Json* flags = section.starts_with("routes") ? &each["flags"] : nullptr;
            flags && flags->is_array())
            flags->erase(std::remove(flags->begin(), flags->end(), "linkdown"), flags->end());
    }
    normalise(value, section != "ruleset");
    if (!value.is_array())
        value = value.value("nftables", Json::array());
    for (const Json& each : value)
        lines += each.dump() + "\n";
    return lines;
}

std::string normalised(const std::string& told) {
    std::string all, section, text;
    std::istringstream stream(told + "== end\n");
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with("== ")) {
            text += line + "\n";
            continue;
        }
        if (!section.empty())
            all += "== " + section + "\n" + normalised(section, text);
        section = line.substr(3);
        text.clear();
    }
    return all;
}

/// The first line that differs, from both.
std::string difference(const std::string& wanted, const std::string& found) {
    std::istringstream a(wanted), b(found);
    std::string x, y, section;
    while (std::getline(a, x)) {
        section = x.starts_with("== ") ? x : section;
        if (!std::getline(b, y) || x != y)
            return section + "\n  netrig:  " + x + "\n  by hand: " + y;
    }
    return std::getline(b, y) ? section + "\n  by hand only: " + y : "";
}

bool is_told_of(const Topology& topology, NodeIndex node) { // of a hundred like ones a few are enough
    constexpr std::size_t enough = 10;
    return node < enough || topology.nodes[node].kind == NodeKind::bridge;
}

class ByHand {
public:
    /// Of a copy of all scenarios, for files beside them.
    ByHand(const std::string& file, std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
        fs::copy(std::string(NETRIG_SOURCE_DIR) + "/scenarios", folder_ / "scenarios",
                 fs::copy_options::recursive);
        path_ = fs::path(folder_ / "scenarios") / file;
        place_ = path_.parent_path().string();
        std::ofstream(place_ + "/tell.sh") << tell_of_node;
        std::ofstream(place_ + "/tell-all.sh") << tell_of_all;
    }

    /// Why it is not for here, or nothing.
    std::optional<std::string> built_by_netrig() {
        find_nodes();
        write_scenario();
        Ended ended = run_netrig(with_arguments({"run", "by-hand.toml"}), {.directory = place_});
        INFO(ended.errors);
        if (ended.errors.find(" SKIP ") != std::string::npos)
            return ended.errors;
        REQUIRE(ended.status == 0);
        return std::nullopt;
    }

    /// Nothing where a command cannot do it all.
    bool built_by_hand() {
        Ended plan = run_netrig(with_arguments({"plan", "--as", "ip", path_.string()}));
        REQUIRE(plan.status == 0);
        if (plan.errors.find("relay") != std::string::npos)
            return false;
        std::ofstream(place_ + "/by-hand.sh") << plan.output;
        Ended mounted =
            start_program({"mount", "-t", "tmpfs", "tmpfs", "/run"}, {.machine = &machine_}).wait();
        REQUIRE(mounted.status == 0);
        Ended built = start_program({"bash", "-e", place_ + "/by-hand.sh"}, {.machine = &machine_}).wait();
        INFO(plan.output);
        CHECK(built.errors == "");
        REQUIRE(built.status == 0);
        return true;
    }

    /// Empty when both are the same.
    std::string differences() {
        Ended told =
            start_program({"bash", "-e", "tell-all.sh"}, {.directory = place_, .machine = &machine_}).wait();
        if (told.status != 0)
            return told.errors;
        for (const std::string& node : nodes_)
            if (std::string found = difference(read("netrig." + node), read("by-hand." + node));
                !found.empty())
                return node + ": " + found;
        return {};
    }

private:
    void find_nodes() {
        std::vector<Setting> settings;
        for (const std::string& argument : arguments_)
            if (std::size_t at = argument.find('='); at != std::string::npos)
                settings.push_back({argument.substr(0, at), argument.substr(at + 1)});
        LoadedScenarios loaded = load_scenarios({{path_.string()}, settings});
        INFO(loaded.said);
        REQUIRE(loaded.scenarios.size() == 1);
        const Topology& topology = loaded.scenarios.front()->topology;
        bool any = std::any_of(topology.nodes.begin(), topology.nodes.end(),
                               [](const Node& node) { return !node.files.empty() || !node.setup.empty(); });
        std::ofstream list(place_ + "/nodes");
        for (NodeIndex index = 0; index < topology.nodes.size(); ++index) {
            if (!is_told_of(topology, index))
                continue;
            nodes_.push_back(topology.nodes[index].name);
            files_.push_back(any ? "/etc/hosts" : "");
            for (const NodeFile& file : topology.nodes[index].files)
                files_.back() += " " + file.path;
            list << nodes_.back() << " " << files_.back() << "\n";
        }
    }

    /// The same network, and each node told of.
    void write_scenario() {
        std::ofstream out(place_ + "/by-hand.toml");
        out << "name = 'by hand'\ninclude = ['" << path_.filename().string()
            << "']\n[[tests]]\nname = 'tell'\n";
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            out << "[[tests.steps]]\nexec = { on = '" << nodes_[i] << "', command = 'bash ./tell.sh "
                << files_[i] << " >netrig." << nodes_[i] << "' }\n";
    }

    [[nodiscard]] std::vector<std::string> with_arguments(std::vector<std::string> words) const {
        words.insert(words.end(), arguments_.begin(), arguments_.end());
        return words;
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(place_ + "/" + name, std::ios::binary);
        return normalised({std::istreambuf_iterator<char>(file), {}});
    }

    Machine machine_ = std::move(*Machine::make());
    TemporaryFolder folder_;
    std::vector<std::string> arguments_;
    fs::path path_;
    std::string place_;
    std::vector<std::string> nodes_, files_;
};

void check_by_hand(const std::string& file, const std::vector<std::string>& arguments = {}) {
    INFO(file);
    ByHand by_hand(file, arguments);
    if (auto skipped = by_hand.built_by_netrig()) {
        std::cout << file << " is not for this kernel" << std::endl;
        return;
    }
    if (!by_hand.built_by_hand()) {
        std::cout << file << " needs the relay" << std::endl;
        return;
    }
    std::string differences;
    wait_until([&] { return (differences = by_hand.differences()).empty(); });
    CHECK(differences == "");
}

/// All scenarios of a folder whose names begin with a letter from `first` to `last`, but those with a matrix.
void check_folder(const std::string& folder, char first = 'a', char last = 'z') {
    if (skipped_without_namespaces())
        return;
    std::size_t count = 0;
    for (const auto& entry :
         fs::directory_iterator(std::string(NETRIG_SOURCE_DIR) + "/scenarios/" + folder)) {
        std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".toml" || name[0] < first || name[0] > last ||
            name == "shared-topology.toml")
            continue;
        ++count;
        check_by_hand(folder + "/" + name);
    }
    CHECK(count > 0);
}

} // namespace

TEST_CASE("by hand as by netrig: namespaces, pairs and bridges") {
    check_folder("document");
}

TEST_CASE("by hand as by netrig: examples") {
    check_folder("examples");
}

TEST_CASE("by hand as by netrig: files and host names") {
    check_folder("nodes");
}

TEST_CASE("by hand as by netrig: topologies a to f") {
    check_folder("topologies", 'a', 'f');
}

TEST_CASE("by hand as by netrig: topologies g to m") {
    check_folder("topologies", 'g', 'm');
}

TEST_CASE("by hand as by netrig: topologies n to u") {
    check_folder("topologies", 'n', 'u');
}

TEST_CASE("by hand as by netrig: topologies v to z") {
    check_folder("topologies", 'v', 'z');
}

TEST_CASE("by hand as by netrig: one of a matrix, with included files") {
    if (skipped_without_namespaces())
        return;
    check_by_hand("topologies/shared-topology.toml", {"--set", "family=ipv6", "--set", "mtu=1280"});
}

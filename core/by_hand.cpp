#include "core/by_hand.h"

#include "core/node_files.h"
#include "core/plan_text.h"
#include "core/shell.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

/// Readable, and in a comment without the reach of its text.
constexpr std::string_view view_functions =
    R"(# What the programs of a node see as their own: host name, /etc/hosts, files, /run and /sys. What they write in
# the FOLDERs stays in the node.
own=/run/netrig-by-hand
mkdir "$own"
mount -t tmpfs -o mode=755 netrig "$own"
view() { # NODE FOLDER...
    mkdir "$own/$1"
    read -r keeper < <(nsenter --net="/run/netns/$1" unshare --mount --uts bash -ec '
        hostname "$1"
        mount -t sysfs sysfs /sys
        for folder in "${@:2}"; do
            layer=$0/$1$folder
            mkdir -p "$layer/new" "$layer/work"
            mount -t overlay -o "lowerdir=$folder,upperdir=$layer/new,workdir=$layer/work" overlay "$folder"
        done
        cat "$0/hosts" >/etc/hosts
        chmod 644 /etc/hosts
        mount -t tmpfs -o mode=755 tmpfs /run
        echo $$
        exec sleep infinity </dev/null >/dev/null 2>&1 # keeps them
    ' "$own" "$@" )
    echo "$keeper" >"$own/$1/keeper"
}
on() { # NODE COMMAND...
    local keeper=$(<"$own/$1/keeper")
    nsenter --target "$keeper" --net --mount --uts env -C "$PWD" NETRIG_NODE="$1" "${@:2}"
}
)";

constexpr std::string_view ready_function =
    R"(# Waits until frames pass: there is a carrier, and a bridge forwards what comes from the port.
ready() { # NODE INTERFACE...
    for interface in "${@:2}"; do
        until link=$(ip -n "$1" -d link show dev "$interface") && [[ $link == *' state UP '* ]] &&
            [[ ! $link =~ 'bridge_slave state '(disabled|listening|learning) ]]; do
            sleep 0.1
        done
    done
}
)";

constexpr std::string_view settled_function = R"(# Waits until IPv6 addresses are tentative no longer.
settled() { # NODE INTERFACE...
    for interface in "${@:2}"; do
        while [[ $(ip -n "$1" -6 address show dev "$interface" tentative) ]]; do
            sleep 0.1
        done
    done
}
)";

ByHandFunctions functions_for(const Plan& plan) {
    ByHandFunctions functions;
    for (const PlannedOp& planned : plan) {
        functions.view |=
            std::holds_alternative<PutFiles>(planned.op) || std::holds_alternative<RunSetup>(planned.op);
        if (const auto* wait = std::get_if<AwaitReady>(&planned.op)) {
            functions.ready |= !wait->interfaces.empty();
            functions.settled |= !wait->ipv6.empty() || !wait->ipv6_alone.empty();
        }
    }
    return functions;
}

/// Comment lines of at most so many columns.
std::string clean_up(const Topology& topology, bool view) {
    constexpr std::size_t widest = 100;
    std::string text, line = "#     for node in";
    for (const Node& node : topology.nodes) {
        if (line.size() + node.name.size() > widest) {
            text += line + " \\\n";
            line = "#        ";
        }
        line += " " + node.name;
    }
    text += line + "; do ip netns delete $node; done\n";
    return text + (view ? "#     kill $(cat /run/netrig-by-hand/*/keeper)\n"
                          "#     umount /run/netrig-by-hand && rmdir /run/netrig-by-hand\n"
                        : "");
}

std::string head(const Scenario& scenario, const ByHandTexts& texts, ByHandFunctions functions) {
    const std::vector<Node>& nodes = scenario.topology.nodes;
    std::string first = nodes.empty() ? "NODE" : nodes.front().name;
    std::string text = fmt::format(
        "#!/bin/bash -e\n{}\n{}\n#\n# To be run as root. Each node becomes a network namespace, in which "
        "commands "
        "run:\n#     {} {} ip address{}\n# All of it is taken away again, once no program runs in it, "
        "by:\n{}\n",
        shell_comment(scenario.name), shell_comment("from " + scenario.source->path),
        functions.view ? "on" : "ip netns exec", first,
        functions.view ? "    (with the function 'on' below)" : "",
        clean_up(scenario.topology, functions.view));
    if (functions.ready)
        text += std::string(ready_function) + "\n";
    if (functions.settled)
        text += std::string(settled_function) + "\n";
    if (!functions.view)
        return text;
    return text + std::string(view_functions) +
           with_input("cat >\"$own/hosts\"", hosts_text(scenario.topology)) +
           fmt::format("cd {}\n\n", shell_word(texts.folder));
}

/// All namespaces first, for they are to have each other's links, and the setting that each begins with.
Plan in_the_order_of_hands(Plan plan) {
    auto rank = [](const PlannedOp& planned) {
        if (std::holds_alternative<MakeNode>(planned.op))
            return 0;
        const auto* write = std::get_if<WriteSysctl>(&planned.op);
        return write != nullptr && write->name == "net.ipv6.conf.default.accept_dad" ? 1 : 2;
    };
    std::stable_sort(plan.begin(), plan.end(),
                     [&](const PlannedOp& a, const PlannedOp& b) { return rank(a) < rank(b); });
    return plan;
}

} // namespace

ByHandScript by_hand(const Plan& plan, const Scenario& scenario, const ByHandTexts& texts) {
    ByHandFunctions functions = functions_for(plan);
    DeviceNames names(scenario.topology);
    ByHandCommands hand(scenario.topology, texts, names, functions);
    KeyPaths keys(*scenario.source);
    std::string text = head(scenario, texts, functions), said;
    for (const PlannedOp& planned : in_the_order_of_hands(plan)) {
        std::string commands = hand.of(planned.op), why = reason(planned, *scenario.source, keys);
        if (commands.empty())
            continue;
        if (why != said)
            text += fmt::format("{}{}\n", said.empty() ? "" : "\n", shell_comment(why));
        text += commands;
        said = why;
    }
    return {std::move(text), hand.warnings()};
}

} // namespace netrig

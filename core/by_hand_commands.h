// The commands of iproute2 and others that a person would type in place of one operation of a plan.
#pragma once

#include "core/op.h"

#include <map>
#include <string>
#include <vector>

namespace netrig {

/// What is not in the topology: the contents of files, each list in the order of the nodes.
struct ByHandTexts {
    std::vector<std::vector<std::string>> files; ///< of each node, in the order of its `files`
    std::vector<std::string> rulesets;           ///< empty where there is none
    std::string folder;                          ///< the scenario's, absolute
};

/// The names of interfaces, those that the kernel will choose included.
class DeviceNames {
public:
    explicit DeviceNames(const Topology& topology) : topology_(topology) {}

    /// To be told of each pair in the order in which they are made: the kernel takes the first free veth0,
    /// veth1, ... of the namespace, for the second end of a pair first.
    void choose(const std::array<VethEnd, 2>& ends);

    [[nodiscard]] const std::string& of(InterfaceRef ref) const;

private:
    const Topology& topology_;
    std::map<InterfaceRef, std::string> chosen_;
};

/// Functions of the script that commands call.
struct ByHandFunctions {
    bool view = false;    ///< `view` and `on`: nodes have more of their own than a network
    bool ready = false;   ///< waits for carriers
    bool settled = false; ///< waits for IPv6 addresses
};

class ByHandCommands {
public:
    ByHandCommands(const Topology& topology, const ByHandTexts& texts, DeviceNames& names,
                   ByHandFunctions functions)
        : topology_(topology), texts_(texts), names_(names), functions_(functions) {}

    /// Whole lines. Empty where there is nothing to do by hand.
    std::string of(const Op& op);

    /// What no command can do, in words; each stands as a comment in the commands too.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    friend struct CommandsOfOp;

    const Topology& topology_;
    const ByHandTexts& texts_;
    DeviceNames& names_;
    ByHandFunctions functions_;
    std::vector<std::string> warnings_;
};

} // namespace netrig

// The check that a run leaves nothing behind: looks at the machine before the run and after it, and learns
// from the run's events which namespaces the labs made. Costs nothing when it is not made.
#pragma once

#include "core/event.h"
#include "core/leaks.h"
#include "core/result.h"
#include "runner/namespace_holders.h"

#include <map>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace netrig {

class LeakCheck : public EventSink {
public:
    /// Looks at the machine. From now on processes that lose their parent come to us, unless we had children
    /// already, somebody else's, whose own would come to us too.
    explicit LeakCheck(CheckLeaks wanted);

    void receive(const Event& event) override;

    /// Call when all labs are gone. What still is there may be about to go, as when somebody's tool looks
    /// through all namespaces: is given two seconds.
    MachineChecked finish();

private:
    Status look_before();
    Result<Leaks> look_after() const;
    [[nodiscard]] Result<std::vector<std::string>> own_processes() const;

    CheckLeaks wanted_;
    Status begun_;
    MachineState before_;
    std::vector<pid_t> inherited_; ///< children that are not the run's
    std::map<std::size_t, std::string> files_;
    std::vector<MadeNamespace> made_;
};

} // namespace netrig

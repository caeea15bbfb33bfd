// A place in a scenario at which a step waits until the test lets it go on: two FIFOs in the scenario's
// folder, gate.here and gate.go.
#pragma once

#include "tests/support/child.h"
#include "tests/support/temporary_folder.h"

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>

namespace netrig {

class Gate {
public:
    explicit Gate(const TemporaryFolder& folder)
        : here_(make(folder / "gate.here")), go_(make(folder / "gate.go")) {}

    /// What a step runs, with the scenario's folder as its working directory.
    static constexpr const char* command = "echo here > gate.here; read go < gate.go";

    /// Waits until a step is at the gate; false when the run was over before, or took too long.
    [[nodiscard]] bool reached_by(const Child& run) const {
        std::array<pollfd, 2> wait{{{here_.get(), POLLIN, 0}, {run.handle().get(), POLLIN, 0}}};
        constexpr int at_most = 60'000; // ms
        if (poll(wait.data(), wait.size(), at_most) < 1 || (wait[0].revents & POLLIN) == 0)
            return false;
        std::array<char, 5> word; // "here" and a new line: the next one to come is another step
        return read(here_.get(), word.data(), word.size()) == 5;
    }

    /// Lets one step go on.
    void open() const {
        if (write(go_.get(), "go\n", 3) != 3)
            throw std::runtime_error("cannot open the gate");
    }

private:
    static Fd make(const std::string& path) {
        // Open for both, so that neither side waits for the other in open(2).
        if (mkfifo(path.c_str(), 0600) != 0 || chmod(path.c_str(), 0666) != 0)
            throw std::runtime_error("cannot make " + path);
        return Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    }

    Fd here_, go_;
};

} // namespace netrig

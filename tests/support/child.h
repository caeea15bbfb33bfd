// A child process of a test: the built netrig or a function, as another user or in a Machine if asked. What
// it writes is kept in memory, so that nothing it leaves behind can hold a test up. It dies with the test.
#pragma once

#include "runner/fd.h"
#include "tests/support/machine.h"

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace netrig {

struct ChildOptions {
    std::string directory;                          ///< where it works; empty: where the test does
    std::map<std::string, std::string> environment; ///< added to the test's own
    std::optional<uid_t> user;                      ///< whom it becomes, with the group of the same number
    const Machine* machine = nullptr;               ///< where it runs; nothing: here
    int errors = -1;              ///< a descriptor for its standard error, which is then not kept
    std::function<void()> before; ///< called in the child at the very last
};

/// How a child ended and what it said.
struct Ended {
    int status = 0; ///< exit status, or 128 and the signal that ended it
    std::string output, errors;
};

class Child {
public:
    Child(Child&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), handle_(std::move(other.handle_)),
          output_(std::move(other.output_)), errors_(std::move(other.errors_)) {}
    Child& operator=(Child&&) = delete;
    ~Child(); ///< ends what still runs

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] const Fd& handle() const { return handle_; } ///< pidfd, readable when it has ended
    void signal(int number) const;

    /// Throws when it has not ended by then, after it was ended.
    Ended wait(std::chrono::seconds at_most = std::chrono::seconds(60));

private:
    Child() = default;
    friend Child start_child(const std::function<std::string()>& body, const ChildOptions& options);

    pid_t pid_ = -1;
    Fd handle_;
    Fd output_, errors_;
};

/// Runs `body` in a child that has none of the variables set which choose colours or tell of a CI system,
/// unless the options set them. It writes what it returns to standard output and then ends with status 0. An
/// exception becomes status 99 and its words on standard error. Catch2's macros are not for the body.
Child start_child(const std::function<std::string()>& body, const ChildOptions& options = {});

/// Runs a program, looked for in PATH unless it is a path.
Child start_program(const std::vector<std::string>& argv, const ChildOptions& options = {});

/// Runs the built binary.
Child start_netrig(const std::vector<std::string>& arguments, const ChildOptions& options = {});

Ended run_netrig(const std::vector<std::string>& arguments, const ChildOptions& options = {});

} // namespace netrig

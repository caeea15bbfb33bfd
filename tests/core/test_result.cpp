#include "core/lab.h"
#include "core/result.h"
#include "tests/support/catch.h"

#include <cerrno>

using namespace netrig;

TEST_CASE("an error says what could not be done, the system's words and the kernel's") {
    CHECK(describe(Error{"create bridge br0:br0", EPERM, "", ""}) ==
          "cannot create bridge br0:br0: Operation not permitted (EPERM)");
    CHECK(describe(
              Error{"add route default in red", EINVAL, "Nexthop has invalid gateway", "not shown here"}) ==
          "cannot add route default in red: Invalid argument (EINVAL): Nexthop has invalid gateway");
    CHECK(describe(Error{"read the answer", 0, "it is too short", ""}) ==
          "cannot read the answer: it is too short");
    CHECK(describe(Error{"do that", 9999, "", ""}) == "cannot do that: unknown error (9999)");
}

TEST_CASE("output that was cut says how much of it is left out") {
    CHECK(CommandOutput{"all of it\n", "", 0}.text() == "all of it\n");
    CHECK(CommandOutput{"begin", "end", 0}.text() == "beginend");
    CHECK(CommandOutput{"begin", "end", 1234}.text() == "begin\n... 1234 bytes left out ...\nend");
}

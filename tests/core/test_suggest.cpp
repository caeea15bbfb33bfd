#include "core/suggest.h"
#include "tests/support/catch.h"

using namespace netrig;

TEST_CASE("the distance counts insertions, deletions, changes and neighbours swapped") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("ping", "ping") == 0);
    CHECK(edit_distance("ping", "pings") == 1);
    CHECK(edit_distance("ping", "png") == 1);
    CHECK(edit_distance("ping", "pong") == 1);
    CHECK(edit_distance("ping", "pnig") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("ca", "abc") == 3); // optimal string alignment: no swap with letters between
}

TEST_CASE("the nearest name is found, if it is near enough to be a slip") {
    std::vector<std::string> names{"hosts", "routers", "links", "bridges"};
    CHECK(nearest("bridge", names) == "bridges");
    CHECK(nearest("hots", names) == "hosts");
    CHECK(nearest("ruoters", names) == "routers");
    CHECK(nearest("links", {"links"}) == std::nullopt); // that is no slip
    CHECK(nearest("wombat", names) == std::nullopt);
    CHECK(nearest("", names) == std::nullopt);
    CHECK(nearest("x", {"y"}) == "y");
    CHECK(nearest("h1", {"h2", "h3"}) == "h2"); // the first of equals
    CHECK(nearest(std::string(65, 'a'), {std::string(64, 'a')}) == std::nullopt);
}

TEST_CASE("a suggestion is the nearest name, else a short list, else nothing") {
    CHECK(suggestion("bleu", {"red", "blue"}) == "did you mean 'blue'?");
    CHECK(suggestion("wombat", {"red", "blue"}) == "known here: red, blue");
    CHECK(suggestion("wombat", {}) == "");
    CHECK(suggestion("wombat", std::vector<std::string>(12, "ab")) ==
          "known here: ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab");
    CHECK(suggestion("wombat", std::vector<std::string>(13, "ab")) == "");
}

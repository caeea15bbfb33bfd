#include "runner/relay_messages.h"
#include "tests/support/catch.h"

using namespace netrig;
using namespace std::chrono_literals;

TEST_CASE("a request to the relay is read as it was written, whatever it asks") {
    RelayRequest request{RelayRequest::Kind::impair, 5, {}};
    request.impairment = {.delay = 10ms,
                          .jitter = 1ms,
                          .loss = 0.5,
                          .duplicate = 0.25,
                          .reorder = 0.1,
                          .corrupt = 0.01,
                          .rate = 12,
                          .limit = 7,
                          .seed = 9,
                          .drop = {3, 7},
                          .drop_first = 2};
    request.impairment.match = PacketFilter::compile("icmp").value();
    auto read = decode_request(encode(request));
    REQUIRE(read);
    CHECK(read->kind == RelayRequest::Kind::impair);
    CHECK(read->wire == 5);
    CHECK(read->impairment.match.program == request.impairment.match.program);
    read->impairment.match.text = "icmp"; // only the program is needed there
    CHECK(words(read->impairment) == words(request.impairment));
    request.impairment = {};
    CHECK(!decode_request(encode(request))->impairment.any());
}

TEST_CASE("a message that was cut short or has more in it is none") {
    std::string message = encode(RelayRequest{RelayRequest::Kind::cut, 1, {}});
    for (std::size_t size = 0; size < message.size(); ++size)
        CHECK(!decode_request(std::string_view(message).substr(0, size)));
    CHECK(!decode_request(message + "x"));
}

TEST_CASE("counts are read as they were written") {
    std::vector<WireCounts> counts(3);
    counts[1].sent = 7;
    counts[2].cut = 1;
    CHECK(decode_counts(encode(counts)) == counts);
    CHECK(decode_counts("").empty());
}

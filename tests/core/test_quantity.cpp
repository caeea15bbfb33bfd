#include "core/quantity.h"
#include "tests/support/catch.h"

using namespace netrig;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number with its unit") {
    CHECK(parse_duration("7ns") == 7ns);
    CHECK(parse_duration("7us") == 7us);
    CHECK(parse_duration("50ms") == 50ms);
    CHECK(parse_duration("3s") == 3s);
    CHECK(parse_duration("2min") == 2min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("1.5s") == 1500ms);
    CHECK(parse_duration("0.25ms") == 250us);
    CHECK(parse_duration("5 ms") == 5ms);
    CHECK(parse_duration("0s") == 0s);
    CHECK(parse_duration("8760h") == 8760h);
}

TEST_CASE("what is no duration is refused") {
    for (const char* text : {"", "5", "ms", "-1s", "5MS", "5m", "5sec", "1e3s", "0x5s", " 5ms", "5ms ",
                             "5ms 3", "1,5s", "infs", "8761h", "99999999999999999999s", "1s2ms"}) {
        INFO(text);
        CHECK(parse_duration(text) == std::nullopt);
    }
}

TEST_CASE("a size is a number of bytes with its unit") {
    CHECK(parse_size("0B") == 0U);
    CHECK(parse_size("56B") == 56U);
    CHECK(parse_size("64KiB") == 65'536U);
    CHECK(parse_size("1.5KiB") == 1536U);
    CHECK(parse_size("2MiB") == 2U << 20);
    CHECK(parse_size("1GiB") == 1U << 30);
    CHECK(parse_size("3kB") == 3000U);
    CHECK(parse_size("3MB") == 3'000'000U);
    CHECK(parse_size("3 GB") == 3'000'000'000U);
    CHECK(parse_size("9000000GB") == 9'000'000'000'000'000U);
}

TEST_CASE("what is no whole number of bytes is refused") {
    for (const char* text :
         {"", "5", "B", "-1B", "1kb", "1K", "1KIB", "1.5B", "1.1KiB", "nanB", "infB", "9000001GB"}) {
        INFO(text);
        CHECK(parse_size(text) == std::nullopt);
    }
}

TEST_CASE("a decimal size that comes to whole bytes is accepted") {
    CHECK(parse_size("1.001kB") == 1001U);
    CHECK(parse_size("1.003kB") == 1003U);
    CHECK(parse_size("0.3MB") == 300'000U);
}

TEST_CASE("a percentage is a share from 0 to 1") {
    CHECK(parse_percent("0%") == 0.0);
    CHECK(parse_percent("1%") == 0.01);
    CHECK(parse_percent("50 %") == 0.5);
    CHECK(parse_percent("12.5%") == 0.125);
    CHECK(parse_percent("100%") == 1.0);
}

TEST_CASE("what is no percentage is refused") {
    for (const char* text : {"", "1", "%", "-1%", "100.1%", "1%%", "1e1%", "one%", "inf%"}) {
        INFO(text);
        CHECK(parse_percent(text) == std::nullopt);
    }
}

TEST_CASE("'nan' is no number of anything") {
    CHECK(parse_duration("nans") == std::nullopt);
    CHECK(parse_duration("nan ms") == std::nullopt);
    CHECK(parse_percent("nan%") == std::nullopt);
    CHECK(parse_size("nanKiB") == std::nullopt);
}

TEST_CASE("a duration is shown in the largest unit that keeps it at 1 or more, with three digits") {
    CHECK(show(0ns) == "0 ns");
    CHECK(show(999ns) == "999 ns");
    CHECK(show(1000ns) == "1 us");
    CHECK(show(1234ns) == "1.23 us");
    CHECK(show(12'340ns) == "12.3 us");
    CHECK(show(123'400ns) == "123 us");
    CHECK(show(1500us) == "1.5 ms");
    CHECK(show(9'999'999ns) == "10 ms");
    CHECK(show(200ms) == "200 ms");
    CHECK(show(3s) == "3 s");
    CHECK(show(90s) == "90 s");
    CHECK(show(1h) == "3600 s");
}

TEST_CASE("a rate is a number of bits a second with its unit, in thousands") {
    CHECK(parse_rate("8bit") == 8U);
    CHECK(parse_rate("64kbit") == 64'000U);
    CHECK(parse_rate("1.5mbit") == 1'500'000U);
    CHECK(parse_rate("10 gbit") == 10'000'000'000U);
    for (const char* text : {"", "10", "mbit", "10Mbit", "10mbps", "10MB", "0.5bit", "-1mbit"}) {
        INFO(text);
        CHECK(parse_rate(text) == std::nullopt);
    }
}

TEST_CASE("exact words are what tc takes, without rounding") {
    CHECK(exact_words(10ms) == "10ms");
    CHECK(exact_words(1500us) == "1500us");
    CHECK(exact_words(2s) == "2s");
    CHECK(exact_words(1s + 1ns) == "1000000001ns");
    CHECK(exact_words(0s) == "0ns");
    CHECK(rate_words(10'000'000) == "10mbit");
    CHECK(rate_words(1'500'000) == "1500kbit");
    CHECK(percent_words(0.001) == "0.1%");
    CHECK(percent_words(1) == "100%");
}

#include "runner/relay_messages.h"

#include <cstring>
#include <type_traits>

namespace netrig {

namespace {

class Writer {
public:
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void put(const T& value) { text_.append(reinterpret_cast<const char*>(&value), sizeof value); }

    template <class T>
    void put_all(const std::vector<T>& values) {
        put(values.size());
        for (const T& value : values)
            put(value);
    }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    template <class T>
    void take(T& value) {
        if (rest_.size() < sizeof value) {
            good_ = false;
            return;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
    }

    template <class T>
    void take_all(std::vector<T>& values) {
        std::size_t count = 0;
        take(count);
        for (std::size_t i = 0; i < count && good_; ++i)
            take(values.emplace_back());
    }

    [[nodiscard]] bool good() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

/// The parts of an impairment that are numbers, in one order for both.
template <class Visit>
void each_number(auto& impairment, Visit visit) {
    visit(impairment.delay);
    visit(impairment.jitter);
    visit(impairment.loss);
    visit(impairment.duplicate);
    visit(impairment.reorder);
    visit(impairment.corrupt);
    visit(impairment.rate);
    visit(impairment.limit);
    visit(impairment.drop_first);
}

} // namespace

std::string encode(const RelayRequest& request) {
    Writer writer;
    writer.put(request.kind);
    writer.put(request.wire);
    each_number(request.impairment, [&](const auto& number) { writer.put(number); });
    writer.put(static_cast<std::uint8_t>(request.impairment.seed.has_value() ? 1 : 0));
    writer.put(request.impairment.seed.value_or(0));
    writer.put_all(request.impairment.drop);
    writer.put_all(request.impairment.match.program);
    return writer.take();
}

std::optional<RelayRequest> decode_request(std::string_view message) {
    Reader reader(message);
    RelayRequest request;
    std::uint8_t seeded = 0; // no bool: any byte may come
    std::uint64_t seed = 0;
    reader.take(request.kind);
    reader.take(request.wire);
    each_number(request.impairment, [&](auto& number) { reader.take(number); });
    reader.take(seeded);
    reader.take(seed);
    reader.take_all(request.impairment.drop);
    reader.take_all(request.impairment.match.program);
    if (seeded != 0)
        request.impairment.seed = seed;
    return reader.good() ? std::optional(std::move(request)) : std::nullopt;
}

std::string encode(const std::vector<WireCounts>& counts) {
    Writer writer;
    writer.put_all(counts);
    return writer.take();
}

std::vector<WireCounts> decode_counts(std::string_view message) {
    Reader reader(message);
    std::vector<WireCounts> counts;
    reader.take_all(counts);
    return counts;
}

} // namespace netrig

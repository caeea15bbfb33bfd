#include "reports/events_json.h"

#include "core/visible_text.h"
#include "reports/event_keys.h"
#include "reports/words.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace netrig {

namespace {

using Json = nlohmann::ordered_json;

constexpr int version = 2;                                  // 2: run-started has the plan
constexpr std::int64_t latest_time = 9'000'000'000'000'000; // microseconds; as nanoseconds it still fits
constexpr std::int64_t longest_duration = 365LL * 24 * 3600 * 1'000'000'000;

constexpr std::array<std::string_view, 12> type_words{"run-started",  "scenario-started", "scenario-built",
                                                      "test-started", "step-started",     "step-finished",
                                                      "step-stopped", "test-finished",    "scenario-finished",
                                                      "run-finished", "lab-namespaces",   "machine-checked"};
static_assert(type_words.size() == std::variant_size_v<decltype(Event::what)>);

constexpr std::span<const std::string_view> words_of(Outcome) {
    return outcome_words;
}
constexpr std::span<const std::string_view> words_of(FailureKind) {
    return failure_kind_words;
}
constexpr std::span<const std::string_view> words_of(Answer) {
    return answer_words;
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

class Writer {
public:
    explicit Writer(Json& object) : object_(object) {}

    template <class T>
    void operator()(const char* key, const T& value, int /*since*/ = 1) {
        object_[key] = json_of(value);
    }

private:
    template <class T>
    static Json json_of(const T& value) {
        if constexpr (std::integral<T>) {
            return value;
        } else if constexpr (std::same_as<T, std::string>) {
            return valid_utf8(value);
        } else if constexpr (std::same_as<T, Duration>) {
            return value.count();
        } else if constexpr (std::is_enum_v<T>) {
            return word(value);
        } else if constexpr (IsVector<T>::value) {
            Json array = Json::array();
            for (const auto& element : value)
                array.push_back(json_of(element));
            return array;
        } else {
            Json object = Json::object();
            Writer writer(object);
            visit_keys(writer, value);
            return object;
        }
    }

    Json& object_;
};

/// Remembers the first problem and reads nothing after it.
class Reader {
public:
    Reader(const Json& object, std::string path, std::string& problem)
        : object_(object), path_(std::move(path)), problem_(problem) {}

    /// From now on keys that are younger may be missing.
    void is_of(int record_version) { version_ = record_version; }

    template <class T>
    void operator()(const char* key, T& to, int since = 1) {
        if (!problem_.empty() || since > version_)
            return;
        std::string path = path_ + key;
        auto found = object_.find(key);
        if (found == object_.end())
            problem_ = fmt::format("'{}' is missing", path);
        else
            read(*found, to, path);
    }

private:
    template <class T>
    void read(const Json& value, T& to, const std::string& path) {
        if constexpr (std::integral<T>) {
            read_integer(value, to, path);
        } else if constexpr (std::same_as<T, std::string>) {
            if (expect(value.is_string(), path, "a string"))
                to = value.get_ref<const std::string&>();
        } else if constexpr (std::same_as<T, Duration>) {
            read_duration(value, to, path);
        } else if constexpr (std::is_enum_v<T>) {
            read_word(value, to, path);
        } else if constexpr (IsVector<T>::value) {
            read_array(value, to, path);
        } else if (expect(value.is_object(), path, "an object")) {
            Reader reader(value, path + ".", problem_);
            reader.is_of(version_);
            visit_keys(reader, to);
        }
    }

    bool expect(bool good, const std::string& path, std::string_view wanted) {
        if (!good)
            problem_ = fmt::format("'{}' takes {}", path, wanted);
        return good;
    }

    template <class T>
    void read_integer(const Json& value, T& to, const std::string& path) {
        bool fits = value.is_number_unsigned()  ? std::in_range<T>(value.get<std::uint64_t>())
                    : value.is_number_integer() ? std::in_range<T>(value.get<std::int64_t>())
                                                : false;
        if (expect(fits, path, std::unsigned_integral<T> ? "an integer from 0" : "an integer"))
            to = value.get<T>();
    }

    void read_duration(const Json& value, Duration& to, const std::string& path) {
        std::int64_t count = -1;
        read_integer(value, count, path);
        if (problem_.empty() &&
            expect(count >= 0 && count <= longest_duration, path, "nanoseconds, from 0 to a year"))
            to = Duration(count);
    }

    template <class T>
    void read_word(const Json& value, T& to, const std::string& path) {
        if (!expect(value.is_string(), path, "a string"))
            return;
        const auto& text = value.get_ref<const std::string&>();
        auto words = words_of(to);
        auto found = std::find(words.begin(), words.end(), text);
        if (found == words.end())
            problem_ = fmt::format("'{}' can't be '{}'", path, text);
        else
            to = static_cast<T>(found - words.begin());
    }

    template <class T>
    void read_array(const Json& value, std::vector<T>& to, const std::string& path) {
        if (!expect(value.is_array(), path, "an array"))
            return;
        for (std::size_t i = 0; i < value.size() && problem_.empty(); ++i)
            read(value[i], to.emplace_back(), fmt::format("{}[{}]", path, i));
    }

    const Json& object_;
    std::string path_;
    std::string& problem_;
    int version_ = version;
};

/// The event's data, of the type at `index` in the variant.
template <std::size_t... Index>
void read_data(Reader& reader, std::size_t index, decltype(Event::what)& data,
               std::index_sequence<Index...>) {
    ((Index == index ? visit_keys(reader, data.emplace<Index>()) : void()), ...);
}

std::string read_event(const Json& object, Event& event) {
    std::string problem, type;
    int found_version = 0;
    Reader reader(object, "", problem);
    reader("v", found_version);
    if (problem.empty() && found_version > version)
        return fmt::format(
            "version {} of the event format is newer than this netrig, which knows up to {}: read "
            "it with the netrig that wrote it, or a newer one",
            found_version, version);
    if (problem.empty() && found_version < 1)
        return fmt::format("there is no version {} of the event format", found_version);
    reader.is_of(found_version);
    reader("type", type);
    reader("time", event.time);
    if (!problem.empty())
        return problem;
    if (event.time < 0 || event.time > latest_time)
        return "'time' is out of range";
    auto known = std::find(type_words.begin(), type_words.end(), type);
    if (known == type_words.end())
        return fmt::format("unknown event type '{}'", type);
    read_data(reader, static_cast<std::size_t>(known - type_words.begin()), event.what,
              std::make_index_sequence<type_words.size()>());
    return problem;
}

/// "[json.exception.parse_error.101] parse error at line 1, column 4: syntax error …": the line is another
/// one for whoever reads of it.
std::string not_json(std::string_view words) {
    std::size_t column = words.find("column ");
    return fmt::format("not JSON: {}", column == std::string_view::npos ? words : words.substr(column));
}

} // namespace

std::string to_json_line(const Event& event) {
    Json object = Json::object();
    Writer writer(object);
    writer("v", version);
    writer("type", std::string(type_words[event.what.index()]));
    writer("time", event.time);
    std::visit([&](const auto& what) { visit_keys(writer, what); }, event.what);
    constexpr bool ascii_only = true;
    return object.dump(-1, ' ', ascii_only) + "\n";
}

tl::expected<Event, std::string> from_json_line(std::string_view line) {
    Json object;
    try {
        object = Json::parse(line);
    } catch (const Json::exception& error) { // the library's border: it tells the place by throwing only
        return tl::unexpected(not_json(error.what()));
    }
    if (!object.is_object())
        return tl::unexpected(fmt::format("not an event: a JSON {}", object.type_name()));
    Event event;
    std::string problem = read_event(object, event);
    if (!problem.empty())
        return tl::unexpected(problem);
    return event;
}

} // namespace netrig

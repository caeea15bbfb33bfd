// The strings of ip-route(8) and ip-rule(8) as words, each with its place, and what such words stand for.
// Whatever can't be read is reported at its word.
#pragma once

#include "core/diagnostic.h"
#include "core/route.h"
#include "core/toml_reader.h"
#include "core/topology.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// What a string of a node's is read against.
struct WordsContext {
    NodeIndex node;
    const Text& text; ///< the whole
    const Topology& topology;
    Diagnostics& diagnostics;
    /// For a moment at which the node may have other addresses than those in the file.
    bool later = false;

    [[nodiscard]] const Node& owner() const { return topology.nodes[node]; }
    void report(Span span, std::string message, std::string help = {}) const;
};

/// The words of a text, separated by blanks, to be taken one by one.
class Words {
public:
    explicit Words(const Text& text);

    const Text* take() { return next_ < words_.size() ? &words_[next_++] : nullptr; }
    [[nodiscard]] const Text* peek() const { return next_ < words_.size() ? &words_[next_] : nullptr; }
    /// Takes the next word if it is this one.
    bool take_if(std::string_view word);
    /// The word after `key`; reported when it is missing.
    const Text* value_of(const Text& key, const WordsContext& context);

private:
    std::vector<Text> words_;
    std::size_t next_ = 0;
};

// Each reports what it can't read at the word, as "'x' is no WHAT".
std::optional<std::uint64_t> read_number(const Text& word, std::string_view what, std::uint64_t least,
                                         std::uint64_t most, const WordsContext& context);
/// 1 and more, or "main", "local", "default".
std::optional<std::uint32_t> read_table(const Text& word, const WordsContext& context);
/// "10.0.0.0/8" without host bits, or an address, which stands for itself alone.
std::optional<Prefix> read_network(const Text& word, std::string_view what, std::string_view examples,
                                   const WordsContext& context);
/// "100/200"
std::optional<Labels> read_labels(const Text& word, const WordsContext& context);
/// "fc00::1,fc00::2"
std::optional<std::vector<IpAddress>> read_segments(const Text& word, const WordsContext& context);

/// An interface of the node by its name.
struct ReadDevice {
    std::string name;
    std::optional<std::size_t> interface; ///< nothing: the kernel may come to call one so
    [[nodiscard]] Ifindex index(const Node& node) const {
        return interface ? node.interfaces[*interface].index : 0;
    }
};
std::optional<ReadDevice> read_device(const Text& word, const WordsContext& context);

/// Known words for suggestions.
void report_unknown_word(const Text& word, std::string_view where, const std::vector<std::string>& known,
                         const WordsContext& context);

} // namespace netrig

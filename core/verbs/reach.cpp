#include "core/verbs/reach.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 5> tcp_names{"open", "refused", "timeout", "reset", "unreachable"};
constexpr std::array<std::string_view, 6> udp_names{"echo", "refused",     "timeout",
                                                    "",     "unreachable", "mismatch"};

/// By EchoOutcome's or ExchangeOutcome's numbers; the first is to be reached.
std::span<const std::string_view> outcome_names(const Reach& reach) {
    if (!reach.transport)
        return echo_outcome_names;
    return *reach.transport == Transport::tcp ? std::span<const std::string_view>(tcp_names) : udp_names;
}

std::vector<Text> split_at_blanks(const Text& line) {
    std::vector<Text> words;
    for (std::size_t at = 0; at < line.value.size();) {
        std::size_t begin = line.value.find_first_not_of(" \t", at);
        if (begin == std::string::npos)
            break;
        std::size_t end = std::min(line.value.find_first_of(" \t", begin), line.value.size());
        words.push_back(line.sub(begin, end - begin));
        at = end;
    }
    return words;
}

/// Loads the table's text, whose shape is as checked as its names.
class TableLoader {
public:
    TableLoader(Reach& reach, LoadContext& context) : reach_(reach), context_(context) {}

    void load(const Text& text) {
        for (const Text& line : split(text, "\n"))
            if (std::vector<Text> words = split_at_blanks(line); !words.empty())
                load_line(words);
        if (columns_.empty() || reach_.rows.empty())
            report(text.span, "a table has a line of targets, and below it a line for each source",
                   "\"\"\"\n         web  db\nclient   .    x\n\"\"\"");
        else if (asked_ == 0)
            report(text.span, "the table asks nothing");
    }

private:
    void load_line(const std::vector<Text>& words) {
        if (columns_.empty()) {
            columns_ = words;
            for (const Text& column : words) {
                reach_.columns.push_back(column.value);
                targets_.push_back(load_endpoints(column, true, context_));
            }
            return;
        }
        if (words.size() != columns_.size() + 1) {
            report(words.front().span, fmt::format("the row '{}' has cells for {} columns, not for {}",
                                                   words.front().value, words.size() - 1, columns_.size()));
            return;
        }
        Reach::Row row{words.front().value, {}};
        std::vector<Endpoint> sources = load_endpoints(words.front(), false, context_);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            Between between{fmt::format("{} -> {}", words.front().value, columns_[i].value), sources,
                            targets_[i]};
            row.cells.push_back(load_cell(std::move(between), words[i + 1]));
        }
        reach_.rows.push_back(std::move(row));
    }

    Reach::Cell load_cell(Between between, const Text& word) {
        Reach::Cell cell;
        cell.between = std::move(between);
        cell.word = word.value;
        cell.asked = word.value != "-";
        if (!cell.asked)
            return cell;
        ++asked_;
        if (word.value == "x")
            cell.wanted = Reach::Wanted::refused;
        else if (word.value != ".")
            find_outcome(word, cell);
        if (!cell.between.from.empty() && !cell.between.to.empty())
            check_pairs(cell.between, reach_.family, word.span, context_);
        return cell;
    }

    void find_outcome(const Text& word, Reach::Cell& cell) {
        std::span<const std::string_view> names = outcome_names(reach_);
        auto found = std::find(names.begin(), names.end(), word.value);
        cell.wanted = Reach::Wanted::outcome;
        cell.outcome = static_cast<std::size_t>(found - names.begin());
        if (found != names.end() && !found->empty() && *found != "mismatch")
            return;
        std::vector<std::string> known{".", "x", "-"};
        for (std::string_view name : names)
            if (!name.empty() && name != "mismatch")
                known.emplace_back(name);
        report(word.span, fmt::format("'{}' is no outcome", word.value), suggestion(word.value, known));
    }

    void report(Span span, std::string message, std::string help = {}) {
        context_.diagnostics.push_back({std::move(message), span, {}, std::move(help), {}});
    }

    Reach& reach_;
    LoadContext& context_;
    std::vector<Text> columns_;
    std::vector<std::vector<Endpoint>> targets_; ///< of each column
    std::size_t asked_ = 0;
};

void load_settings(TableReader& reader, Reach& reach) {
    reach.family = load_family(reader);
    constexpr std::array<std::string_view, 2> protocols{"tcp", "udp"};
    auto protocol = reader.choice_of<Transport>("protocol", protocols);
    if (auto port = reader.integer("port", 1, 65'535)) {
        reach.port = static_cast<std::uint16_t>(*port);
        reach.transport = protocol.value_or(Transport::tcp);
    }
    if (reader.has("protocol") && !reader.has("port"))
        reader.report(reader.find("protocol")->span,
                      "'protocol' says how a port is asked, and there is none");
    reach.own_timeout = load_timeout(reader, reach.timeout);
}

/// One asked pair: its cell, and what came by the number of the outcome.
struct Asked {
    const Reach::Cell* cell;
    Pair pair;
    std::size_t came = 0;
};

Result<std::vector<std::size_t>> ask_echoes(const std::vector<Asked>& all, nanoseconds timeout, Lab& lab) {
    std::vector<EchoRequest> requests;
    for (const Asked& each : all) {
        EchoRequest request{.from = each.pair.from, .to = each.pair.to, .source = each.pair.source};
        request.timeout = timeout;
        requests.push_back(request);
    }
    auto answers = lab.ping(requests);
    if (!answers)
        return failure(answers.error());
    std::vector<std::size_t> came;
    for (const EchoAnswer& answer : *answers)
        came.push_back(static_cast<std::size_t>(answer.outcome));
    return came;
}

Result<std::vector<std::size_t>> ask_exchanges(const std::vector<Asked>& all, const Reach& reach,
                                               nanoseconds timeout, Lab& lab) {
    std::vector<ExchangeRequest> requests;
    for (const Asked& each : all) {
        ExchangeRequest request{.transport = *reach.transport, .from = each.pair.from, .to = each.pair.to};
        request.server = each.pair.to_node;
        request.source = each.pair.source;
        request.port = reach.port;
        request.size = *reach.transport == Transport::tcp ? 0 : request.size;
        request.timeout = timeout;
        requests.push_back(request);
    }
    auto answers = lab.exchange(requests);
    if (!answers)
        return failure(answers.error());
    std::vector<std::size_t> came;
    for (const ExchangeAnswer& answer : *answers)
        came.push_back(static_cast<std::size_t>(answer.outcome));
    return came;
}

bool fits(const Reach::Cell& cell, std::size_t came) {
    switch (cell.wanted) {
    case Reach::Wanted::reached:
        return came == 0;
    case Reach::Wanted::refused:
        return came != 0;
    case Reach::Wanted::outcome:
        return came == cell.outcome;
    }
    return false;
}

/// What is shown in a cell of the table that was seen: as it was written where it fits.
struct SeenCell {
    std::string word;
    bool as_wanted = true;
};

SeenCell seen_cell(const Reach::Cell& cell, const std::vector<Asked>& all,
                   std::span<const std::string_view> names) {
    SeenCell seen{cell.word, true};
    std::size_t count = 0, wrong = 0;
    std::string came;
    for (const Asked& each : all) {
        if (each.cell != &cell)
            continue;
        ++count;
        if (fits(cell, each.came))
            continue;
        ++wrong;
        std::string word = each.came == 0 ? "." : std::string(names[each.came]);
        came = came.empty() || came == word ? word : "mixed";
    }
    if (wrong > 0) {
        seen.as_wanted = false;
        seen.word = fmt::format("[{}]", count == wrong ? came : fmt::format("{} {}/{}", came, wrong, count));
    }
    return seen;
}

/// Aligned as people write it, a line each.
std::vector<std::string> draw(const Reach& reach, const std::vector<std::vector<std::string>>& cells) {
    std::size_t first = 0;
    for (const Reach::Row& row : reach.rows)
        first = std::max(first, row.name.size());
    std::vector<std::string> lines(reach.rows.size() + 1);
    lines[0] = std::string(first, ' ');
    for (std::size_t i = 0; i < reach.rows.size(); ++i)
        lines[i + 1] = fmt::format("{:<{}}", reach.rows[i].name, first);
    for (std::size_t column = 0; column < reach.columns.size(); ++column) {
        std::size_t width = reach.columns[column].size();
        for (const auto& row : cells)
            width = std::max(width, row[column].size());
        lines[0] += fmt::format("  {:<{}}", reach.columns[column], width);
        for (std::size_t i = 0; i < cells.size(); ++i)
            lines[i + 1] += fmt::format("  {:<{}}", cells[i][column], width);
    }
    for (std::string& line : lines)
        line.erase(line.find_last_not_of(' ') + 1);
    return lines;
}

std::string wanted_words(const Reach::Cell& cell, std::span<const std::string_view> names) {
    return cell.wanted == Reach::Wanted::refused   ? "not to be reached"
           : cell.wanted == Reach::Wanted::reached ? std::string(names[0])
                                                   : std::string(names[cell.outcome]);
}

void append_details(const Reach& reach, const std::vector<Asked>& all, Verdict& verdict) {
    std::span<const std::string_view> names = outcome_names(reach);
    std::vector<std::vector<std::string>> wanted, seen;
    for (const Reach::Row& row : reach.rows) {
        wanted.emplace_back();
        seen.emplace_back();
        for (const Reach::Cell& cell : row.cells) {
            wanted.back().push_back(cell.word);
            seen.back().push_back(seen_cell(cell, all, names).word);
        }
    }
    verdict.details.emplace_back("expected:");
    for (std::string& line : draw(reach, wanted))
        verdict.details.push_back("    " + line);
    verdict.details.emplace_back("seen, [what differs]:");
    for (std::string& line : draw(reach, seen))
        verdict.details.push_back("    " + line);
}

} // namespace

std::optional<Reach> Reach::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    Reach reach;
    std::optional<Text> text;
    if (const auto* table = std::get_if<TomlTable>(&value.data)) {
        TableReader reader(*table, value.span, "reach", keys, context.diagnostics);
        reader.require("table");
        load_settings(reader, reach);
        text = reader.text("table");
    } else if (std::holds_alternative<std::string>(value.data)) {
        text = text_of(value);
    } else {
        context.diagnostics.push_back(
            {fmt::format("'reach' takes a table in a string, or a table of settings, not {}",
                         type_name(value)),
             value.span});
    }
    if (text && context.diagnostics.size() == mistakes)
        TableLoader(reach, context).load(*text);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(reach));
}

std::string Reach::describe() const {
    std::string what =
        !transport ? "by ping"
                   : fmt::format("port {} over {}", port, *transport == Transport::tcp ? "TCP" : "UDP");
    return fmt::format("reach of {} by {}, {}", rows.size(), columns.size(), what);
}

Verdict Reach::run(Lab& lab, const StepLimits& limits) const {
    std::vector<Asked> all;
    for (const Row& row : rows)
        for (const Cell& cell : row.cells)
            if (cell.asked)
                for (Pair& pair : pairs_of(cell.between, family, lab.topology()))
                    all.push_back({&cell, std::move(pair)});
    nanoseconds wait = attempt_timeout(limits, timeout, own_timeout);
    auto came = transport ? ask_exchanges(all, *this, wait, lab) : ask_echoes(all, wait, lab);
    std::string expected = fmt::format("all {} pairs of the table as it says", all.size());
    if (!came)
        return could_not_ask(expected, netrig::describe(came.error()));
    Verdict verdict;
    verdict.expected = verdict.actual = expected;
    std::span<const std::string_view> names = outcome_names(*this);
    constexpr std::size_t most_lines = 20;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].came = (*came)[i];
        if (!fits(*all[i].cell, all[i].came))
            lines.push_back(fmt::format("{}: expected {}, got {}", netrig::show(all[i].pair, lab.topology()),
                                        wanted_words(*all[i].cell, names), names[all[i].came]));
    }
    if (lines.empty())
        return verdict;
    verdict.answer = Answer::no;
    verdict.actual = fmt::format("{} of {} pairs otherwise", lines.size(), all.size());
    append_details(*this, all, verdict);
    for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i)
        verdict.details.push_back(lines[i]);
    if (lines.size() > most_lines)
        verdict.details.push_back(fmt::format("and {} more", lines.size() - most_lines));
    return verdict;
}

} // namespace netrig

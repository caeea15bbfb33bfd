#include "reports/graph_dot.h"

#include "core/visible_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace netrig {

namespace {

/// What a shape looks like.
struct Look {
    const char* attributes;
    const char* fill;
};

Look look_of(GraphShape shape) {
    switch (shape) {
    case GraphShape::host:
        return {"shape=box, style=filled", "#eef1f5"};
    case GraphShape::router:
        return {"shape=box, style=\"filled,rounded\", penwidth=1.6", "#d6e6fb"};
    case GraphShape::bridge:
        return {"shape=ellipse, style=filled", "#dcf1dd"};
    case GraphShape::overlay:
        return {"shape=ellipse, style=\"filled,dashed\"", "#f5eefb"};
    }
    return {"", ""};
}

constexpr const char* note_colour = "#a03c00";
constexpr const char* quiet_colour = "#4a5568";
constexpr const char* tunnel_colour = "#6b3fa0";

/// Text of an HTML-like label.
std::string escaped(const std::string& text) {
    std::string result;
    for (char c : one_line(xml_text(terminal_line(text)))) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string bold(const std::string& text, int size = 12) {
    return fmt::format("<B><FONT POINT-SIZE=\"{}\">{}</FONT></B>", size, escaped(text));
}

std::string coloured(const std::string& text, const char* colour) {
    return fmt::format("<FONT COLOR=\"{}\">{}</FONT>", colour, escaped(text));
}

/// What an interface has beside its name, a line each.
std::vector<std::string> lines_of(const GraphInterface& interface) {
    std::vector<std::string> lines;
    if (!interface.what.empty())
        lines.push_back(coloured(interface.what, quiet_colour));
    for (const GraphAddress& address : interface.addresses)
        lines.push_back(escaped(show(address)));
    for (const std::string& note : interface.notes)
        lines.push_back(coloured(note, note_colour));
    return lines;
}

std::string broken(const std::vector<std::string>& lines, const char* align) {
    std::string text;
    for (const std::string& line : lines)
        text += line + (lines.size() > 1 ? fmt::format("<BR ALIGN=\"{}\"/>", align) : "");
    return text;
}

enum class Direction { rightwards, downwards };

/// Where the lines of an interface go.
enum class Side { none, before, behind };

class Dot {
public:
    explicit Dot(const Graph& graph)
        : graph_(graph), levels_(levels_of(graph)), links_at_(graph.nodes.size()) {
        for (const GraphLine& line : graph.lines)
            for (const GraphEnd& end : line.ends)
                links_at_[end.node] += line.tunnel ? 0 : 1;
        for (const GraphNode& node : graph.nodes)
            sides_.emplace_back(node.interfaces.size(), Side::none);
        for (const GraphLine& line : graph.lines)
            for (std::size_t end : {0U, 1U})
                if (auto interface = line.ends[end].interface)
                    sides_[line.ends[end].node][*interface] =
                        stays_level(line) ? (levels_[line.ends[end].node] == 0 && !line.tunnel ? Side::before
                                                                                               : Side::behind)
                        : end == first_end(line) ? Side::behind
                                                 : Side::before;
        find_thickets();
        direction_ = disproportion(Direction::rightwards) <= disproportion(Direction::downwards)
                         ? Direction::rightwards
                         : Direction::downwards;
    }

    std::string write() {
        bool right = direction_ == Direction::rightwards;
        put("graph topology {{\n"
            "  graph [rankdir={},{} nodesep={}, ranksep={:.2f}, pad=0.3, bgcolor=white, fontname=\"{}\",\n"
            "    fontsize=16, labelloc=t, label=<{}>]\n"
            "  node [fontname=\"{}\", fontsize=11, margin=\"0.06,0.04\", color=\"#4a5568\"]\n"
            "  edge [fontname=\"{}\", fontsize=11, color=\"#4a5568\", penwidth=1.2]\n\n",
            right ? "LR" : "TB", straight_ ? " splines=line," : "", right ? 0.25 : 0.4, room_between_levels(),
            font, bold(graph_.title, 16), font, font);
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
            put_node(node);
        text_ += "\n";
        for (const GraphLine& line : graph_.lines)
            put_line(line);
        put_legend();
        return text_ + "}\n";
    }

private:
    static constexpr const char* font = "Helvetica,Arial,sans-serif";

    template <class... Args>
    void put(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    }

    /// Which end of the line is nearer to the top.
    [[nodiscard]] std::size_t first_end(const GraphLine& line) const {
        const auto& [one, other] = line.ends;
        return std::pair(levels_[other.node], other.node) < std::pair(levels_[one.node], one.node) ? 1 : 0;
    }

    /// A line that leaves its two nodes on one level: a tunnel, or where a chain turns round.
    [[nodiscard]] bool stays_level(const GraphLine& line) const {
        auto [one, other] = std::pair(line.ends[0].node, line.ends[1].node);
        return levels_[one] == levels_[other] &&
               (line.tunnel || (links_at_[one] <= 2 && links_at_[other] <= 2));
    }

    /// Levels between which so many lines cross that words in their midst could not be told apart. Lines that
    /// end at a node with no other line do not cross.
    void find_thickets() {
        constexpr std::size_t most_lines = 12;
        std::map<std::pair<std::size_t, std::size_t>, std::vector<const GraphLine*>> between;
        bool passes_others = false; // as it might on its way, and must go round them
        for (const GraphLine& line : graph_.lines) {
            auto [one, other] = std::pair(line.ends[0].node, line.ends[1].node);
            passes_others |=
                line.tunnel ? line.ends[0].interface && line.ends[1].interface : levels_[one] == levels_[other];
            if (!line.tunnel && links_at_[one] > 1 && links_at_[other] > 1)
                between[std::minmax(levels_[one], levels_[other])].push_back(&line);
        }
        for (const auto& [levels, lines] : between)
            if (lines.size() > most_lines) {
                thicket_.insert(lines.begin(), lines.end());
                straight_ = !passes_others;
            }
    }

    // --- proportions, in points, as far as they can be guessed before the layout

    struct Size {
        double along = 0, across = 0;
    };

    [[nodiscard]] Size size_of(std::size_t index, Direction direction) const {
        constexpr double letter = 6.5, row = 16;
        const GraphNode& node = graph_.nodes[index];
        double widest = static_cast<double>(node.name.size()), rows = 0;
        std::map<Side, double> cells, tallest;
        for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
            const GraphInterface& interface = node.interfaces[i];
            double lines = std::max(1.0, static_cast<double>(lines_of(interface).size()));
            double columns = static_cast<double>(interface.what.size());
            for (const GraphAddress& address : interface.addresses)
                columns = std::max(columns, static_cast<double>(show(address).size()));
            double name = static_cast<double>(interface.name.size());
            bool right = direction == Direction::rightwards;
            widest = std::max(widest, right ? columns + name + 2 : columns);
            rows += lines;
            cells[sides_[index][i]] += std::max(columns, name) * letter + 12;
            tallest[sides_[index][i]] = std::max(tallest[sides_[index][i]], (lines + 1) * row);
        }
        if (direction == Direction::rightwards)
            return {widest * letter + 24, (rows + 1) * row + 20};
        double width = (widest + 2) * letter, height = 2 * row + 10;
        for (const auto& [side, of_side] : cells)
            width = std::max(width, side == Side::none ? 0 : of_side);
        for (const auto& [side, of_side] : tallest)
            height += of_side;
        return {height, width};
    }

    /// How far the drawing would be from the proportions of a sheet of paper.
    [[nodiscard]] double disproportion(Direction direction) const {
        std::map<std::size_t, Size> levels;
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
            Size size = size_of(node, direction);
            Size& level = levels[levels_[node]];
            level.along = std::max(level.along, size.along);
            level.across += size.across + 20;
        }
        Size all;
        for (const auto& [place, level] : levels) {
            all.along += level.along + (direction == Direction::rightwards ? 130 : 80);
            all.across = std::max(all.across, level.across);
        }
        double width_to_height =
            direction == Direction::rightwards ? all.along / all.across : all.across / all.along;
        return std::abs(std::log(width_to_height / 1.5));
    }

    // --- nodes

    static std::string id(const GraphNode& node, std::size_t index) {
        return node.shape == GraphShape::overlay ? fmt::format("\"{} {}\"", node.name, index)
                                                 : fmt::format("\"{}\"", node.name);
    }

    void put_node(std::size_t index) {
        const GraphNode& node = graph_.nodes[index];
        Look look = look_of(node.shape);
        put("  {} [{}, fillcolor=\"{}\"{}, tooltip=\"{}\", label=<\n    <TABLE BORDER=\"0\" CELLBORDER=\"0\" "
            "CELLSPACING=\"0\" CELLPADDING=\"3\">\n",
            id(node, index), look.attributes, look.fill, node.count > 1 ? ", peripheries=2" : "", node.name);
        if (direction_ == Direction::rightwards)
            put_rows(index);
        else
            put_cells(index);
        text_ += "    </TABLE>>]\n";
    }

    [[nodiscard]] std::string head(const GraphNode& node) const {
        std::vector<std::string> lines{bold(node.name, 14)};
        if (node.count > 1)
            lines.push_back(coloured(fmt::format("{} hosts", node.count), quiet_colour));
        for (const Prefix& subnet : node.subnets)
            lines.push_back(escaped(show(subnet)));
        for (const std::string& note : node.notes)
            lines.push_back(coloured(note, note_colour));
        return broken(lines, "CENTER");
    }

    static constexpr const char* cell = "BORDER=\"1\" COLOR=\"#a0aec0\" BGCOLOR=\"white\"";

    /// A row for each interface, its name before what else there is.
    void put_rows(std::size_t index) {
        const GraphNode& node = graph_.nodes[index];
        put("      <TR><TD COLSPAN=\"2\" CELLPADDING=\"4\">{}</TD></TR>\n", head(node));
        for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
            const GraphInterface& interface = node.interfaces[i];
            std::vector<std::string> lines = lines_of(interface);
            std::string port = fmt::format("PORT=\"i{}\" ", i);
            bool behind = sides_[index][i] == Side::behind;
            if (lines.empty())
                put("      <TR><TD {}COLSPAN=\"2\" {} ALIGN=\"LEFT\">{}</TD></TR>\n", port, cell,
                    bold(interface.name));
            else
                put("      <TR><TD {}{} SIDES=\"LTB\" ALIGN=\"LEFT\">{}</TD>"
                    "<TD {}{} SIDES=\"TRB\" ALIGN=\"LEFT\" BALIGN=\"LEFT\">{}</TD></TR>\n",
                    behind ? "" : port, cell, bold(interface.name), behind ? port : "", cell,
                    broken(lines, "LEFT"));
        }
    }

    /// Interfaces side by side, at the side to which their lines go.
    void put_cells(std::size_t index) {
        const GraphNode& node = graph_.nodes[index];
        put_cells(index, Side::before);
        put("      <TR><TD CELLPADDING=\"4\">{}</TD></TR>\n", head(node));
        put_cells(index, Side::none);
        put_cells(index, Side::behind);
    }

    void put_cells(std::size_t index, Side side) {
        constexpr std::size_t most_beside = 3; // of those without a line
        const auto& interfaces = graph_.nodes[index].interfaces;
        std::string row;
        std::size_t count = 0;
        for (std::size_t i = 0; i < interfaces.size(); ++i) {
            if (sides_[index][i] != side)
                continue;
            if (side == Side::none && count > 0 && count % most_beside == 0)
                row += "</TR><TR>";
            ++count;
            std::vector<std::string> lines = lines_of(interfaces[i]);
            lines.insert(lines.begin(), bold(interfaces[i].name));
            row += fmt::format("<TD PORT=\"i{}\" {}>{}</TD>", i, cell, broken(lines, "CENTER"));
        }
        if (!row.empty())
            put("      <TR><TD><TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"2\" "
                "CELLPADDING=\"3\"><TR>{}"
                "</TR></TABLE></TD></TR>\n",
                row);
    }

    // --- lines

    [[nodiscard]] std::string end(const GraphEnd& end) const {
        std::string text = id(graph_.nodes[end.node], end.node);
        if (!end.interface)
            return text;
        text += fmt::format(":i{}", *end.interface);
        bool right = direction_ == Direction::rightwards;
        switch (sides_[end.node][*end.interface]) {
        case Side::none:
            return text;
        case Side::before:
            return text + (right ? ":w" : ":n");
        case Side::behind:
            return text + (right ? ":e" : ":s");
        }
        return text;
    }

    void put_line(const GraphLine& line) {
        static const std::string beside = "&#160;"; // lest the text touch the line
        std::vector<std::string> words;
        for (const Prefix& subnet : thicket_.contains(&line) ? std::vector<Prefix>{} : line.subnets)
            words.push_back(beside + escaped(show(subnet)) + beside);
        for (const std::string& note : line.notes)
            words.push_back(beside + coloured(note, line.tunnel ? tunnel_colour : note_colour) + beside);
        std::size_t first = first_end(line);
        put("  {} -- {} [", end(line.ends[first]), end(line.ends[1 - first]));
        std::vector<std::string> attributes;
        if (line.tunnel)
            attributes.push_back(fmt::format("style=dashed, color=\"{}\"", tunnel_colour));
        if (stays_level(line))
            attributes.emplace_back("constraint=false");
        if (!words.empty())
            attributes.push_back(fmt::format("label=<{}>", broken(words, "CENTER")));
        put("{}]\n", fmt::join(attributes, ", "));
    }

    /// Of what there is in the drawing.
    void put_legend() {
        std::set<GraphShape> shapes;
        for (const GraphNode& node : graph_.nodes)
            shapes.insert(node.shape);
        bool tunnels = std::any_of(graph_.lines.begin(), graph_.lines.end(),
                                   [](const GraphLine& line) { return line.tunnel; });
        if (shapes.size() == 1 && !tunnels)
            return;
        text_ += "\n  subgraph cluster_legend {\n"
                 "    graph [label=\"\", color=\"#cbd5e0\", style=rounded, margin=6]\n"
                 "    node [width=0.5, height=0.25, margin=\"0.1,0.03\"]\n";
        for (GraphShape shape : shapes) {
            Look look = look_of(shape);
            put("    \"legend {0}\" [{1}, fillcolor=\"{2}\", label=\"{0}\"]\n", word(shape), look.attributes,
                look.fill);
        }
        if (tunnels)
            put("    \"legend tunnel\" [shape=plaintext, fontcolor=\"{}\", label=\"- - tunnel\"]\n",
                tunnel_colour);
        text_ += "  }\n";
    }

    /// Between levels, in inches: the more lines cross there, the more room they need.
    [[nodiscard]] double room_between_levels() const {
        std::map<std::size_t, double> lines;
        double most = 0;
        for (const GraphLine& line : graph_.lines)
            if (!line.tunnel)
                most =
                    std::max(most, ++lines[std::min(levels_[line.ends[0].node], levels_[line.ends[1].node])]);
        return direction_ == Direction::rightwards ? 0.5 + std::min(straight_ ? 2.5 : 1.5, most * 0.05)
                                                   : 0.35 + std::min(0.8, most * 0.02);
    }

    const Graph& graph_;
    std::vector<std::size_t> levels_, links_at_; ///< of each node
    std::vector<std::vector<Side>> sides_;
    std::set<const GraphLine*> thicket_; ///< whose ends have to tell their subnets
    bool straight_ = false;
    Direction direction_ = Direction::rightwards;
    std::string text_;
};

} // namespace

std::string graph_dot(const Graph& graph) {
    return Dot(graph).write();
}

} // namespace netrig

#include "reports/graph_text.h"

#include "core/names.h"
#include "core/visible_text.h"
#include "reports/graph_drawing.h"
#include "reports/text_canvas.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace netrig {

namespace {

using Words = std::vector<std::string>;

std::string padded(const std::string& text, std::size_t width) {
    std::size_t columns = columns_of(text);
    return columns < width ? text + std::string(width - columns, ' ') : text;
}

/// All text made fit to be shown, once and for all formats of it.
Graph readable(Graph graph, bool ascii) {
    auto mend = [&](std::string& text) { text = line_text(text, ascii); };
    mend(graph.title);
    for (GraphNode& node : graph.nodes) {
        mend(node.name);
        std::for_each(node.notes.begin(), node.notes.end(), mend);
        for (GraphInterface& interface : node.interfaces) {
            mend(interface.name);
            mend(interface.what);
            std::for_each(interface.notes.begin(), interface.notes.end(), mend);
        }
    }
    for (GraphLine& line : graph.lines)
        std::for_each(line.notes.begin(), line.notes.end(), mend);
    return graph;
}

class Listing {
public:
    Listing(const Graph& graph, std::size_t width) : graph_(graph), width_(width) {
        for (const GraphNode& node : graph.nodes)
            ends_a_link_.emplace_back(node.interfaces.size());
        for (const GraphLine& line : graph.lines)
            for (const GraphEnd& end : line.ends)
                if (end.interface && !line.tunnel)
                    ends_a_link_[end.node][*end.interface] = true;
    }

    std::string write() {
        put_words("", {graph_.title}, " ");
        if (auto drawing = graph_drawing(graph_, width_)) {
            text_ += "\n" + *drawing;
        } else {
            put_nodes();
            put_bridges();
            put_links();
        }
        put_other_interfaces();
        put_tunnels();
        return std::move(text_);
    }

private:
    /// Behind what stands first, as many in a line as fit, those of further lines below the first ones.
    void put_words(const std::string& first, const Words& words, std::string_view between) {
        std::string line = first;
        std::size_t indent = columns_of(first);
        bool empty = true;
        for (const std::string& word : words) {
            if (!empty && columns_of(line) + between.size() + columns_of(word) > width_) {
                put_line(line);
                line = std::string(indent, ' ');
                empty = true;
            }
            line += (empty ? "" : std::string(between)) + word;
            empty = false;
        }
        put_line(line);
    }

    /// What still is too long goes on in the next line.
    void put_line(std::string line) {
        line.erase(line.find_last_not_of(' ') + 1);
        while (columns_of(line) > width_) {
            std::size_t end = 0;
            for (std::size_t columns = 0; columns < width_; ++columns)
                do
                    ++end;
                while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80);
            text_ += line.substr(0, end) + "\n";
            line.erase(0, end);
        }
        text_ += line + "\n";
    }

    void put_heading(const char* heading) { text_ += fmt::format("\n{}\n", heading); }

    [[nodiscard]] std::string name_of(const GraphEnd& end) const {
        const GraphNode& node = graph_.nodes[end.node];
        return end.interface ? node.name + ":" + node.interfaces[*end.interface].name : node.name;
    }

    [[nodiscard]] Words words_of(const GraphEnd& end) const {
        if (!end.interface)
            return {};
        const GraphInterface& interface = graph_.nodes[end.node].interfaces[*end.interface];
        Words words;
        if (!interface.what.empty())
            words.push_back(interface.what);
        for (const GraphAddress& address : interface.addresses)
            words.push_back(show(address));
        words.insert(words.end(), interface.notes.begin(), interface.notes.end());
        return words;
    }

    /// "hosts    h[1-100], gate"
    void put_nodes() {
        static constexpr std::array<std::pair<GraphShape, const char*>, 3> kinds{
            {{GraphShape::router, "routers"}, {GraphShape::bridge, "bridges"}, {GraphShape::host, "hosts"}}};
        text_ += "\n";
        for (const auto& [shape, heading] : kinds) {
            std::map<std::string, Words> alike;
            Words order;
            for (const GraphNode& node : graph_.nodes)
                if (node.shape == shape) {
                    std::string prefix = node.count > 1 ? node.name : std::string(without_number(node.name));
                    if (!alike.contains(prefix))
                        order.push_back(prefix);
                    alike[prefix].push_back(node.name);
                }
            Words names;
            for (const std::string& prefix : order)
                names.push_back(name_pattern(alike[prefix]));
            if (!names.empty())
                put_words(padded(heading, 9), names, "  ");
        }
    }

    /// What is plugged into each.
    void put_bridges() {
        for (std::size_t bridge = 0; bridge < graph_.nodes.size(); ++bridge) {
            const GraphNode& node = graph_.nodes[bridge];
            if (node.shape != GraphShape::bridge)
                continue;
            Words words{"bridge"};
            for (const Prefix& subnet : node.subnets)
                words.push_back(show(subnet));
            words.insert(words.end(), node.notes.begin(), node.notes.end());
            text_ += "\n";
            put_words(node.name + "  ", words, "  ");
            std::vector<std::pair<std::string, Words>> members;
            for (const GraphLine& line : graph_.lines) {
                bool first = line.ends[0].node == bridge;
                if (line.tunnel || (!first && line.ends[1].node != bridge))
                    continue;
                const GraphEnd &own = line.ends[first ? 0 : 1], &far = line.ends[first ? 1 : 0];
                Words of_member = words_of(far), of_port = words_of(own);
                if (own.interface)
                    of_member.push_back("at " + node.interfaces[*own.interface].name);
                of_member.insert(of_member.end(), of_port.begin(), of_port.end());
                of_member.insert(of_member.end(), line.notes.begin(), line.notes.end());
                members.emplace_back(name_of(far), std::move(of_member));
            }
            put_list(members);
        }
    }

    /// Names in one column, words in the next.
    void put_list(const std::vector<std::pair<std::string, Words>>& list) {
        std::size_t names = 0;
        for (const auto& [name, words] : list)
            if (std::size_t columns = columns_of(name); columns <= width_ / 3)
                names = std::max(names, columns);
        for (const auto& [name, words] : list) {
            if (columns_of(name) <= names || words.empty()) {
                put_words("  " + padded(name, names) + "  ", words, "  ");
                continue;
            }
            put_line("  " + name);
            put_words(std::string(names + 4, ' '), words, "  ");
        }
    }

    // --- links that no bridge is at

    using Cells = std::array<Words, 5>; ///< name and addresses of each end, and what there is between them

    void put_links() {
        std::vector<const GraphLine*> links;
        for (const GraphLine& line : graph_.lines) {
            bool at_bridge = std::any_of(line.ends.begin(), line.ends.end(), [&](const GraphEnd& end) {
                return graph_.nodes[end.node].shape == GraphShape::bridge;
            });
            if (!line.tunnel && !at_bridge)
                links.push_back(&line);
        }
        if (links.empty())
            return;
        put_heading("links");
        if (put_table(links, true) || put_table(links, false))
            return;
        for (const GraphLine* line : links) {
            Words words = words_of(*line);
            if (!words.empty())
                put_words("  ", words, "  ");
            put_list({{name_of(line->ends[0]), words_of(line->ends[0])},
                      {name_of(line->ends[1]), words_of(line->ends[1])}});
            if (line != links.back())
                text_ += "\n";
        }
    }

    static Words words_of(const GraphLine& line) {
        Words words;
        for (const Prefix& subnet : line.subnets)
            words.push_back(show(subnet));
        words.insert(words.end(), line.notes.begin(), line.notes.end());
        return words;
    }

    /// A row a link; false where that would be too wide. Without subnets those can still be read off the
    /// addresses.
    bool put_table(const std::vector<const GraphLine*>& links, bool with_subnets) {
        std::vector<Cells> rows;
        std::array<std::size_t, 5> widths{};
        for (const GraphLine* line : links) {
            rows.push_back({Words{name_of(line->ends[0])}, words_of(line->ends[0]),
                            Words{name_of(line->ends[1])}, words_of(line->ends[1]),
                            with_subnets ? words_of(*line) : line->notes});
            for (std::size_t i = 0; i < widths.size(); ++i)
                for (const std::string& word : rows.back()[i])
                    widths[i] = std::max(widths[i], columns_of(word));
        }
        std::size_t all = 2 + 2 * (widths.size() - 1);
        for (std::size_t width : widths)
            all += width;
        if (all > width_)
            return false;
        for (const Cells& row : rows) {
            std::size_t height = 1;
            for (const Words& cell : row)
                height = std::max(height, cell.size());
            for (std::size_t y = 0; y < height; ++y) {
                std::string line = " ";
                for (std::size_t i = 0; i < row.size(); ++i)
                    line += (i == 0 ? " " : "  ") + padded(y < row[i].size() ? row[i][y] : "", widths[i]);
                put_line(line);
            }
        }
        return true;
    }

    // --- the rest

    void put_other_interfaces() {
        std::vector<std::pair<std::string, Words>> others;
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
            for (std::size_t i = 0; i < graph_.nodes[node].interfaces.size(); ++i)
                if (!ends_a_link_[node][i])
                    others.emplace_back(name_of({node, i}), words_of(GraphEnd{node, i}));
        if (others.empty())
            return;
        put_heading("other interfaces");
        put_list(others);
    }

    void put_tunnels() {
        std::vector<std::pair<std::string, Words>> tunnels;
        std::map<std::size_t, Words> overlays;
        for (const GraphLine& line : graph_.lines)
            if (line.tunnel && line.ends[1].interface)
                tunnels.emplace_back(name_of(line.ends[0]) + " - - " + name_of(line.ends[1]), line.notes);
            else if (line.tunnel)
                overlays[line.ends[1].node].push_back(name_of(line.ends[0]));
        for (const auto& [overlay, ends] : overlays)
            tunnels.emplace_back(graph_.nodes[overlay].name, ends);
        if (tunnels.empty())
            return;
        put_heading("tunnels");
        put_list(tunnels);
    }

    const Graph& graph_;
    std::size_t width_;
    std::vector<std::vector<bool>> ends_a_link_;
    std::string text_;
};

} // namespace

std::string graph_text(const Graph& graph, const GraphTextOptions& options) {
    constexpr std::size_t least_width = 20;
    Graph shown = readable(graph, options.ascii);
    std::string text = Listing(shown, std::max(options.width, least_width)).write();
    return options.ascii ? ascii_lines(text) : text;
}

} // namespace netrig

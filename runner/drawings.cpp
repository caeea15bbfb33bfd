#include "runner/drawings.h"

#include "core/visible_text.h"
#include "reports/graph_dot.h"
#include "runner/graphviz.h"
#include "runner/report_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

/// In the order of GraphFormat.
constexpr std::array<std::string_view, 3> extensions{".txt", ".dot", ".svg"};

/// The name of a matrix's scenario without its combination.
std::string plain_name(const Scenario& scenario) {
    std::string suffix = "[" + scenario.instance + "]";
    bool has_it = !scenario.instance.empty() && scenario.name.ends_with(suffix);
    return scenario.name.substr(0, scenario.name.size() - (has_it ? suffix.size() : 0));
}

Result<std::string> render(const Graph& graph, GraphFormat format, const GraphTextOptions& text) {
    switch (format) {
    case GraphFormat::text:
        return graph_text(graph, text);
    case GraphFormat::dot:
        return graph_dot(graph);
    case GraphFormat::svg:
        return svg_of(graph_dot(graph));
    }
    return std::string();
}

Status write_to_folder(const std::vector<Drawing>& drawings, GraphFormat format, const std::string& folder,
                       const GraphTextOptions& text) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return failure({"make the folder " + folder, error.value(), {}, {}});
    std::set<std::string> taken;
    for (const Drawing& drawing : drawings) {
        std::string stem = std::filesystem::path(drawing.path).stem().string(), name = stem;
        for (std::size_t number = 2; !taken.insert(name).second; ++number)
            name = fmt::format("{}-{}", stem, number);
        auto rendered = render(drawing.graph, format, text);
        if (!rendered)
            return failure(std::move(rendered.error()));
        auto path = std::filesystem::path(folder) / name;
        Status written = write_report(
            path.string() + std::string(extensions[static_cast<std::size_t>(format)]), *rendered);
        if (!written)
            return written;
    }
    return {};
}

} // namespace

std::vector<Drawing> drawings_of(const std::vector<std::shared_ptr<const Scenario>>& scenarios) {
    struct Instances {
        Drawing drawing;
        std::string own_title, title;
        std::size_t count = 0;
    };
    std::vector<Instances> all;
    for (const auto& scenario : scenarios) {
        Graph graph = make_graph(*scenario);
        std::string own_title = std::exchange(graph.title, plain_name(*scenario));
        auto alike = std::find_if(all.begin(), all.end(), [&](const Instances& each) {
            return each.drawing.path == scenario->source->path && each.drawing.graph == graph;
        });
        if (alike == all.end())
            all.push_back({{scenario->source->path, std::move(graph)}, own_title, plain_name(*scenario), 1});
        else
            ++alike->count;
    }
    std::vector<Drawing> drawings;
    for (Instances& each : all) {
        each.drawing.graph.title =
            each.count == 1 ? each.own_title : fmt::format("{} ({} instances)", each.title, each.count);
        drawings.push_back(std::move(each.drawing));
    }
    return drawings;
}

bool is_folder(const std::string& output) {
    std::error_code error;
    return output.ends_with('/') || std::filesystem::is_directory(output, error);
}

GraphFormat format_of(const GraphCommand& command) {
    if (command.format)
        return *command.format;
    std::string extension = std::filesystem::path(command.output).extension().string();
    if (extension == ".svg" || (!command.output.empty() && is_folder(command.output)))
        return GraphFormat::svg;
    return extension == ".dot" || extension == ".gv" ? GraphFormat::dot : GraphFormat::text;
}

bool locale_is_ascii() {
    std::string locale;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const char* value = std::getenv(name); locale.empty() && value != nullptr)
            locale = value;
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return locale.find("utf-8") == std::string::npos && locale.find("utf8") == std::string::npos;
}

Status write_drawings(const std::vector<Drawing>& drawings, GraphFormat format, const std::string& output,
                      const GraphTextOptions& text) {
    if (!output.empty() && is_folder(output))
        return write_to_folder(drawings, format, output, text);
    std::string all;
    for (const Drawing& drawing : drawings) {
        auto rendered = render(drawing.graph, format, text);
        if (!rendered)
            return failure(std::move(rendered.error()));
        if (format == GraphFormat::text && drawings.size() > 1)
            all += fmt::format("{}# {}\n", all.empty() ? "" : "\n", terminal_line(drawing.path));
        all += *rendered;
    }
    return write_report(output.empty() ? "-" : output, all);
}

} // namespace netrig

#include "core/node_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<Key, 3> file_keys{{
    {"text", KeyType::text, "its content"},
    {"from", KeyType::text, "a file, relative to the folder of the file that says so, that has its content"},
    {"mode", KeyType::text, "\"0644\", as chmod(1) takes it"},
}};

constexpr std::size_t longest_name = 255, longest_path = 4095; // NAME_MAX, PATH_MAX of limits.h

struct PathProblem {
    std::string what;
    std::size_t offset = 0, length = 0; ///< where in the path
    std::string help;
};

std::optional<PathProblem> problem_of_part(const std::string& path, std::size_t offset, std::size_t length) {
    std::string_view part = std::string_view(path).substr(offset, length);
    if (part.empty() && offset == path.size())
        return PathProblem{"a folder can't be put, only a file", offset - 1, 1, "leave out the last '/'"};
    if (part.empty())
        return PathProblem{"there is nothing between two '/'", offset - 1, 2, "leave out one '/'"};
    if (part == "." || part == "..")
        return PathProblem{fmt::format("'{}' is no part of a normal path", part), offset, length,
                           "write the path as it is seen in the node, without '.' and '..'"};
    if (part.size() > longest_name)
        return PathProblem{
            fmt::format("a name of {} bytes is too long: {} is the most", part.size(), longest_name), offset,
            length};
    return std::nullopt;
}

std::optional<PathProblem> path_problem(const std::string& path) {
    if (!path.starts_with('/'))
        return PathProblem{"it does not begin with '/'", 0, path.size(), "\"/etc/frr/daemons\""};
    if (path.find('\0') != std::string::npos)
        return PathProblem{"it has a NUL in it", 0, path.size()};
    if (path.size() > longest_path)
        return PathProblem{fmt::format("{} bytes are too long", path.size()), 0, path.size()};
    for (std::size_t begin = 1; begin <= path.size();) {
        std::size_t end = std::min(path.find('/', begin), path.size());
        if (auto problem = problem_of_part(path, begin, end - begin))
            return problem;
        begin = end + 1;
    }
    for (std::string_view kernels : {"/proc", "/sys", "/dev"})
        if (path == kernels || path.starts_with(std::string(kernels) + "/"))
            return PathProblem{fmt::format("{} is the kernel's", kernels), 0, kernels.size(),
                               "settings of the network are 'sysctls'"};
    return std::nullopt;
}

void load_mode(TableReader& reader, NodeFile& file) {
    auto text = reader.text("mode");
    if (!text)
        return;
    const char* end = text->value.data() + text->value.size();
    bool digits = text->value.size() == 3 || text->value.size() == 4;
    auto [parsed_to, error] = std::from_chars(text->value.data(), end, file.mode, 8);
    if (!digits || error != std::errc() || parsed_to != end || file.mode > 0777)
        reader.report(text->span, fmt::format("'{}' is no mode of a file", text->value), {},
                      "three octal digits as chmod(1) takes them: \"0644\"");
}

void load_content(TableReader& reader, const std::string& what, NodeFile& file) {
    auto text = reader.text("text"), from = reader.text("from");
    if (reader.has("text") == reader.has("from"))
        reader.report(reader.where(), reader.has("text") ? fmt::format("{} has both 'text' and 'from'", what)
                                                         : fmt::format("{} lacks 'text' or 'from'", what));
    if (text)
        file.text = text->value;
    if (!from)
        return;
    if (from->value.empty() || from->value.find('\0') != std::string::npos)
        reader.report(from->span, "'from' takes the path of a file");
    file.from = from->value;
    file.from_span = from->span;
}

bool lies_below(const std::string& path, const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

} // namespace

std::vector<NodeFile> load_files(const TomlTable& table, Diagnostics& diagnostics) {
    std::vector<NodeFile> files;
    for (const TomlEntry& entry : table.entries) {
        NodeFile file{.path = entry.key, .span = entry.key_span};
        if (auto problem = path_problem(entry.key))
            diagnostics.push_back(
                {fmt::format("'{}' can't be a file in a node: {}", entry.key, problem->what),
                 Text{entry.key, entry.key_span}.part(problem->offset, problem->length),
                 {},
                 problem->help,
                 {}});
        if (const auto* text = std::get_if<std::string>(&entry.value.data)) {
            file.text = *text;
        } else if (const auto* more = std::get_if<TomlTable>(&entry.value.data)) {
            TableReader reader(*more, entry.key_span, fmt::format("file '{}'", entry.key), file_keys,
                               diagnostics);
            load_content(reader, fmt::format("file '{}'", file.path), file);
            load_mode(reader, file);
        } else {
            diagnostics.push_back(
                {fmt::format("a file takes its text or a table, not {}", type_name(entry.value)),
                 entry.value.span,
                 {},
                 "\"text\" or { from = \"daemons\" }",
                 {}});
        }
        files.push_back(std::move(file));
    }
    return files;
}

bool load_file_content(const TomlTable& table, const std::string& what, NodeFile& file,
                       Diagnostics& diagnostics) {
    std::size_t mistakes = diagnostics.size();
    TableReader reader(table, file.span, what, Keys(file_keys).first(2), diagnostics);
    load_content(reader, what, file);
    return diagnostics.size() == mistakes;
}

void add_files(const std::vector<NodeFile>& files, Node& node, Diagnostics& diagnostics) {
    for (const NodeFile& file : files) {
        for (const NodeFile& other : node.files) {
            bool same = other.path == file.path;
            if (!same && !lies_below(file.path, other.path) && !lies_below(other.path, file.path))
                continue;
            const std::string& folder = file.path.size() < other.path.size() ? file.path : other.path;
            diagnostics.push_back(
                {same ? fmt::format("'{}' is given to node '{}' twice", file.path, node.name)
                      : fmt::format("'{}' can't be a file and a folder of node '{}'", folder, node.name),
                 file.span,
                 {},
                 {},
                 {{"the other is here", other.span}}});
            break;
        }
        node.files.push_back(file);
    }
}

std::string hosts_text(const Topology& topology) {
    std::string text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            for (const InterfaceAddress& address : interface.addresses)
                text += fmt::format("{}\t{}\n", show(address.prefix.address), node.name);
    return text;
}

} // namespace netrig

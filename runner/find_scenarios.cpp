#include "runner/find_scenarios.h"

#include "core/load.h"
#include "core/toml_reader.h"
#include "runner/fd.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <unistd.h>

namespace netrig {

namespace {

namespace fs = std::filesystem;

constexpr const char* config_name = "netrig.toml";
constexpr std::array<Key, 1> config_keys{{{"exclude", KeyType::texts, "paths that a walk leaves out"}}};

/// What the nearest netrig.toml says.
struct Config {
    std::set<fs::path> excluded; ///< absolute, normal
    std::string problem;
};

Result<Config> read_config(const fs::path& path) {
    Config config;
    auto text = read_text(path.string());
    if (!text)
        return failure(text.error());
    SourceFile source{path.string(), *text};
    Diagnostics diagnostics;
    if (auto document = parse_toml(source.text)) {
        TableReader reader(*document, {}, config_name, config_keys, diagnostics);
        for (const Text& entry : reader.texts("exclude"))
            config.excluded.insert((absolute_path(path).parent_path() / entry.value).lexically_normal());
    } else {
        diagnostics.push_back(document.error());
    }
    if (!diagnostics.empty())
        config.problem = render(diagnostics, source);
    return config;
}

Result<Config> nearest_config(const fs::path& folder) {
    for (fs::path above = absolute_path(folder);; above = above.parent_path()) {
        std::error_code error;
        fs::file_type type = fs::status(above / config_name, error).type();
        if (type == fs::file_type::regular)
            return read_config(above / config_name);
        if (error && type != fs::file_type::not_found && error.value() != EACCES)
            return failure({"look at " + (above / config_name).string(), error.value(), {}, {}});
        if (above == above.parent_path())
            return Config{};
    }
}

Status walk(const fs::path& folder, const std::set<fs::path>& excluded, std::vector<std::string>& files) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
         it.increment(error))
        entries.push_back(it->path());
    if (error)
        return failure({"read the folder " + folder.string(), error.value(), {}, {}});
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
        if (excluded.contains(absolute_path(entry)) || entry.filename().string().starts_with('.'))
            continue;
        fs::file_type type = fs::status(entry, error).type();
        if (error && type != fs::file_type::not_found)
            return failure({"look at " + entry.string(), error.value(), {}, {}});
        if (type == fs::file_type::directory) {
            if (fs::is_symlink(entry, error))
                continue; // it may lead in a circle
            if (Status walked = walk(entry, excluded, files); !walked)
                return walked;
        } else if (entry.extension() == ".toml" && entry.filename() != config_name) {
            files.push_back(entry.string());
        }
    }
    return {};
}

} // namespace

Result<FoundScenarios> find_scenarios(const std::vector<std::string>& paths) {
    FoundScenarios found;
    for (const std::string& path : paths) {
        std::error_code error;
        fs::file_status status = fs::status(path, error);
        if (!fs::exists(status))
            return failure({"find " + path, error.value(), {}, {}});
        if (!fs::is_directory(status)) {
            found.files.push_back(path);
            continue;
        }
        auto config = nearest_config(path);
        if (!config)
            return failure(config.error());
        found.problem += config->problem;
        if (Status walked = walk(path, config->excluded, found.files); !walked)
            return failure(walked.error());
    }
    std::set<fs::path> seen;
    std::erase_if(found.files,
                  [&](const std::string& file) { return !seen.insert(absolute_path(file)).second; });
    return found;
}

fs::path absolute_path(const fs::path& path) {
    std::error_code error;
    fs::path absolute = fs::canonical(path, error);
    return error ? fs::absolute(path).lexically_normal() : absolute;
}

Result<std::string> folder_of(const std::string& path) {
    std::error_code error;
    auto absolute = fs::absolute(path, error);
    if (error)
        return failure({"find the folder of " + path, error.value(), {}, {}});
    return absolute.lexically_normal().parent_path().string();
}

Result<std::string> read_text(const std::string& path) {
    Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid())
        return system_failure("open " + path);
    std::string text;
    std::array<char, 65536> data;
    while (text.size() <= largest_file) {
        ssize_t size = read(file.get(), data.data(), data.size());
        if (size < 0)
            return system_failure("read " + path);
        if (size == 0)
            break;
        text.append(data.data(), static_cast<std::size_t>(size));
    }
    return text;
}

} // namespace netrig

// A folder of a test's own, which everybody may use and which is gone when the test is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <sys/stat.h>

namespace netrig {

/// Where they all are: one place that a Machine, whose /tmp is its own, can show as well. It stays, empty.
inline std::filesystem::path place_of_temporary_folders() {
    namespace fs = std::filesystem;
    fs::path place = fs::temp_directory_path() / "netrig-tests";
    if (mkdir(place.c_str(), 0777) == 0) // of this user; others may use it all the same
        fs::permissions(place, fs::perms::all | fs::perms::sticky_bit);
    return place;
}

class TemporaryFolder {
public:
    TemporaryFolder() : path_((place_of_temporary_folders() / "XXXXXX").string()) {
        if (mkdtemp(path_.data()) == nullptr || chmod(path_.c_str(), 0777) != 0)
            throw std::runtime_error("cannot make a temporary folder");
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored; // a test's verdict does not hang on it
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(*this / name); }

    /// Folders on the way are made. One new line at the very front is left out. Returns the path.
    std::string write(const std::string& name, std::string text) const {
        if (text.starts_with('\n'))
            text.erase(0, 1);
        std::string path = *this / name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(*this / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::string path_;
};

} // namespace netrig

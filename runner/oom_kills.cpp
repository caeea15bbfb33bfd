#include "runner/oom_kills.h"

#include <fstream>
#include <string>
#include <utility>

namespace netrig {

static std::uint64_t count_kills() {
    std::ifstream file("/proc/vmstat");
    std::string name;
    std::uint64_t value = 0;
    while (file >> name >> value)
        if (name == "oom_kill")
            return value;
    return 0;
}

OomKills::OomKills() : seen_(count_kills()) {}

bool OomKills::more() {
    std::uint64_t now = count_kills();
    return now > std::exchange(seen_, now);
}

} // namespace netrig

#include "engine/app/memory.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/config/diagnostic.hpp"
#include "engine/config/units.hpp"

namespace coop::app {
namespace {

using base::Bytes;

constexpr Bytes unlimited{INT64_MAX};  // where nobody says how much there is, nothing is refused

/// The number after a name in one of the kernel's files: "MemAvailable:   16318480 kB", "active_file 4096".
std::optional<std::int64_t> figure_in(const char* path, std::string_view name) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string word;
        std::int64_t figure = 0;
        if (words >> word && word == name && words >> figure) return figure;
    }
    return {};
}

/// What the container's limit leaves (cgroup v2); without a limit the file says "max". What it has read of
/// files counts as taken there, and is given back when somebody needs the room.
Bytes from_container() {
    constexpr auto stat = "/sys/fs/cgroup/memory.stat";
    std::int64_t most = 0, taken = 0;
    std::ifstream limit("/sys/fs/cgroup/memory.max");
    std::ifstream current("/sys/fs/cgroup/memory.current");
    if (!(limit >> most) || !(current >> taken)) return unlimited;
    taken -= figure_in(stat, "inactive_file").value_or(0) + figure_in(stat, "active_file").value_or(0);
    return {std::max<std::int64_t>(most - taken, 0)};
}

// Measured: bench/README.md
constexpr Bytes of_program = base::mib(10);
constexpr Bytes of_board{5'000};  // with its links, queues and what it has in hand
constexpr Bytes of_member{240};   // that one board knows of: its announcement, its numbers, a notice or two

}  // namespace

Bytes memory_free() {
    const auto machine = figure_in("/proc/meminfo", "MemAvailable:");
    return std::min(machine ? base::kib(*machine) : unlimited, from_container());
}

Bytes memory_taken() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return Bytes{resident} * ::sysconf(_SC_PAGESIZE);
}

Bytes memory_peak() { return base::kib(figure_in("/proc/self/status", "VmHWM:").value_or(0)); }

Bytes memory_needed(const config::Scenario& scenario) {
    const auto boards = static_cast<std::int64_t>(scenario.members.count);
    const auto known = std::min<std::int64_t>(boards, scenario.tuning.membership.members_max);
    return of_program + (of_board + of_member * known) * boards;
}

base::Result<Bytes, std::string> memory_limit(std::string_view written) {
    if (written.empty()) return memory_free();
    const config::Quantity quantity = config::read_quantity(written, config::Dimension::size);
    if (quantity.reading == config::Reading::ok && quantity.amount > 0) return Bytes{quantity.amount};
    return fmt::format("--memory is a size with its unit, and \"{}\" is not\n   for example --memory 8GB",
                       config::printable(std::string(written)));
}

}  // namespace coop::app

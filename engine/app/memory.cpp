#include "engine/app/memory.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/config/diagnostic.hpp"
#include "engine/config/units.hpp"

namespace coop::app {
namespace {

using base::Bytes;

/// A line of /proc/meminfo, such as "MemAvailable:   16318480 kB".
Bytes from_meminfo(std::string_view wanted) {
    std::ifstream file("/proc/meminfo");
    std::string name, unit;
    for (std::int64_t size = 0; file >> name >> size >> unit;)
        if (name == wanted) return base::kib(size);
    return Bytes{INT64_MAX};  // nobody says how much there is, so nothing is refused
}

/// What the container's limit leaves (cgroup v2); without a limit the file says "max".
Bytes from_container() {
    std::int64_t most = 0, taken = 0;
    std::ifstream limit("/sys/fs/cgroup/memory.max");
    std::ifstream current("/sys/fs/cgroup/memory.current");
    if (!(limit >> most) || !(current >> taken)) return Bytes{INT64_MAX};
    return {std::max<std::int64_t>(most - taken, 0)};
}

// Measured: bench/README.md
constexpr Bytes of_program = base::mib(10);
constexpr Bytes of_board{9'000};  // with its links, queues and what it has in hand
constexpr Bytes of_member{500};   // that one board knows of: its announcement, its numbers, a notice or two

}  // namespace

Bytes memory_free() { return std::min(from_meminfo("MemAvailable:"), from_container()); }

Bytes memory_taken() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return Bytes{resident} * ::sysconf(_SC_PAGESIZE);
}

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

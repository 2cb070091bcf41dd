#include "engine/runtime/clock.hpp"

#include <ctime>

namespace coop::runtime {
namespace {

base::Duration read(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return base::seconds(t.tv_sec) + base::nanoseconds(t.tv_nsec);
}

}  // namespace

Clock::Clock(base::Duration epoch)
    : first_(base::Instant::zero() + (read(CLOCK_REALTIME) - epoch)), boot_at_first_(read(CLOCK_BOOTTIME)) {}

base::Instant Clock::now() const { return first_ + (read(CLOCK_BOOTTIME) - boot_at_first_); }

}  // namespace coop::runtime

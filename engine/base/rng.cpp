#include "engine/base/rng.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/math.hpp"
#include "engine/base/units.hpp"

namespace coop::base {
namespace {

__extension__ using Wide64 = unsigned __int128;

Duration scaled(Duration mean, double factor) {
    const double ns = static_cast<double>(mean.ns()) * factor;
    constexpr double ns_max = 9.2e18;  // just under 2^63: 292 years
    return ns >= ns_max ? Duration::max() : Duration::of_ns(static_cast<std::int64_t>(ns));
}

}  // namespace

// Lemire, "Fast random integer generation in an interval", TOMACS 2019.
std::uint64_t Rng::below(std::uint64_t bound) {
    COOP_ASSERT(bound > 0);
    Wide64 product = Wide64{next()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (static_cast<std::uint64_t>(product) < threshold) product = Wide64{next()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
}

Duration Rng::between(Duration least, Duration most) {
    COOP_ASSERT(least <= most);
    const auto span = static_cast<std::uint64_t>((most - least).ns()) + 1;
    return least + Duration::of_ns(static_cast<std::int64_t>(below(span)));
}

Duration exponential(Rng& rng, Duration mean) { return scaled(mean, -log(rng.unit())); }

Duration weibull(Rng& rng, double shape, Duration scale) {
    COOP_ASSERT(shape > 0);
    return scaled(scale, exp(log(-log(rng.unit())) / shape));
}

}  // namespace coop::base

// The token bucket's law, checked as it is stated: bytes in any interval t are at most b + r * t.
//
// Law: exact. Bytes times 10^9 against nanoseconds times bytes a second, in integers of 128 bits, for all
// pairs of moments.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"

namespace coop::protocol::test {

struct Passed {
    base::Instant at;
    base::Bytes size;
};

struct Broken {
    std::size_t intervals = 0;  ///< in which more passed than the law allows
    base::Bytes closest{};      ///< the least that the law would still have allowed in any interval
};

/// `passed` in order of time.
inline Broken check_all_intervals(const std::vector<Passed>& passed, base::ByteRate rate, base::Bytes depth) {
    constexpr std::int64_t second = 1'000'000'000;
    Broken broken{0, depth};
    for (std::size_t first = 0; first < passed.size(); ++first) {
        base::Wide bytes = 0;
        for (std::size_t last = first; last < passed.size(); ++last) {
            bytes += passed[last].size.count;
            const base::Wide time = (passed[last].at - passed[first].at).ns();
            const base::Wide spare =
                base::Wide{depth.count} * second + time * rate.per_second - bytes * second;
            if (spare < 0) ++broken.intervals;
            const auto rest = static_cast<std::int64_t>(spare / second);
            if (rest < broken.closest.count) broken.closest = {rest};
        }
    }
    return broken;
}

}  // namespace coop::protocol::test

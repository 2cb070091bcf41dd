// Mix: "a third of them have this board" for a whole number of members.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/rng.hpp"

namespace coop::models {

/// Kinds 0, 1, 2 … dealt to `members` in proportion to their weights (largest remainders, so that a small
/// village has the mix that was asked for and not a draw of it), then shuffled.
std::vector<std::uint32_t> deal(const std::vector<std::int64_t>& weights, std::uint32_t members,
                                base::Rng rng);

/// `count` different numbers below `members`, in random order.
std::vector<std::uint32_t> pick(std::uint32_t count, std::uint32_t members, base::Rng rng);

}  // namespace coop::models

#include "models/people/mix.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/base/assert.hpp"

namespace coop::models {
namespace {

void shuffle(std::vector<std::uint32_t>& items, base::Rng& rng) {
    for (std::size_t left = items.size(); left > 1; --left) {
        const std::uint64_t other = rng.below(left);
        std::swap(items[left - 1], items[other]);
    }
}

}  // namespace

std::vector<std::uint32_t> deal(const std::vector<std::int64_t>& weights, std::uint32_t members,
                                base::Rng rng) {
    const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    COOP_ASSERT(sum > 0);
    std::vector<std::uint32_t> dealt;
    std::vector<std::pair<std::int64_t, std::uint32_t>>
        remainders;  // negative, so that the largest sorts first
    for (std::uint32_t kind = 0; kind < weights.size(); ++kind) {
        COOP_ASSERT(weights[kind] >= 0);
        const std::int64_t scaled = weights[kind] * members;
        dealt.insert(dealt.end(), static_cast<std::size_t>(scaled / sum), kind);
        remainders.emplace_back(-(scaled % sum), kind);
    }
    std::sort(remainders.begin(), remainders.end());
    for (std::size_t i = 0; dealt.size() < members; ++i)
        dealt.push_back(remainders[i % remainders.size()].second);
    shuffle(dealt, rng);
    return dealt;
}

std::vector<std::uint32_t> pick(std::uint32_t count, std::uint32_t members, base::Rng rng) {
    COOP_ASSERT(count <= members);
    std::vector<std::uint32_t> all(members);
    std::iota(all.begin(), all.end(), 0u);
    shuffle(all, rng);
    all.resize(count);
    return all;
}

}  // namespace coop::models

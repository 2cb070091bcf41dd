#include "engine/sim/indexed_heap.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop::sim {
namespace {

TEST(IndexedHeap, HasTheEarliestFirstWhateverIsMovedAndErased) {
    base::Rng rng(1, base::Purpose::test, 0);
    IndexedHeap heap;
    std::map<std::uint32_t, std::pair<std::int64_t, std::uint64_t>> obvious;
    for (int round = 0; round < 20'000; ++round) {
        const auto item = static_cast<std::uint32_t>(rng.below(100));
        if (rng.below(3) == 0 && obvious.erase(item) > 0) {
            heap.erase(item);
        } else {
            const auto at_ns = static_cast<std::int64_t>(rng.below(30));  // many at the same moment
            heap.put({base::Instant::of_ns(at_ns), 1'000 - item, item});
            obvious[item] = {at_ns, 1'000 - item};
        }
        ASSERT_EQ(heap.contains(item), obvious.count(item) == 1);
        ASSERT_EQ(heap.empty(), obvious.empty());
        if (obvious.empty()) continue;
        const auto least = std::min_element(obvious.begin(), obvious.end(),
                                            [](const auto& a, const auto& b) { return a.second < b.second; });
        ASSERT_EQ(heap.first().item, least->first);
        ASSERT_EQ(heap.first().at.ns(), least->second.first);
    }
}

}  // namespace
}  // namespace coop::sim

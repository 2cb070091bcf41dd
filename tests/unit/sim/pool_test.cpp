#include "engine/sim/pool.hpp"

#include <set>

#include <gtest/gtest.h>

namespace coop::sim {
namespace {

TEST(Pool, LendsEachSlotToOneUserAtATime) {
    Pool<int> pool;
    std::set<Slot> lent;
    for (int i = 0; i < 5000; ++i) {
        const Slot slot = pool.take();
        EXPECT_TRUE(lent.insert(slot).second);
        pool[slot] = i;
    }
    EXPECT_EQ(pool.in_use(), 5000u);
}

TEST(Pool, KeepsAddressesWhileItGrows) {
    Pool<int> pool;
    const Slot slot = pool.take();
    int* const address = &pool[slot];
    for (int i = 0; i < 10'000; ++i) pool.take();
    EXPECT_EQ(address, &pool[slot]);
}

TEST(Pool, UsesAgainWhatWasGivenBackBeforeItGrows) {
    Pool<int> pool;
    Slot highest = 0;
    for (int i = 0; i < 100'000; ++i) {
        const Slot a = pool.take();
        const Slot b = pool.take();
        highest = std::max({highest, a, b});
        pool.give_back(a);
        pool.give_back(b);
    }
    EXPECT_LT(highest, 2u);
    EXPECT_EQ(pool.in_use(), 0u);
}

}  // namespace
}  // namespace coop::sim

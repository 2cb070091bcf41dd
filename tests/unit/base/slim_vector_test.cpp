#include "engine/base/slim_vector.hpp"

#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/base/sieve.hpp"

namespace {

using coop::base::Purpose;
using coop::base::Rng;
using coop::base::Sieve;
using coop::base::SlimVector;

static_assert(sizeof(SlimVector<int>) == sizeof(void*));

TEST(SlimVector, DoesWhatAVectorDoesOverRandomChanges) {
    Rng rng(4, Purpose::test, 0);
    SlimVector<std::shared_ptr<int>> slim;
    std::vector<std::shared_ptr<int>> obvious;
    for (int step = 0; step < 20'000; ++step) {
        const auto what = rng.below(obvious.size() < 40 ? 4 : 5);
        const auto place = static_cast<std::ptrdiff_t>(rng.below(obvious.size() + 1));
        if (what < 2) {
            const auto value = std::make_shared<int>(step);
            EXPECT_EQ(*slim.insert(slim.begin() + place, value), value);
            obvious.insert(obvious.begin() + place, value);
        } else if (what == 2) {
            obvious.push_back(std::make_shared<int>(-step));
            slim.push_back(obvious.back());
        } else if (!obvious.empty()) {
            const auto until =
                what == 3 ? std::min<std::ptrdiff_t>(place + 1, std::ssize(obvious)) : std::ssize(obvious);
            slim.erase(slim.begin() + place, slim.begin() + until);
            obvious.erase(obvious.begin() + place, obvious.begin() + until);
        }
        ASSERT_TRUE(std::equal(slim.begin(), slim.end(), obvious.begin(), obvious.end()));
        ASSERT_GE(slim.capacity(), slim.size());
        if (!obvious.empty()) {
            EXPECT_EQ(slim.front(), obvious.front());
            EXPECT_EQ(slim.back().use_count(), 2) << "one here, one there, and none forgotten";
        }
    }
}

TEST(SlimVector, IsCopiedAndMovedLikeAVector) {
    SlimVector<int> first = {3, 1, 2};
    const SlimVector<int> copy = first;
    SlimVector<int> taken = std::move(first);
    EXPECT_EQ(taken, copy);
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the claim
    taken = {};
    EXPECT_EQ(taken.capacity(), 0u);
    taken.assign(std::vector<int>{3, 1, 2});
    EXPECT_EQ(taken, copy);
}

TEST(SlimVector, OwnsNothingWhenItIsEmpty) {
    SlimVector<int> list;
    EXPECT_EQ(list.begin(), nullptr);
    for (int i = 0; i < 100; ++i) list.push_back(i);
    EXPECT_LE(list.capacity(), 125u);
    EXPECT_EQ(coop::base::erase(list, 7), 1u);
    EXPECT_EQ(coop::base::erase_if(list, [](int) { return true; }), 99u);
    EXPECT_EQ(list.begin(), nullptr);
}

TEST(SlimVector, TakesInWhatLiesInItself) {
    SlimVector<std::vector<int>> list;
    list.push_back({1, 2, 3});
    for (int i = 0; i < 50; ++i) list.push_back(list.front());
    EXPECT_EQ(list.back(), (std::vector<int>{1, 2, 3}));
}

TEST(SlimVectorDeathTest, StopsBeyondItsEnd) {
    SlimVector<int> one = {1};
    EXPECT_DEATH(static_cast<void>(one[1]), "broken invariant");
}

TEST(Sieve, HoldsNothingBackThatWasAdded) {
    Rng rng(5, Purpose::test, 0);
    Sieve sieve;
    std::set<std::uint32_t> eight;
    while (eight.size() < 8) eight.insert(static_cast<std::uint32_t>(rng.below(1'000'000)));
    for (const std::uint32_t number : eight) sieve.add(number);
    for (const std::uint32_t number : eight) EXPECT_TRUE(sieve.may_hold(number));
    std::uint32_t through = 0;
    for (std::uint32_t stranger = 0; stranger < 1'000'000; ++stranger) through += sieve.may_hold(stranger);
    EXPECT_LE(through, 1'000'000u * 8 / 64 + 1'000) << "eight of 64 bits at most";
    sieve.clear();
    EXPECT_FALSE(sieve.may_hold(*eight.begin()));
}

}  // namespace

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/fifo.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/base/inline_vector.hpp"
#include "engine/base/rng.hpp"

namespace {

using coop::base::Fifo;
using coop::base::FlatMap;
using coop::base::InlineVector;
using coop::base::Purpose;
using coop::base::Rng;

TEST(FlatMap, DoesWhatAStdMapDoesOverRandomChanges) {
    Rng rng(1, Purpose::test, 0);
    FlatMap<int, int> flat;
    std::map<int, int> obvious;
    for (int step = 0; step < 20'000; ++step) {
        const auto what = rng.below(5);
        const int key = static_cast<int>(rng.below(60));
        if (what < 3) {
            flat[key] += step;
            obvious[key] += step;
        } else if (what == 3) {
            EXPECT_EQ(flat.erase(key), obvious.erase(key) == 1);
        } else {
            const auto found = obvious.find(key);
            ASSERT_EQ(flat.contains(key), found != obvious.end());
            if (found != obvious.end()) {
                EXPECT_EQ(*flat.find(key), found->second);
            }
        }
        ASSERT_EQ(flat.size(), obvious.size());
        ASSERT_TRUE(std::equal(flat.begin(), flat.end(), obvious.begin(), obvious.end(),
                               [](auto& a, auto& b) { return a.first == b.first && a.second == b.second; }));
    }
}

TEST(FlatMap, ErasesByAClaimAndSaysHowMany) {
    FlatMap<int, int> squares;
    for (int i = 9; i >= 0; --i) squares[i] = i * i;
    EXPECT_EQ(squares.erase_if([](int key, int square) { return key % 2 == 1 || square > 30; }), 7u);
    std::vector<int> left;
    for (const auto& [key, square] : squares) left.push_back(key);
    EXPECT_EQ(left, (std::vector<int>{0, 2, 4}));
}

TEST(InlineVector, DoesWhatAVectorDoesOverRandomChanges) {
    Rng rng(2, Purpose::test, 0);
    InlineVector<int, 8> in_place;
    std::vector<int> obvious;
    for (int step = 0; step < 20'000; ++step) {
        const auto what = rng.below(3);
        const int value = static_cast<int>(rng.below(10));
        if (what < 2 && !in_place.full()) {
            in_place.push_back(value);
            obvious.push_back(value);
        } else {
            const auto found = std::find(obvious.begin(), obvious.end(), value);
            ASSERT_EQ(in_place.contains(value), found != obvious.end());
            ASSERT_EQ(in_place.erase(value), found != obvious.end());
            if (found != obvious.end()) obvious.erase(found);
        }
        ASSERT_EQ(in_place.full(), obvious.size() == 8);
        ASSERT_TRUE(std::equal(in_place.begin(), in_place.end(), obvious.begin(), obvious.end()));
    }
}

TEST(InlineVector, ComparesByContentNotByWhatLiesBehindIt) {
    InlineVector<int, 4> a;
    InlineVector<int, 4> b;
    a.push_back(1);
    a.push_back(2);
    b.push_back(1);
    EXPECT_FALSE(a == b);
    a.erase_at(1);
    EXPECT_TRUE(a == b);
}

TEST(InlineVectorDeathTest, NeverGrowsBeyondItsPlace) {
    InlineVector<int, 2> two;
    two.push_back(1);
    two.push_back(2);
    EXPECT_DEATH(two.push_back(3), "broken invariant");
    EXPECT_DEATH(static_cast<void>(two[2]), "broken invariant");
}

TEST(Fifo, DoesWhatADequeDoesOverRandomChanges) {
    Rng rng(3, Purpose::test, 0);
    Fifo<int> fifo;
    std::deque<int> obvious;
    for (int step = 0; step < 20'000; ++step) {
        if (rng.below(100) < (step % 2'000 < 1'000 ? 60u : 40u)) {
            fifo.push_back(step);
            obvious.push_back(step);
        } else if (!obvious.empty()) {
            ASSERT_EQ(fifo.front(), obvious.front());
            fifo.pop_front();
            obvious.pop_front();
        }
        ASSERT_EQ(fifo.size(), obvious.size());
        ASSERT_EQ(fifo.empty(), obvious.empty());
    }
}

TEST(Fifo, LetsGoOfWhatLeft) {
    Fifo<std::shared_ptr<int>> fifo;
    const auto first = std::make_shared<int>(1);
    fifo.push_back(first);
    fifo.push_back(std::make_shared<int>(2));
    fifo.push_back(std::make_shared<int>(3));
    fifo.pop_front();
    EXPECT_EQ(first.use_count(), 1);
    EXPECT_EQ(*fifo.front(), 2);
}

}  // namespace

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/policy/placement.hpp"

namespace coop::policy {
namespace {

TEST(RendezvousScore, IsPositiveAndFiniteForEveryName) {
    base::Rng rng(1, base::Purpose::test, 0);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t object = rng.next();
        const double score = rendezvous_score(object, {rng.next(), 1});
        EXPECT_TRUE(std::isfinite(score) && score > 0);
    }
}

TEST(RendezvousScore, GrowsInProportionToTheWeight) {
    EXPECT_DOUBLE_EQ(rendezvous_score(7, {8, 5}), 5 * rendezvous_score(7, {8, 1}));
    EXPECT_EQ(rendezvous_score(7, {8, 0}), 0);
}

TEST(Copies, ChooseTheHighestScoresBestFirst) {
    const auto policy = make_copies(3);
    std::vector<Candidate> members;
    for (std::uint64_t key = 1; key <= 20; ++key) members.push_back({key, 1});
    std::array<std::uint32_t, 3> chosen{};
    ASSERT_EQ(policy->choose({99, members}, chosen), 3U);
    for (std::uint32_t i = 0; i < members.size(); ++i) {
        const double score = rendezvous_score(99, members[i]);
        const auto at = std::find(chosen.begin(), chosen.end(), i);
        if (at != chosen.end()) continue;
        EXPECT_LT(score, rendezvous_score(99, members[chosen[2]]));
    }
    EXPECT_GT(rendezvous_score(99, members[chosen[0]]), rendezvous_score(99, members[chosen[1]]));
    EXPECT_GT(rendezvous_score(99, members[chosen[1]]), rendezvous_score(99, members[chosen[2]]));
}

TEST(Copies, AreAsManyAsThereAreWillingMembersAtMost) {
    const auto policy = make_copies(3);
    const std::array<Candidate, 3> members{{{1, 1}, {2, 0}, {3, 1}}};
    std::array<std::uint32_t, 3> chosen{};
    EXPECT_EQ(policy->choose({5, members}, chosen), 2U);
}

TEST(Copies, CountAHolderOnce) {
    const auto policy = make_copies(2);
    const std::array<Candidate, 3> members{{{1, 1}, {2, 1}, {3, 1}}};
    const std::array<std::uint32_t, 3> twice{1, 1, 1};
    const std::array<std::uint32_t, 3> two{1, 1, 2};
    EXPECT_FALSE(policy->satisfied_by({5, members}, twice));
    EXPECT_TRUE(policy->satisfied_by({5, members}, two));
}

TEST(Copies, DoNotCountAHolderThatTakesNothingAnyMore) {
    const auto policy = make_copies(2);
    const std::array<Candidate, 3> members{{{1, 1}, {2, 0}, {3, 1}}};
    const std::array<std::uint32_t, 2> one_gone{0, 1};
    EXPECT_FALSE(policy->satisfied_by({5, members}, one_gone));
}

}  // namespace
}  // namespace coop::policy

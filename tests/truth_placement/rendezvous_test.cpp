// Rendezvous hashing against its closed forms: 100 000 keys on 50 nodes.
//
// A node's load is binomial(K, 1/N): mean K/N = 2000, standard deviation sqrt(K/N * (1 - 1/N)) = 44.27.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/policy/placement.hpp"

namespace coop::policy {
namespace {

constexpr std::size_t keys = 100'000;
constexpr std::size_t nodes = 50;

std::vector<Candidate> community(std::size_t count) {
    base::Rng rng(20, base::Purpose::test, count);
    std::vector<Candidate> members(count);
    for (Candidate& member : members) member.key = rng.next();
    return members;
}

std::vector<std::uint64_t> objects(std::uint64_t stream) {
    base::Rng rng(21, base::Purpose::test, stream);
    std::vector<std::uint64_t> made(keys);
    for (std::uint64_t& object : made) object = rng.next();
    return made;
}

std::uint32_t first_of(const Placement& policy, std::uint64_t object, const std::vector<Candidate>& members) {
    std::array<std::uint32_t, 1> chosen{};
    EXPECT_EQ(policy.choose({object, members}, chosen), 1U);
    return chosen[0];
}

std::vector<double> loads(const std::vector<Candidate>& members, const std::vector<std::uint64_t>& names) {
    const auto policy = make_copies(1);
    std::vector<double> load(members.size());
    for (const std::uint64_t object : names) load[first_of(*policy, object, members)] += 1;
    return load;
}

TEST(Rendezvous, SpreadsKeysAsABinomialDoes) {
    const double mean = static_cast<double>(keys) / nodes;
    const double deviation = std::sqrt(mean * (1 - 1.0 / nodes));
    EXPECT_NEAR(deviation, 44.3, 0.05);
    const auto load = loads(community(nodes), objects(1));
    double squares = 0;
    for (const double one : load) {
        EXPECT_NEAR(one, mean, 4.5 * deviation);
        squares += (one - mean) * (one - mean);
    }
    // The loads' own deviation scatters by 1/sqrt(2(N-1)) = 10 %: three of those.
    const double seen = std::sqrt(squares / (nodes - 1));
    EXPECT_NEAR(seen, deviation, 3 * deviation / std::sqrt(2.0 * (nodes - 1)));
}

TEST(Rendezvous, SpreadsCountingNamesAsWellAsRandomOnes) {
    std::vector<std::uint64_t> counting(keys);
    for (std::size_t i = 0; i < keys; ++i) counting[i] = i;
    std::vector<Candidate> members(nodes);
    for (std::size_t i = 0; i < nodes; ++i) members[i].key = i;
    const double mean = static_cast<double>(keys) / nodes;
    double chi_squared = 0;
    for (const double one : loads(members, counting)) chi_squared += (one - mean) * (one - mean) / mean;
    // Chi-squared with 49 degrees of freedom: mean 49, deviation sqrt(98); within 4.
    EXPECT_NEAR(chi_squared, nodes - 1.0, 4 * std::sqrt(2.0 * (nodes - 1)));
}

TEST(Rendezvous, ANodeThatLeavesMovesExactlyItsOwnKeys) {
    const auto policy = make_copies(1);
    const auto before = community(nodes);
    constexpr std::uint32_t gone = 17;
    auto after = before;
    after[gone].weight = 0;
    std::size_t moved = 0;
    for (const std::uint64_t object : objects(2)) {
        const std::uint32_t was = first_of(*policy, object, before);
        const std::uint32_t is = first_of(*policy, object, after);
        EXPECT_NE(is, gone);
        EXPECT_EQ(is != was, was == gone);
        if (was == gone) ++moved;
    }
    EXPECT_GT(moved, 0U);
}

TEST(Rendezvous, TopSetsChangeInExactlyOneMember) {
    constexpr std::size_t copies = 3;
    const auto policy = make_copies(copies);
    const auto before = community(nodes);
    constexpr std::uint32_t gone = 31;
    auto after = before;
    after[gone].weight = 0;
    for (const std::uint64_t object : objects(3)) {
        std::array<std::uint32_t, copies> old_three{}, new_three{};
        ASSERT_EQ(policy->choose({object, before}, old_three), copies);
        ASSERT_EQ(policy->choose({object, after}, new_three), copies);
        const bool held = std::find(old_three.begin(), old_three.end(), gone) != old_three.end();
        const auto stayed = std::count_if(new_three.begin(), new_three.end(), [&](std::uint32_t index) {
            return std::find(old_three.begin(), old_three.end(), index) != old_three.end();
        });
        EXPECT_EQ(static_cast<std::size_t>(stayed), held ? copies - 1 : copies);
    }
}

TEST(Rendezvous, AHigherWeightOnlyDrawsKeysTowardsItself) {
    const auto policy = make_copies(1);
    const auto before = community(nodes);
    constexpr std::uint32_t grown = 5;
    auto after = before;
    after[grown].weight = 2;
    for (const std::uint64_t object : objects(4)) {
        const std::uint32_t was = first_of(*policy, object, before);
        const std::uint32_t is = first_of(*policy, object, after);
        EXPECT_TRUE(is == was || is == grown) << object;
    }
}

TEST(Rendezvous, LoadsFollowTheWeights) {
    auto members = community(nodes);
    double total = 0;
    for (std::size_t i = 0; i < nodes; ++i) {
        members[i].weight = static_cast<std::uint32_t>(1 + i % 4);
        total += members[i].weight;
    }
    const auto load = loads(members, objects(5));
    for (std::size_t i = 0; i < nodes; ++i) {
        const double p = members[i].weight / total;
        EXPECT_NEAR(load[i], keys * p, 4.5 * std::sqrt(keys * p * (1 - p))) << "node " << i;
    }
}

}  // namespace
}  // namespace coop::policy

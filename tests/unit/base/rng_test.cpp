#include "engine/base/rng.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace coop::base;  // a file about nothing else

TEST(Mix, IsTheFinaliserOfSplitMix64) {
    // The generator's first outputs for seed 1234567, as published with its Java and C sources.
    constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15;
    EXPECT_EQ(mix(1234567 + golden_gamma), 6457827717110365317u);
    EXPECT_EQ(mix(1234567 + 2 * golden_gamma), 3203168211198807973u);
    EXPECT_EQ(mix(1234567 + 3 * golden_gamma), 9817491932198370423u);
}

TEST(Combine, DependsOnTheOrder) { EXPECT_NE(combine(1, 2), combine(2, 1)); }

// Computed in Python from the published algorithm: a = combine(combine(seed, purpose), index),
// b = mix(a + index + 1) | 1, then xoroshiro128++ (which for the state (1, 2) begins 393217, 669327710093319,
// 1732421326133921491 there, as its authors' C source does).
TEST(Rng, GivesTheseVeryDraws) {
    struct Stream {
        std::uint64_t seed;
        Purpose purpose;
        std::uint64_t index;
        std::array<std::uint64_t, 4> draws;
    };
    const Stream streams[] = {
        {1,
         Purpose::node,
         0,
         {0xbca86caba16363c1, 0x5a402365f4c755f5, 0x250a308f7d774178, 0x217cac827164567a}},
        {1,
         Purpose::node,
         1,
         {0xcc4fb1807e5f4b2d, 0x16ce8b9f6530365c, 0x2c54412f588d8517, 0x24d8b235b6135197}},
        {42,
         Purpose::workload,
         7,
         {0xd2f2f9f775f161ca, 0xef11b888f4dfad76, 0xba4caf915fb36473, 0x586d537e2ccfc586}},
        {UINT64_MAX,
         Purpose::test,
         UINT64_MAX,
         {0x99e125e192eff52d, 0x123b304f7e19637c, 0xd60a815bed4c5794, 0x2f8cea73c75a54e7}},
    };
    for (const auto& stream : streams) {
        Rng rng(stream.seed, stream.purpose, stream.index);
        for (const auto expected : stream.draws) EXPECT_EQ(rng.next(), expected) << stream.index;
    }
}

TEST(Rng, BelowGivesTheseVeryDraws) {  // the same Python, with Lemire's rejection
    Rng ten(3, Purpose::test, 0);
    for (const std::uint64_t expected : {5u, 2u, 8u, 2u, 5u, 4u, 7u, 7u, 6u, 2u, 2u, 2u, 6u, 7u, 0u, 0u}) {
        EXPECT_EQ(ten.below(10), expected);
    }
    Rng wide(3, Purpose::test, 1);
    for (const std::uint64_t expected :
         {2289055594672812133u, 538187647489181392u, 11745044912725158787u, 2231363855183856531u}) {
        EXPECT_EQ(wide.below(3ULL << 62), expected);
    }
}

TEST(Rng, StreamsOfManyNodesDoNotMeet) {
    std::set<std::uint64_t> first_draws;
    for (std::uint64_t node = 0; node < 100'000; ++node)
        first_draws.insert(Rng(1, Purpose::node, node).next());
    for (std::uint64_t seed = 2; seed < 1'000; ++seed) first_draws.insert(Rng(seed, Purpose::node, 0).next());
    EXPECT_EQ(first_draws.size(), 100'998u);  // a meeting of 64-bit numbers has a chance of 3e-10
}

/// What chi-square with this many degrees of freedom exceeds once in a million (z = 4.753).
/// Wilson, Hilferty, "The distribution of chi-square", PNAS 1931.
double chi_square_bound(double freedom) {
    const double ninth = 2.0 / (9.0 * freedom);
    return freedom * std::pow(1.0 - ninth + 4.753 * std::sqrt(ninth), 3);
}

double chi_square(const std::vector<int>& counts, double expected) {
    double sum = 0;
    for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

TEST(Rng, BelowIsUniform) {
    for (const std::size_t bound : {2u, 3u, 10u, 100u, 1'000u}) {
        Rng rng(7, Purpose::test, bound);
        std::vector<int> counts(bound);
        const int draws = 200'000;
        for (int i = 0; i < draws; ++i) ++counts[static_cast<std::size_t>(rng.below(bound))];
        EXPECT_LT(chi_square(counts, draws / static_cast<double>(bound)),
                  chi_square_bound(static_cast<double>(bound - 1)))
            << bound;
    }
}

// A modulus would give the lowest third of these numbers twice as often as each of the others.
TEST(Rng, BelowIsUniformWhereAModulusIsNot) {
    Rng rng(8, Purpose::test, 0);
    std::vector<int> thirds(3);
    for (int i = 0; i < 90'000; ++i) ++thirds[static_cast<std::size_t>(rng.below(3ULL << 62) >> 62)];
    EXPECT_LT(chi_square(thirds, 30'000), chi_square_bound(2));
}

TEST(Rng, BelowOneIsZero) {
    Rng rng(9, Purpose::test, 0);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(rng.below(1), 0u);
}

TEST(RngDeathTest, HasNothingBelowZero) {
    Rng rng(9, Purpose::test, 0);
    EXPECT_DEATH(rng.below(0), "broken invariant");
}

TEST(Rng, BetweenReachesBothEndsAndNothingElse) {
    Rng rng(10, Purpose::test, 0);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(rng.between(nanoseconds(-2), nanoseconds(2)).ns());
    EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
}

TEST(Rng, ChanceIsOfAMillion) {
    Rng rng(11, Purpose::test, 0);
    int hits = 0;
    for (int i = 0; i < 100'000; ++i) hits += rng.chance_ppm(30'000) ? 1 : 0;
    // Binomial: mean 3 000, deviation sqrt(100 000 * .03 * .97) = 53.9; five of them.
    EXPECT_NEAR(hits, 3'000, 5 * 53.9);
    EXPECT_FALSE(rng.chance_ppm(0));
    EXPECT_TRUE(rng.chance_ppm(1'000'000));
}

TEST(Rng, UnitIsUniformAndNeverAtItsEnds) {
    Rng rng(12, Purpose::test, 0);
    std::vector<int> tenths(10);
    for (int i = 0; i < 100'000; ++i) {
        const double u = rng.unit();
        ASSERT_GT(u, 0.0);
        ASSERT_LT(u, 1.0);
        ++tenths[static_cast<std::size_t>(u * 10)];
    }
    EXPECT_LT(chi_square(tenths, 10'000), chi_square_bound(9));
}

struct Sample {
    double mean;
    double median;
};

template <class Draw>
Sample sample(int count, Draw draw) {
    std::vector<double> values;
    double sum = 0;
    for (int i = 0; i < count; ++i) {
        values.push_back(draw().seconds());
        sum += values.back();
    }
    std::nth_element(values.begin(), values.begin() + count / 2, values.end());
    return {sum / count, values[static_cast<std::size_t>(count / 2)]};
}

constexpr int draws = 200'000;

TEST(Exponential, HasItsMeanAndMedian) {
    Rng rng(13, Purpose::test, 0);
    const Sample seen = sample(draws, [&] { return exponential(rng, seconds(10)); });
    // Mean m with deviation m; median m ln 2 with deviation m / sqrt(n). Five deviations of n draws.
    const double five = 5 / std::sqrt(draws);
    EXPECT_NEAR(seen.mean, 10, 10 * five);
    EXPECT_NEAR(seen.median, 10 * std::log(2.0), 10 * five);
}

TEST(Weibull, HasItsMeanAndMedian) {
    for (const double shape : {0.5, 0.65, 1.0, 2.0}) {
        Rng rng(14, Purpose::test, 0);
        const Sample seen = sample(draws, [&] { return weibull(rng, shape, seconds(1)); });
        // Mean G(1 + 1/k), variance G(1 + 2/k) - mean^2; median (ln 2)^(1/k), whose deviation is 1 / (2 f
        // sqrt n) with the density f there, k / 2 * (ln 2)^(1 - 1/k).
        const double mean = std::tgamma(1 + 1 / shape);
        const double deviation = std::sqrt(std::tgamma(1 + 2 / shape) - mean * mean);
        const double density = shape / 2 * std::pow(std::log(2.0), 1 - 1 / shape);
        const double five = 5 / std::sqrt(draws);
        EXPECT_NEAR(seen.mean, mean, deviation * five) << shape;
        EXPECT_NEAR(seen.median, std::pow(std::log(2.0), 1 / shape), five / (2 * density)) << shape;
    }
}

TEST(Weibull, OfShapeOneHalfHasMeanTwoAndMedianAHalfOfOne) {  // what churn studies fit: far from exponential
    Rng rng(15, Purpose::test, 0);
    const Sample seen = sample(draws, [&] { return weibull(rng, 0.5, seconds(1)); });
    EXPECT_NEAR(seen.mean, 2.0, 5 * std::sqrt(20.0 / draws));  // variance G(5) - G(3)^2 = 24 - 4
    EXPECT_NEAR(seen.median, 0.480, 0.011);
}

TEST(Exponential, NeverLeavesTheRangeOfTime) {
    Rng rng(16, Purpose::test, 0);
    for (int i = 0; i < 10'000; ++i) {
        const Duration drawn = exponential(rng, Duration::max());
        ASSERT_GE(drawn, Duration::zero());
    }
}

}  // namespace

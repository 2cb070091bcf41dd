#include "engine/results/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop::results {
namespace {

constexpr std::int64_t value_max = std::numeric_limits<std::int64_t>::max();
constexpr double error_max = 1.0 / 128;  // half a bin, relative to its lower edge: 1 / (2 * 64)

base::Rng rng(std::uint64_t index) { return {1, base::Purpose::test, index}; }

/// Nearest rank (NIST's definition): value number ceil(q n) of the sorted values.
std::int64_t exact(std::vector<std::int64_t> values, double q) {
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, CutsTheIntegersIntoBinsWithoutGapOrOverlap) {
    std::int64_t expected = 0;
    const std::size_t last = Histogram::bin_of(value_max);
    for (std::size_t bin = 0; bin <= last; ++bin) {
        ASSERT_EQ(Histogram::lower_edge(bin), expected);
        ASSERT_EQ(Histogram::bin_of(expected), bin);
        const std::int64_t end = Histogram::last_in(bin);
        ASSERT_EQ(Histogram::bin_of(end), bin);
        const double half = static_cast<double>(end - expected) / 2;
        ASSERT_LE(half, error_max * static_cast<double>(expected));
        if (bin < last) expected = end + 1;
    }
    EXPECT_EQ(Histogram::last_in(last), value_max);
}

TEST(Histogram, KeepsSmallIntegersExactly) {
    Histogram hops;
    for (int hop = 1; hop <= 100; ++hop) hops.add(hop);
    for (int percent = 1; percent <= 100; ++percent) EXPECT_EQ(hops.quantile(percent / 100.0), percent);
}

TEST(Histogram, AnswersQuantilesWithinOnePercent) {
    base::Rng draws = rng(1);
    for (int shape = 0; shape < 3; ++shape) {
        Histogram histogram;
        std::vector<std::int64_t> values;
        for (int i = 0; i < 20'000; ++i) {
            const base::Duration mean = base::hours(3);
            const std::int64_t value = shape == 0 ? static_cast<std::int64_t>(draws.below(1'000'000'000'000))
                                       : shape == 1 ? base::exponential(draws, mean).ns()
                                                    : base::weibull(draws, 0.5, mean).ns();
            values.push_back(value);
            histogram.add(value);
        }
        for (const double q : {0.0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
            const auto truth = static_cast<double>(exact(values, q));
            EXPECT_NEAR(static_cast<double>(histogram.quantile(q)), truth, truth * error_max)
                << shape << " " << q;
        }
    }
}

TEST(Histogram, KnowsCountSumLeastAndMostExactly) {
    base::Rng draws = rng(2);
    Histogram histogram;
    base::Wide sum = 0;
    std::int64_t least = value_max;
    std::int64_t most = 0;
    for (int i = 0; i < 5'000; ++i) {
        const auto value = static_cast<std::int64_t>(draws.next() >> (1 + draws.below(60)));
        histogram.add(value, 3);
        sum += base::Wide{value} * 3;
        least = std::min(least, value);
        most = std::max(most, value);
    }
    EXPECT_EQ(histogram.count(), 15'000U);
    EXPECT_TRUE(histogram.sum() == sum);
    EXPECT_EQ(histogram.least(), least);
    EXPECT_EQ(histogram.most(), most);
    EXPECT_EQ(histogram.quantile(0), least);
}

TEST(Histogram, HoldsTheLargestIntegerWithoutOverflow) {
    Histogram histogram;
    histogram.add(value_max, 1'000'000'000'000);
    EXPECT_EQ(histogram.quantile(0.5), value_max);
    EXPECT_TRUE(histogram.sum() == base::Wide{value_max} * 1'000'000'000'000);
    ASSERT_EQ(histogram.spans().size(), 1U);
    EXPECT_EQ(histogram.spans()[0].upper, value_max);
}

TEST(Histogram, MergesAsIfAllHadBeenAddedToOne) {
    base::Rng draws = rng(3);
    Histogram one;
    Histogram parts[2];
    for (int i = 0; i < 3'000; ++i) {
        const auto value = static_cast<std::int64_t>(draws.below(1ULL << (10 + 20 * (i % 2))));
        one.add(value);
        parts[i % 2].add(value);
    }
    Histogram merged;
    merged.merge(parts[1]);
    merged.merge(parts[0]);
    merged.merge(Histogram{});
    EXPECT_EQ(merged.count(), one.count());
    EXPECT_TRUE(merged.sum() == one.sum());
    EXPECT_EQ(merged.least(), one.least());
    EXPECT_EQ(merged.most(), one.most());
    for (int percent = 0; percent <= 100; ++percent)
        EXPECT_EQ(merged.quantile(percent / 100.0), one.quantile(percent / 100.0));
}

TEST(Histogram, CountsANegativeDelayAsNone) {
    Histogram histogram;
    histogram.add(-5);
    EXPECT_EQ(histogram.least(), 0);
    EXPECT_TRUE(histogram.sum() == 0);
    EXPECT_EQ(histogram.count(), 1U);
}

TEST(Histogram, HasNothingToSayWhenEmpty) {
    const Histogram histogram;
    EXPECT_EQ(histogram.quantile(0.5), 0);
    EXPECT_TRUE(std::isnan(histogram.mean()));
    EXPECT_TRUE(histogram.spans().empty());
}

}  // namespace
}  // namespace coop::results

#include "engine/results/summary.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace coop::results {
namespace {

TEST(Summary, AnswersByNearestRank) {
    Summary summary;
    for (const double value : {35.0, 20.0, 15.0, 50.0, 40.0}) summary.add(value);
    // The worked example of the nearest-rank method: ranks ceil(.05*5)=1, ceil(.3*5)=2, ceil(.4*5)=2,
    // ceil(.5*5)=3.
    EXPECT_EQ(summary.quantile(0.05), 15);
    EXPECT_EQ(summary.quantile(0.30), 20);
    EXPECT_EQ(summary.quantile(0.40), 20);
    EXPECT_EQ(summary.quantile(0.50), 35);
    EXPECT_EQ(summary.quantile(1.00), 50);
    EXPECT_EQ(summary.mean(), 32);
    summary.add(1);
    EXPECT_EQ(summary.least(), 1);
    EXPECT_EQ(summary.most(), 50);
}

TEST(Summary, HasNothingToSayWhenEmpty) {
    EXPECT_TRUE(std::isnan(Summary{}.quantile(0.5)));
    EXPECT_TRUE(std::isnan(Summary{}.mean()));
}

}  // namespace
}  // namespace coop::results

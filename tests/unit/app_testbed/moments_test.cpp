// When overlays are kept.
#include "engine/app/moments.hpp"

#include <gtest/gtest.h>

namespace coop::app {
namespace {

config::Scenario lasting(base::Duration duration, base::Duration sample_every) {
    config::Scenario scenario;
    scenario.duration = duration;
    scenario.results.sample_every = sample_every;
    return scenario;
}

std::vector<base::Duration> all(const Moments& moments) {
    std::vector<base::Duration> found;
    for (base::Instant at = moments.after(base::Instant::zero()); !at.is_never(); at = moments.after(at)) {
        EXPECT_TRUE(moments.contains(at));
        found.push_back(at - base::Instant::zero());
    }
    return found;
}

TEST(Moments, OfAMonthAreTheFirstSampleAndEveryThreeHours) {
    const auto month = all(Moments(lasting(base::days(30), base::minutes(30))));
    ASSERT_EQ(month.size(), 241U);
    EXPECT_EQ(month[0], base::minutes(30));
    for (std::size_t i = 1; i < month.size(); ++i) EXPECT_EQ(month[i], base::hours(3) * std::int64_t(i));
}

TEST(Moments, OfAShortRunAreItsSamplesAndTheEnd) {
    using base::seconds;
    EXPECT_EQ(all(Moments(lasting(seconds(23), seconds(5)))),
              (std::vector{seconds(5), seconds(10), seconds(15), seconds(20), seconds(23)}));
    EXPECT_EQ(all(Moments(lasting(seconds(3), seconds(5)))), std::vector{seconds(3)});
}

TEST(Moments, AreSamplesAlsoWhereNoRoundTimeIsOne) {
    const Moments odd(lasting(base::days(10), base::minutes(7)));  // every seventh sample, 49 min
    EXPECT_LE(all(odd).size(), 242U);
    for (const base::Duration at : all(odd)) {
        EXPECT_TRUE(at == base::days(10) || at % base::minutes(7) == base::Duration::zero());
    }
    EXPECT_FALSE(odd.contains(base::Instant::zero() + base::minutes(56)));
}

TEST(Moments, AreAFewHundredHoweverLongTheRun) {
    EXPECT_LE(all(Moments(lasting(base::days(30'000), base::minutes(1)))).size(), 242U);
    EXPECT_LE(all(Moments(lasting(base::hours(1), base::seconds(1)))).size(), 242U);
}

}  // namespace
}  // namespace coop::app

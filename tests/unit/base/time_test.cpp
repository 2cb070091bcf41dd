#include "engine/base/time.hpp"

#include <gtest/gtest.h>

namespace {

using namespace coop::base;  // a file about nothing else

TEST(Duration, CountsInNanoseconds) {
    EXPECT_EQ(days(1).ns(), 24LL * 60 * 60 * 1'000'000'000);
    EXPECT_EQ(microseconds(1) * 1'000, milliseconds(1));
    EXPECT_EQ(hours(1) - minutes(59), seconds(60));
    EXPECT_EQ(-seconds(1) + seconds(1), Duration::zero());
}

TEST(Duration, DividesToWholeTimesWithARest) {
    EXPECT_EQ(hours(25) / days(1), 1);
    EXPECT_EQ(hours(25) % days(1), hours(1));
    EXPECT_EQ(seconds(10) / 4, milliseconds(2'500));
}

TEST(Instant, IsMeasuredFromTheEpoch) {
    const Instant noon = Instant::zero() + hours(12);
    EXPECT_EQ(noon - Instant::zero(), hours(12));
    EXPECT_EQ((noon - hours(13)).ns(), -hours(1).ns());
    EXPECT_DOUBLE_EQ(noon.seconds(), 43'200);
}

TEST(Instant, NeverIsLaterThanEverythingAndStaysThere) {
    EXPECT_GT(Instant::never(), Instant::zero() + days(36'500));
    EXPECT_TRUE((Instant::never() + days(1)).is_never());
    EXPECT_TRUE((Instant::never() - days(1)).is_never());
    Instant deadline = Instant::never();
    deadline += seconds(1);
    EXPECT_TRUE(deadline.is_never());
}

TEST(TimeOfDay, ComesBackEveryDayOnBothSidesOfTheEpoch) {
    for (int day = -400; day <= 400; ++day) {
        const Instant midnight = Instant::zero() + days(day);
        ASSERT_EQ(time_of_day(midnight), Duration::zero());
        ASSERT_EQ(time_of_day(midnight + minutes(1'439)), minutes(1'439));
        ASSERT_EQ(time_of_day(midnight - nanoseconds(1)), days(1) - nanoseconds(1));
    }
}

}  // namespace

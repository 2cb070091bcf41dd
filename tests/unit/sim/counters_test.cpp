#include "engine/sim/counters.hpp"

#include <gtest/gtest.h>

#include "engine/sim/host.hpp"

namespace coop::sim {
namespace {

TEST(Energy, IsTheIdlePowerOverTimeAndTheRestByBusyCores) {
    Board board;
    board.cores = 4;
    board.idle_mw = 2700;
    board.busy_mw = 6400;
    Counters counters;
    counters.powered = base::hours(24);
    counters.core_time = base::hours(2);
    // 2.7 W for a day, and (6.4 - 2.7) / 4 W for each of two core-hours.
    EXPECT_NEAR(joules(board, counters), 2.7 * 86'400 + 0.925 * 7'200, 1e-6);
}

TEST(Hours, AddUpMinuteByMinute) {
    for (const policy::DailyHours hours : {policy::DailyHours{base::hours(22), base::hours(4)},
                                           {base::minutes(0), base::hours(3)},
                                           {base::minutes(617), base::minutes(181)},
                                           {base::hours(5), base::hours(24)}}) {
        base::Duration obvious{};
        const base::Instant from = base::Instant::zero() + base::minutes(333);
        for (int minute = 0; minute < 3 * 24 * 60; ++minute) {
            const base::Instant now = from + base::minutes(minute);
            ASSERT_EQ(awake_between(hours, from, now), obvious);
            if (hours.contains(now)) obvious += base::minutes(1);
        }
    }
}

}  // namespace
}  // namespace coop::sim

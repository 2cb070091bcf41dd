#include "models/cost/cost.hpp"

#include <gtest/gtest.h>

namespace coop::models {
namespace {

TEST(Cost, IsWhatTheMeterAndTheBillSay) {
    sim::Board board;
    board.cores = 4;
    board.idle_mw = 2700;
    board.busy_mw = 6400;
    sim::Counters counters;
    counters.powered = base::days(30);
    counters.awake = base::hours(90);
    counters.core_time = base::hours(8);
    counters.up.line = {54'000'000};
    counters.down.line = {108'000'000};
    counters.disk_used = base::mib(12);
    const MemberCost cost = cost_of(board, counters, {{1'000'000}, {2'000'000}, base::hours(1)});
    EXPECT_NEAR(cost.kwh_work, 0.925 * 8 / 1000, 1e-12);
    EXPECT_NEAR(cost.kwh_in_hours, 2.7 * 90 / 1000 + cost.kwh_work, 1e-12);
    EXPECT_NEAR(cost.kwh, 2.7 * 720 / 1000 + cost.kwh_work, 1e-12);
    EXPECT_NEAR(cost.eur, 0.2872 * cost.kwh, 1e-12);
    EXPECT_NEAR(cost.share_up, 54e6 / 3.6e9, 1e-12);
    EXPECT_NEAR(cost.share_down, 108e6 / 7.2e9, 1e-12);
    EXPECT_EQ(cost.disk, base::mib(12));
}

TEST(Cost, OfNothingIsNothing) {
    const MemberCost cost = cost_of(sim::Board{}, sim::Counters{}, {});
    EXPECT_EQ(cost.kwh, 0);
    EXPECT_EQ(cost.share_up, 0);
}

}  // namespace
}  // namespace coop::models

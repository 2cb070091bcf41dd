// A long run takes no more memory than a short one: what a node and its host remember is bounded, and what a
// burst needed is given back.
#include <gtest/gtest.h>
#include <malloc.h>

#include "bench/population.hpp"

namespace coop::bench {
namespace {

/// What the program has allocated, however much of it the operating system keeps resident.
std::size_t allocated() {
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

TEST(LongRun, TakesNoMoreMemoryOnItsThirtiethDayThanOnItsSecond) {
    constexpr std::uint32_t members = 100;
    sim::PlainPeople people = overlay(members);
    for (std::uint32_t i = 0; i < members; ++i)
        people.configs[i].owner.hours = {base::hours(i % 24), base::hours(6)};
    const std::size_t before = allocated();
    Population all(std::move(people), sim::PlainNetwork(base::milliseconds(20)));
    base::Rng rng(1, base::Purpose::test, 0);
    const auto live_until = [&](int day) {
        const base::Instant end = base::Instant::zero() + base::days(day);
        while (all.simulation.now() < end) {
            all.publish(static_cast<std::uint32_t>(rng.below(members)));
            all.run_for(base::minutes(3));
        }
        return static_cast<double>(allocated() - before);
    };
    const double second = live_until(2);
    const double thirtieth = live_until(30);
    EXPECT_GT(all.reports.delivered, 20u * 24 * 30 * members / 24);
    EXPECT_GT(second, members * 1000.0);
    EXPECT_LT(thirtieth, 1.1 * second) << second << " bytes on the second day, " << thirtieth;
}

}  // namespace
}  // namespace coop::bench

#include <bitset>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/policy/contribution.hpp"

namespace {

using coop::base::days;
using coop::base::Duration;
using coop::base::hours;
using coop::base::Instant;
using coop::base::minutes;
using coop::base::Purpose;
using coop::base::Rng;
using coop::policy::DailyHours;

constexpr int day = 24 * 60;  // in minutes

using Minutes = std::bitset<day>;

/// The obvious way: every minute of the day, marked by walking through the window.
Minutes awake_minutes(int start, int length) {
    Minutes awake;
    for (int minute = 0; minute < length && minute < day; ++minute) {
        awake[static_cast<std::size_t>((start + minute) % day)] = true;
    }
    return awake;
}

struct Window {
    int start;
    int length;

    DailyHours hours() const { return {minutes(start), minutes(length)}; }
    Minutes awake() const { return awake_minutes(start, length); }
};

/// Midnights, whole days and everything in between.
std::vector<Window> windows() {
    std::vector<Window> all;
    for (const int start : {0, 1, 60, 719, 720, 1380, 1439}) {
        for (const int length : {0, 1, 59, 180, 720, 721, 1439, 1440}) all.push_back({start, length});
    }
    Rng rng(1, Purpose::test, 0);
    for (int i = 0; i < 100; ++i) {
        const int start = static_cast<int>(rng.below(day));
        const int length = static_cast<int>(rng.below(day + 1));
        all.push_back({start, length});
    }
    return all;
}

TEST(DailyHours, ContainTheMinutesThatTheyCountThroughOnAnyDay) {
    for (const Window& window : windows()) {
        const auto awake = window.awake();
        for (const int date : {-2, 0, 400}) {
            for (int minute = 0; minute < day; ++minute) {
                const Instant now = Instant::zero() + days(date) + minutes(minute);
                ASSERT_EQ(window.hours().contains(now), awake[static_cast<std::size_t>(minute)])
                    << window.start << "+" << window.length << " at " << minute;
            }
        }
    }
}

TEST(DailyHours, OverlapForTheMinutesThatBothCount) {
    const auto all = windows();
    std::vector<Minutes> awake;
    for (const Window& window : all) awake.push_back(window.awake());
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t k = 0; k < all.size(); ++k) {
            const Window& a = all[i];
            const Window& b = all[k];
            const auto both = static_cast<std::int64_t>((awake[i] & awake[k]).count());
            ASSERT_EQ(a.hours().overlap(b.hours()), minutes(both))
                << a.start << "+" << a.length << " with " << b.start << "+" << b.length;
        }
    }
}

TEST(DailyHours, OpenAndCloseWhereTheMinutesChange) {
    for (const Window& window : windows()) {
        if (window.length == 0 || window.length >= day) continue;
        const DailyHours hours = window.hours();
        for (int minute = 0; minute < day; minute += 7) {
            const Instant now = Instant::zero() + days(3) + minutes(minute);
            const Instant opening = hours.next_start(now);
            ASSERT_TRUE(hours.contains(opening));
            ASSERT_LT(opening - now, days(1));
            if (!hours.contains(now)) {
                ASSERT_FALSE(hours.contains(opening - minutes(1)));
                continue;
            }
            ASSERT_EQ(opening, now);
            const Instant closing = hours.next_end(now);
            ASSERT_LE(closing - now, hours.length);
            ASSERT_FALSE(hours.contains(closing));
            ASSERT_TRUE(hours.contains(closing - minutes(1)));
        }
    }
}

TEST(DailyHours, OfAWholeDayNeverClose) {
    const DailyHours always{hours(5), days(1)};
    EXPECT_TRUE(always.always());
    EXPECT_TRUE(always.next_end(Instant::zero()).is_never());
    EXPECT_EQ(always.next_start(Instant::zero() + hours(2)), Instant::zero() + hours(2));
}

}  // namespace

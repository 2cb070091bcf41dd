// Contribution: what an owner gives to the pool, and the daily hours in which it is given.
#pragma once

#include <compare>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"

namespace coop::policy {

/// A window that comes back every day. `length` of 24 h or more means always awake.
struct DailyHours {
    base::Duration start;                     ///< since midnight, in [0, 24 h)
    base::Duration length = base::hours(24);  ///< in [0, 24 h]

    constexpr auto operator<=>(const DailyHours&) const = default;
    constexpr bool always() const { return length >= base::days(1); }

    constexpr bool contains(base::Instant now) const { return always() || since_start(now) < length; }
    /// The next opening: `now` itself when awake.
    constexpr base::Instant next_start(base::Instant now) const {
        return contains(now) ? now : now + (base::days(1) - since_start(now));
    }
    /// The next closing; never for an always-awake board. Only meaningful while awake.
    constexpr base::Instant next_end(base::Instant now) const {
        return always() ? base::Instant::never() : now + (length - since_start(now));
    }
    /// How much of a day both are awake.
    constexpr base::Duration overlap(DailyHours other) const {
        if (always()) return other.length < base::days(1) ? other.length : base::days(1);
        if (other.always()) return length;
        return part_inside(start, length, other.start, other.length) +
               part_inside(start + base::days(1), length, other.start, other.length) +
               part_inside(start, length, other.start + base::days(1), other.length);
    }

  private:
    constexpr base::Duration since_start(base::Instant now) const {
        const base::Duration since = base::time_of_day(now) - start;
        return since < base::Duration::zero() ? since + base::days(1) : since;
    }
    static constexpr base::Duration part_inside(base::Duration a, base::Duration a_length, base::Duration b,
                                                base::Duration b_length) {
        const base::Duration from = a > b ? a : b;
        const base::Duration to = a + a_length < b + b_length ? a + a_length : b + b_length;
        return to > from ? to - from : base::Duration::zero();
    }
};

static_assert(DailyHours{base::hours(23), base::hours(3)}.contains(base::Instant::zero() + base::hours(25)));
static_assert(!DailyHours{base::hours(23), base::hours(3)}.contains(base::Instant::zero() + base::hours(2)));
static_assert(DailyHours{base::hours(23), base::hours(3)}.overlap({base::hours(1), base::hours(3)}) ==
              base::hours(1));
static_assert(DailyHours{base::hours(3), base::hours(3)}.overlap({base::hours(9), base::hours(3)}) ==
              base::hours(0));

/// What one owner offers: the line as it is, the part of it that is shared, when, and how much disk.
struct Contribution {
    base::ByteRate line_up;
    base::ByteRate line_down;
    base::Share share = base::percent(3);
    DailyHours hours;
    base::Bytes disk;
};

}  // namespace coop::policy

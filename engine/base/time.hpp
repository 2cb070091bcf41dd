// Instant and Duration: integer nanoseconds, the only clock-free way to speak of time.
//
// Law: an Instant is measured from the host's epoch (simulated midnight of day 0, or 1970-01-01 UTC on a
// board), so that `time_of_day` means the same in both worlds. Nothing here reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace coop::base {

/// A span of time in nanoseconds; may be negative.
class Duration {
  public:
    constexpr Duration() = default;
    static constexpr Duration of_ns(std::int64_t ns) { return Duration(ns); }
    static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max()); }
    static constexpr Duration zero() { return Duration(0); }

    constexpr std::int64_t ns() const { return ns_; }
    /// For results and messages only; never for what decides an order.
    constexpr double seconds() const { return static_cast<double>(ns_) / 1e9; }

    constexpr auto operator<=>(const Duration&) const = default;
    constexpr Duration operator+(Duration other) const { return Duration(ns_ + other.ns_); }
    constexpr Duration operator-(Duration other) const { return Duration(ns_ - other.ns_); }
    constexpr Duration operator-() const { return Duration(-ns_); }
    constexpr Duration operator*(std::int64_t factor) const { return Duration(ns_ * factor); }
    constexpr Duration operator/(std::int64_t divisor) const { return Duration(ns_ / divisor); }
    constexpr std::int64_t operator/(Duration other) const { return ns_ / other.ns_; }
    constexpr Duration operator%(Duration other) const { return Duration(ns_ % other.ns_); }
    constexpr Duration& operator+=(Duration other) { return *this = *this + other; }
    constexpr Duration& operator-=(Duration other) { return *this = *this - other; }

  private:
    explicit constexpr Duration(std::int64_t ns) : ns_(ns) {}
    std::int64_t ns_ = 0;
};

constexpr Duration nanoseconds(std::int64_t n) { return Duration::of_ns(n); }
constexpr Duration microseconds(std::int64_t n) { return Duration::of_ns(n * 1'000); }
constexpr Duration milliseconds(std::int64_t n) { return Duration::of_ns(n * 1'000'000); }
constexpr Duration seconds(std::int64_t n) { return Duration::of_ns(n * 1'000'000'000); }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
constexpr Duration days(std::int64_t n) { return hours(n * 24); }

/// A moment, in nanoseconds since the host's epoch.
class Instant {
  public:
    constexpr Instant() = default;
    static constexpr Instant of_ns(std::int64_t ns) { return Instant(ns); }
    /// Later than every moment that happens: "no deadline".
    static constexpr Instant never() { return Instant(std::numeric_limits<std::int64_t>::max()); }
    static constexpr Instant zero() { return Instant(0); }

    constexpr std::int64_t ns() const { return ns_; }
    constexpr double seconds() const { return static_cast<double>(ns_) / 1e9; }
    constexpr bool is_never() const { return *this == never(); }

    constexpr auto operator<=>(const Instant&) const = default;
    constexpr Duration operator-(Instant earlier) const { return Duration::of_ns(ns_ - earlier.ns_); }
    /// Adding to `never` stays `never`.
    constexpr Instant operator+(Duration d) const { return is_never() ? *this : Instant(ns_ + d.ns()); }
    constexpr Instant operator-(Duration d) const { return is_never() ? *this : Instant(ns_ - d.ns()); }
    constexpr Instant& operator+=(Duration d) { return *this = *this + d; }

  private:
    explicit constexpr Instant(std::int64_t ns) : ns_(ns) {}
    std::int64_t ns_ = 0;
};

/// Time since the last midnight of the epoch's clock, in [0, 24 h), also for moments before the epoch.
constexpr Duration time_of_day(Instant now) {
    const Duration rest = Duration::of_ns(now.ns()) % days(1);
    return rest < Duration::zero() ? rest + days(1) : rest;
}

static_assert(time_of_day(Instant::of_ns(0) + hours(25)) == hours(1));
static_assert(time_of_day(Instant::of_ns(0) - hours(1)) == hours(23));
static_assert((Instant::never() + seconds(1)).is_never());

}  // namespace coop::base

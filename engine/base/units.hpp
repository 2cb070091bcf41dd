// Bytes and ByteRate: amounts of data and how fast they go.
//
// Law: integer arithmetic that never gains: a time for bytes rounds up, bytes for a time round down.
#pragma once

#include <compare>
#include <cstdint>

#include "engine/base/time.hpp"

namespace coop::base {

__extension__ using Wide = __int128;  // products of bytes and nanoseconds leave 64 bits

/// An amount of data in bytes; may be negative (a debt in a token bucket).
struct Bytes {
    std::int64_t count = 0;

    constexpr auto operator<=>(const Bytes&) const = default;
    constexpr Bytes operator+(Bytes other) const { return {count + other.count}; }
    constexpr Bytes operator-(Bytes other) const { return {count - other.count}; }
    constexpr Bytes operator*(std::int64_t factor) const { return {count * factor}; }
    constexpr Bytes& operator+=(Bytes other) { return *this = *this + other; }
    constexpr Bytes& operator-=(Bytes other) { return *this = *this - other; }
};

constexpr Bytes kib(std::int64_t n) { return {n * 1024}; }
constexpr Bytes mib(std::int64_t n) { return {n * 1024 * 1024}; }
constexpr Bytes gigabytes(std::int64_t n) { return {n * 1'000'000'000}; }

/// Bytes per second. Zero means that nothing ever passes.
struct ByteRate {
    std::int64_t per_second = 0;

    constexpr auto operator<=>(const ByteRate&) const = default;
};

constexpr ByteRate bits_per_second(std::int64_t bits) { return {bits / 8}; }

/// How long a link of this rate needs for this much. Rounds up: a link never gains time.
/// A rate of zero takes for ever.
constexpr Duration operator/(Bytes size, ByteRate rate) {
    if (rate.per_second <= 0) return Duration::max();
    const Wide ns = (Wide{size.count} * 1'000'000'000 + rate.per_second - 1) / rate.per_second;
    return ns > Wide{Duration::max().ns()} ? Duration::max() : Duration::of_ns(static_cast<std::int64_t>(ns));
}

/// How much passes in this time. Rounds down: a link never gains bytes.
constexpr Bytes operator*(ByteRate rate, Duration time) {
    return {static_cast<std::int64_t>(Wide{rate.per_second} * time.ns() / 1'000'000'000)};
}

static_assert(Bytes{1500} / ByteRate{1'500'000} == milliseconds(1));
static_assert(Bytes{1} / ByteRate{3} == nanoseconds(333'333'334));
static_assert(ByteRate{3} * nanoseconds(333'333'333) == Bytes{0});

/// A share in parts per million: 3 % is 30 000. Integers, because shares bound what may be sent.
struct Share {
    std::int64_t ppm = 0;

    constexpr auto operator<=>(const Share&) const = default;
};

constexpr Share percent(std::int64_t n) { return {n * 10'000}; }
constexpr ByteRate operator*(ByteRate rate, Share share) {
    return {static_cast<std::int64_t>(Wide{rate.per_second} * share.ppm / 1'000'000)};
}
static_assert(ByteRate{1'000'000} * percent(3) == ByteRate{30'000});

}  // namespace coop::base

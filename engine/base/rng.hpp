// Rng: the one generator, small enough for a million nodes, and the streams that key it.
//
// Law: integers only, so the same draws come on every compiler and processor. Every stream is keyed by
// (seed, purpose, index); two nodes never share one. Name every draw: f(rng.next(), rng.next()) is a bug,
// because compilers evaluate arguments in different orders.
#pragma once

#include <cstdint>

#include "engine/base/time.hpp"

namespace coop::base {

/// Spreads every input bit over all output bits (the finaliser of SplitMix64, Steele et al., OOPSLA 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}
/// Order matters: combine(a, b) != combine(b, a).
constexpr std::uint64_t combine(std::uint64_t a, std::uint64_t b) {
    return mix(mix(a + 0x9e3779b97f4a7c15ULL) + b + 0x9e3779b97f4a7c15ULL);
}

/// What a stream of draws is for. Append only: the numbers are part of every fingerprint.
enum class Purpose : std::uint32_t {
    node = 1,
    board,
    line,
    window,
    workload,
    fault,
    network,
    contacts,
    keys,
    test,
    power,
    storage,
};

/// xoroshiro128++ (Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2021): 16 bytes.
class Rng {
  public:
    constexpr Rng(std::uint64_t seed, Purpose purpose, std::uint64_t index)
        : a_(combine(combine(seed, static_cast<std::uint64_t>(purpose)), index)),
          b_(mix(a_ + index + 1) | 1) {}

    /// 64 uniform bits.
    constexpr std::uint64_t next() {
        const std::uint64_t a = a_;
        std::uint64_t b = b_;
        const std::uint64_t result = rotate(a + b, 17) + a;
        b ^= a;
        a_ = rotate(a, 49) ^ b ^ (b << 21);
        b_ = rotate(b, 28);
        return result;
    }

    /// Uniform in [0, bound); bound must be positive. Exact: rejection, not a modulus.
    std::uint64_t below(std::uint64_t bound);

    /// Uniform in [least, most], both included.
    Duration between(Duration least, Duration most);

    /// True once in `ppm` of a million draws.
    bool chance_ppm(std::int64_t ppm) { return below(1'000'000) < static_cast<std::uint64_t>(ppm); }

    /// Uniform in the open interval (0, 1), in steps of 2^-52; the half step is exact: never 0, never 1.
    double unit() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

  private:
    static constexpr std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

    std::uint64_t a_;
    std::uint64_t b_;
};

static_assert(sizeof(Rng) == 16);

/// Exponentially distributed with this mean; bit-equal everywhere (own logarithm).
Duration exponential(Rng& rng, Duration mean);
/// Weibull by inversion: scale * (-ln u)^(1/shape). Shape > 0.
Duration weibull(Rng& rng, double shape, Duration scale);

}  // namespace coop::base

// Bucket: a token bucket in one word. Bytes in any interval t are at most depth + rate * t.
//
//     tokens(now) = depth - rate * (full_at - now)        while now < full_at, else depth
//
// Law: the state is the moment at which the bucket will be full again; taking moves it later, rounding up, so
// that no rounding ever gains a byte. (The virtual-scheduling form of ITU-T I.371's GCRA.)
#pragma once

#include "engine/base/units.hpp"

namespace coop::protocol::quota {

class Bucket {
  public:
    /// Long before any epoch.
    static constexpr base::Instant always_full = base::Instant::of_ns(-(std::int64_t{1} << 62));

    constexpr Bucket() = default;
    constexpr Bucket(base::ByteRate rate, base::Bytes depth, base::Instant full_at = always_full)
        : rate_(rate), depth_(depth), full_at_(full_at) {}

    /// What may be taken now; negative while in debt. Never more than the depth.
    constexpr base::Bytes tokens(base::Instant now) const {
        if (nothing_passes()) return {0};
        return now >= full_at_ ? depth_ : depth_ - refill(full_at_ - now);
    }
    /// Takes without asking: traffic that has happened. May leave a debt.
    constexpr void take(base::Bytes size, base::Instant now) {
        if (nothing_passes()) return;
        const base::Instant from = full_at_ > now ? full_at_ : now;
        full_at_ = from + size / rate_;
    }
    /// The first moment, not before `now`, at which `size` tokens are there. Never, if `size` exceeds the
    /// depth.
    constexpr base::Instant when(base::Bytes size, base::Instant now) const {
        if (size > depth_ || (nothing_passes() && size.count > 0)) return base::Instant::never();
        const base::Duration early = spare(depth_ - size);
        const base::Instant at = full_at_ - early;
        return at > now ? at : now;
    }
    /// Empty at `now`, whatever it held: for a board that has forgotten what it took before it restarted.
    constexpr void drain(base::Instant now) {
        if (!nothing_passes()) full_at_ = now + depth_ / rate_;
    }
    constexpr base::ByteRate rate() const { return rate_; }
    constexpr base::Bytes depth() const { return depth_; }
    /// All of the state: with rate and depth it makes the bucket again.
    constexpr base::Instant full_at() const { return full_at_; }

  private:
    constexpr bool nothing_passes() const { return rate_.per_second <= 0; }
    /// Bytes that flow in during `time`, rounded up: what is still missing is never understated.
    constexpr base::Bytes refill(base::Duration time) const {
        const base::Wide bytes = base::Wide{rate_.per_second} * time.ns() + 999'999'999;
        return {static_cast<std::int64_t>(bytes / 1'000'000'000)};
    }
    /// How long before it is full the bucket already holds all but `missing`; rounded down.
    constexpr base::Duration spare(base::Bytes missing) const {
        if (nothing_passes()) return base::Duration::zero();
        return base::Duration::of_ns(
            static_cast<std::int64_t>(base::Wide{missing.count} * 1'000'000'000 / rate_.per_second));
    }

    base::ByteRate rate_;
    base::Bytes depth_;
    base::Instant full_at_ = always_full;
};

namespace claims {
constexpr Bucket after_taking(base::Bytes size) {
    Bucket bucket(base::ByteRate{1000}, base::Bytes{500});
    bucket.take(size, base::Instant::zero());
    return bucket;
}
static_assert(after_taking({500}).tokens(base::Instant::zero()) == base::Bytes{0});
static_assert(after_taking({500}).tokens(base::Instant::zero() + base::milliseconds(100)) ==
              base::Bytes{100});
static_assert(after_taking({500}).when({200}, base::Instant::zero()) ==
              base::Instant::zero() + base::milliseconds(200));
static_assert(after_taking({0}).when({501}, base::Instant::zero()).is_never());
constexpr Bucket drained() {
    Bucket bucket(base::ByteRate{1000}, base::Bytes{500});
    bucket.drain(base::Instant::zero());
    return bucket;
}
static_assert(drained().tokens(base::Instant::zero()) == base::Bytes{0});
static_assert(after_taking({900}).tokens(base::Instant::zero()) == base::Bytes{-400});
}  // namespace claims

}  // namespace coop::protocol::quota

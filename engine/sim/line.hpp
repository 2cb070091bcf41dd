// Line: bytes take their turn, loss costs time, and messages between two boards keep their order.
//
//     sender ─[uplink, one at a time]─ delay + jitter + resending ─[downlink, one at a time]─ receiver
//
// Law: whole messages, first come first served; nothing is ever faster than its size divided by the rate.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/base/rng.hpp"
#include "engine/base/slim_vector.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

/// Rounds up; an instant line takes no time.
constexpr base::Duration time_on_line(base::Bytes size, base::ByteRate rate) {
    return rate == instant_rate ? base::Duration::zero() : size / rate;
}
constexpr base::ByteRate narrower(base::ByteRate a, base::ByteRate b) { return a < b ? a : b; }

/// One server, first come first served: a direction of a line, or a disk.
class Turnstile {
  public:
    /// When this will be through, if it comes now (or at `ready`, which never goes back) and takes this long.
    base::Instant pass(base::Instant ready, base::Duration time) {
        const base::Instant start = std::max(ready, free_at_);
        return free_at_ = time == base::Duration::max() ? base::Instant::never() : start + time;
    }
    base::Instant free_at() const { return free_at_; }
    void reset(base::Instant now) { free_at_ = now; }

  private:
    base::Instant free_at_ = base::Instant::zero();
};

struct Resending {
    base::Duration delay;
    base::Bytes bytes;
};

/// What loss does to one message under TCP: with three segments behind the lost one it is sent again a round
/// trip later (fast retransmit, RFC 5681 §3.2), else after the timeout, which doubles (RFC 6298 §5.5).
/// Segments lost in the same flight recover together (SACK), so the longest wait counts.
inline Resending resending(base::Rng& rng, base::Bytes line, std::int64_t loss_ppm, base::Duration rtt) {
    constexpr auto timeout_min = base::milliseconds(200);  // Linux, TCP_RTO_MIN (include/net/tcp.h)
    constexpr int tries_max = 15;                          // Linux, tcp_retries2
    Resending sum{};
    if (loss_ppm <= 0) return sum;
    const std::int64_t full = (protocol::segment_payload + protocol::segment_header).count;
    for (std::int64_t left = line.count; left > 0; left -= full) {
        base::Duration timeout = std::max(timeout_min, rtt * 2);
        base::Duration delay;
        for (int tries = 0; tries < tries_max && rng.chance_ppm(loss_ppm); ++tries) {
            sum.bytes += base::Bytes{std::min(left, full)};
            if (tries == 0 && left > 3 * full) {
                delay += rtt;
            } else {
                delay += timeout;
                timeout = timeout * 2;
            }
        }
        sum.delay = std::max(sum.delay, delay);
    }
    return sum;
}

/// The latest arrival at each receiver of one sender, as far as it still matters.
class PairOrder {
  public:
    /// The moment at which a message may arrive at `to`: not before the one before it.
    base::Instant not_before(PeerId to, base::Instant arrival, base::Instant now) {
        Pair* past = nullptr;  // matters no more
        for (Pair& pair : pairs_) {
            if (pair.to == to) return pair.last = std::max(pair.last, arrival);
            if (pair.last <= now) past = &pair;
        }
        (past != nullptr ? *past : pairs_.emplace_back()) = {to, arrival};
        return arrival;
    }

    void fetch() const { pairs_.fetch(); }

  private:
    struct Pair {
        PeerId to;
        base::Instant last;
    };
    base::SlimVector<Pair> pairs_;  // as many as were on their way together
};

}  // namespace coop::sim

// Pace: how fast one link's messages are taken, as a debt in time.
//
//     a message costs   its bytes, at the owner's share of the line
//                       its turn, of the messages that a board takes in a second
//     free_at           both are paid: the link is read on. Until then the peer's own line holds the rest
//
// Law: a link that brings more than its part waits, and nothing that it said is lost. Links that wait share
// what one may bring, so many that flood together cost the board no more than one does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/units.hpp"

namespace coop::runtime {

struct PaceLimits {
    std::int64_t messages_per_s = 500;  // 63 % of a Pi Zero 2 W's core, at 1.26 ms a signature (hw-profiles).
                                        // Guess. Study: handful.toml
    std::int64_t messages_burst = 1024;  // four whole answers to a SyncAsk (SyncConfig::replies_max)
    base::Duration pause_max =
        base::seconds(10);  // far from the 45 s of silence that end a link (MembershipConfig)
};

/// What all links of one board go by.
struct PaceRates {
    PaceLimits limits;
    base::ByteRate share;  ///< of the owner's downlink
    base::Bytes burst;     ///< passes at once after a pause
};

class Pace {
  public:
    Pace() = default;
    /// It begins with nothing in hand, or whoever hangs up and dials again would gain more by it than the one
    /// message that a link may always overdraw.
    explicit Pace(base::Instant now) : bytes_paid_(now), turns_paid_(now) {}

    struct Taken {
        base::Bytes line;
        bool answers = false;     ///< brings what the node asked for, at the pace of the share
        std::size_t waiting = 0;  ///< other links that wait now
    };
    void took(const Taken& taken, const PaceRates& rates, base::Instant now);
    base::Instant free_at() const { return bytes_paid_ > turns_paid_ ? bytes_paid_ : turns_paid_; }

  private:
    // In the past, by as much as is in hand.
    base::Instant bytes_paid_;
    base::Instant turns_paid_;
};

}  // namespace coop::runtime

#include "engine/runtime/pace.hpp"

#include <algorithm>

namespace coop::runtime {

using base::Duration;
using base::Instant;

namespace {

// What comes unasked weighs so much more, so that half of the share stays for what the node asks for.
// Guess. Study: scenarios/handful.toml on a testbed
constexpr std::int64_t unasked_weight = 2;

struct Account {
    Duration in_hand_max;
    Duration pause_max;
};

Instant charged(Instant paid, Duration cost, const Account& account, Instant now) {
    const Duration bearable = std::min(cost, account.in_hand_max + account.pause_max);
    return std::min(std::max(paid, now - account.in_hand_max) + bearable, now + account.pause_max);
}

/// Not longer than a day, so that a share of nothing is no special case.
Duration time_for(base::Bytes size, base::ByteRate share) { return std::min(size / share, base::days(1)); }

}  // namespace

void Pace::took(const Taken& taken, const PaceRates& rates, Instant now) {
    const std::int64_t sharing = taken.answers ? 1 : static_cast<std::int64_t>(taken.waiting) + 1;
    const Duration pause_max = rates.limits.pause_max;
    const base::Bytes weight = taken.line * (taken.answers ? 1 : unasked_weight);
    bytes_paid_ = charged(bytes_paid_, time_for(weight, rates.share) * sharing,
                          {time_for(rates.burst, rates.share), pause_max}, now);
    const Duration turn = base::seconds(1) / rates.limits.messages_per_s;
    turns_paid_ = charged(turns_paid_, turn * sharing, {turn * rates.limits.messages_burst, pause_max}, now);
}

}  // namespace coop::runtime

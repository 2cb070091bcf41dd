#include "engine/protocol/quota/meter.hpp"

namespace coop::protocol::quota {
namespace {

/// Of the uplink's share, for refusals: one a second on 3 % of a slow ADSL line.
/// Guess. Study: scenarios/studies/chunk_size.toml
constexpr std::int64_t refusals_part = 16;

}  // namespace

Meter::Meter(const policy::Quota& policy, const policy::Contribution& owner)
    : policy_(&policy), hours_(owner.hours), limits_(policy.limits(owner)) {}

void Meter::start(base::Instant now) {
    Bucket sending = up(), fetching = down();
    sending.drain(now);
    fetching.drain(now);
    up_full_at_ = sending.full_at();
    down_full_at_ = fetching.full_at();
}

Bucket Meter::refusals() const {
    return {
        {limits_.up.per_second / refusals_part}, {limits_.burst.count / refusals_part}, refusals_full_at_};
}

// Bulk leaves an eighth of the bucket to the keep-alives and the news that come a moment later.
// Guess. Study: scenarios/studies/chunk_size.toml
base::Bytes Meter::reserve_for_others(Urgency urgency) const {
    return urgency == Urgency::bulk ? base::Bytes{limits_.burst.count / 8} : base::Bytes{0};
}

policy::Verdict Meter::may_send(base::Bytes line, Urgency urgency, base::Instant now) const {
    return policy_->decide({.act = policy::Act::send,
                            .size = line,
                            .within_hours = within_hours(now),
                            .tokens = up().tokens(now) - reserve_for_others(urgency),
                            .disk_used = disk_used_,
                            .disk_limit = limits_.disk});
}

base::Instant Meter::when_sendable(base::Bytes line, Urgency urgency, base::Instant now) const {
    return up().when(line + reserve_for_others(urgency), now);
}

bool Meter::grant_refusal(base::Bytes line, base::Instant now) {
    if (refusals().tokens(now) < line) return false;
    take(refusals_full_at_, refusals(), line, now);
    return true;
}

policy::Verdict Meter::may_fetch(base::Bytes line, base::Instant now) const {
    return policy_->decide({.act = policy::Act::fetch,
                            .size = line,
                            .within_hours = within_hours(now),
                            .tokens = down().tokens(now),
                            .disk_used = disk_used_,
                            .disk_limit = limits_.disk});
}

policy::Verdict Meter::may_store(base::Bytes size, bool within_hours) const {
    return policy_->decide({.act = policy::Act::store,
                            .size = size,
                            .within_hours = within_hours,
                            .tokens = {},
                            .disk_used = disk_used_,
                            .disk_limit = limits_.disk});
}

}  // namespace coop::protocol::quota

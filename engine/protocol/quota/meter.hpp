// Meter: counts what the pool uses of this board, and asks the quota policy before more is used.
//
// Law: nothing leaves, is asked for or is stored that the policy did not grant. What arrives unasked is
// debited too, and paid off before the next request.
#pragma once

#include "engine/policy/quota.hpp"
#include "engine/protocol/message.hpp"
#include "engine/protocol/quota/bucket.hpp"

namespace coop::protocol::quota {

class Meter {
  public:
    Meter(const policy::Quota& policy, const policy::Contribution& owner);

    /// A board that starts does not know what it used a moment ago: it begins with nothing in hand, so that
    /// many restarts take no more of the line than none.
    void start(base::Instant now);

    bool within_hours(base::Instant now) const { return hours_.contains(now); }
    const policy::DailyHours& hours() const { return hours_; }

    /// Whether a message of this many bytes on the line may leave now.
    policy::Verdict may_send(base::Bytes line, Urgency urgency, base::Instant now) const;
    void sent(base::Bytes line, base::Instant now) { take(up_full_at_, up(), line, now); }
    /// When `may_send` will next say yes, if nothing else is sent.
    base::Instant when_sendable(base::Bytes line, Urgency urgency, base::Instant now) const;
    /// Whether a "no" is said aloud. Refusals have a sixteenth of the share: whoever asks without end gets
    /// silence, and the line is left to those who get an answer.
    bool grant_refusal(base::Bytes line, base::Instant now);
    /// How long the uplink's share needs for this much.
    base::Duration time_to_send(base::Bytes line) const { return line / limits_.up; }

    /// Whether an answer of this size may be asked for now; `asked` debits it in advance.
    policy::Verdict may_fetch(base::Bytes line, base::Instant now) const;
    void asked(base::Bytes line, base::Instant now) { take(down_full_at_, down(), line, now); }
    base::Instant when_fetchable(base::Bytes line, base::Instant now) const { return down().when(line, now); }
    void received_unasked(base::Bytes line, base::Instant now) { asked(line, now); }

    /// `within_hours` is true for the owner's own objects, which are welcome at any time.
    policy::Verdict may_store(base::Bytes size, bool within_hours) const;
    void stored(base::Bytes size) { disk_used_ += size; }
    void freed(base::Bytes size) { disk_used_ -= size; }
    base::Bytes disk_used() const { return disk_used_; }
    base::Bytes disk_limit() const { return limits_.disk; }

  private:
    base::Bytes reserve_for_others(Urgency urgency) const;
    Bucket up() const { return {limits_.up, limits_.burst, up_full_at_}; }
    Bucket down() const { return {limits_.down, limits_.burst, down_full_at_}; }
    Bucket refusals() const;
    static void take(base::Instant& full_at, Bucket bucket, base::Bytes line, base::Instant now) {
        bucket.take(line, now);
        full_at = bucket.full_at();
    }

    const policy::Quota* policy_;
    policy::DailyHours hours_;
    policy::Limits limits_;  // the rates and depths of three buckets, of which only the filling is kept:
    base::Instant up_full_at_ = Bucket::always_full;
    base::Instant down_full_at_ = Bucket::always_full;
    base::Instant refusals_full_at_ = Bucket::always_full;
    base::Bytes disk_used_;
};

}  // namespace coop::protocol::quota

#include "engine/sim/quota_checker.hpp"

#include "engine/protocol/message_size.hpp"

namespace coop::sim {
namespace {

constexpr std::int64_t per_byte =
    1'000'000'000;  // a level counts bytes * 10^9, so that rates need no rounding

/// Whether the policy keeps a node silent outside its hours: asked of the policy itself.
bool binds_hours(const policy::Quota& quota) {
    const policy::QuotaView view{.act = policy::Act::send,
                                 .size = {1},
                                 .within_hours = false,
                                 .tokens = base::mib(1),
                                 .disk_used = {},
                                 .disk_limit = base::gigabytes(1)};
    return quota.decide(view) == policy::Verdict::outside_hours;
}

bool says_farewell(const protocol::Message& message) {
    return std::holds_alternative<protocol::Disconnect>(message);
}

}  // namespace

base::Bytes RateLaw::excess_after(base::Bytes size, base::Instant now) {
    level_ -= base::Wide{rate_} * (now - seen_).ns();
    seen_ = now;
    if (level_ < 0) level_ = 0;
    level_ += base::Wide{size.count} * per_byte;
    const base::Wide above = level_ - base::Wide{burst_} * per_byte;
    if (above <= 0) return {0};
    return {static_cast<std::int64_t>((above + per_byte - 1) / per_byte)};
}

QuotaChecker::QuotaChecker(const protocol::Policies& policies)
    : quota_(policies.quota), hours_bind_(binds_hours(*policies.quota)) {}

void QuotaChecker::add_member(const policy::Contribution& owner) {
    const policy::Limits limits = quota_->limits(owner);
    members_.push_back(
        {RateLaw(limits.up, limits.burst), RateLaw(limits.down, limits.burst), owner.hours, limits.disk});
}

void QuotaChecker::on_put(const protocol::Manifest& manifest) { objects_[manifest.object] = manifest.size; }

Violations QuotaChecker::on_send(base::Instant now, PeerId from, const protocol::Message& message,
                                 base::Bytes line) {
    Violations found;
    Member& member = members_[from.index];
    const base::Bytes above = member.up.excess_after(line, now);
    if (above.count > 0) found.push_back({now, from, Broken::quota_up, above, member.up.burst()});
    if (const base::Bytes answer = answer_size(message); answer.count > 0) {
        const base::Bytes asked_above = member.down.excess_after(answer, now);
        if (asked_above.count > 0)
            found.push_back({now, from, Broken::quota_down, asked_above, member.down.burst()});
    }
    if (hours_bind_ && !within_hours(now, from, message))
        found.push_back({now, from, Broken::outside_hours, line, {0}});
    return found;
}

bool QuotaChecker::within_hours(base::Instant now, PeerId from, const protocol::Message& message) const {
    const policy::DailyHours& hours = members_[from.index].hours;
    return hours.contains(now) || (says_farewell(message) && hours.contains(now - farewell_grace));
}

base::Bytes QuotaChecker::answer_size(const protocol::Message& request) const {
    const auto* const fetch = std::get_if<protocol::FetchChunk>(&request);
    if (fetch == nullptr) return {0};
    const base::Bytes* const size = objects_.find(fetch->object);
    if (size == nullptr) return {0};
    protocol::Manifest manifest;
    manifest.size = *size;
    protocol::ChunkReply answer;
    answer.chunk.size = manifest.chunk_size(fetch->index);
    return protocol::line_size(protocol::Message{answer});
}

Violations QuotaChecker::on_disk(base::Instant now, PeerId node, base::Bytes used) const {
    Violations found;
    const base::Bytes limit = members_[node.index].disk;
    if (used > limit) found.push_back({now, node, Broken::over_disk, used - limit, limit});
    return found;
}

}  // namespace coop::sim

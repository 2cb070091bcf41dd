#include "models/people/members.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/rng.hpp"

namespace coop::models {

policy::DailyHours drawn_hours(std::uint64_t seed, std::uint32_t member, base::Duration length) {
    base::Rng rng(seed, base::Purpose::window, member);
    const std::uint64_t minute = rng.below(24 * 60);
    return {base::minutes(static_cast<std::int64_t>(minute)), length};
}

Members::Members(const MembersParams& params) : common_(params.common) {
    const auto count = static_cast<std::uint32_t>(params.owners.size());
    own_.reserve(count);
    joins_.reserve(count);
    COOP_ASSERT(params.joins.empty() || params.joins.size() == count);
    for (std::uint32_t i = 0; i < count; ++i) {
        own_.push_back({params.owners[i], {}});
        base::Rng rng(params.seed, base::Purpose::power, i);
        const base::Duration after = rng.between(base::Duration::zero(), params.join_within);
        joins_.push_back(params.joins.empty() ? base::Instant::zero() + after : params.joins[i]);
    }
    for (std::uint32_t i = 0; i < count; ++i) introduce(params, i);
}

// A newcomer is brought in by people whom it meets: contacts are drawn among those whose hours overlap its
// own by as much as the protocol calls meeting. Anybody else fills the list when there are too few of them.
void Members::introduce(const MembersParams& params, std::uint32_t member) {
    base::Rng rng(params.seed, base::Purpose::contacts, member);
    protocol::Own& own = own_[member];
    const std::uint64_t others = own_.size() - 1;
    const std::uint64_t wanted = params.contacts_each < others ? params.contacts_each : others;
    const std::uint64_t tries_max =
        64 * wanted;  // enough to meet 3 hours in 24; bounds a village without overlaps
    for (std::uint64_t tries = 0; own.contacts.size() < wanted; ++tries) {
        std::uint64_t other = rng.below(others);
        if (other >= member) ++other;
        const protocol::PeerId contact{static_cast<std::uint32_t>(other)};
        const base::Duration overlap = own.owner.hours.overlap(own_[contact.index].owner.hours);
        if (tries < tries_max && overlap < params.common.content.meeting_min) continue;
        bool known = false;
        for (const protocol::PeerId each : own.contacts) known = known || each == contact;
        if (!known) own.contacts.push_back(contact);
    }
}

std::vector<policy::DailyHours> Members::all_hours() const {
    std::vector<policy::DailyHours> hours;
    for (const protocol::Own& own : own_) hours.push_back(own.owner.hours);
    return hours;
}

}  // namespace coop::models

#include "engine/protocol/content/duty.hpp"

#include <algorithm>
#include <array>

namespace coop::protocol::content {
namespace {

/// A policy that asks for more copies than this is cut to it; `copies/1` allows 255 for studies of the law,
/// but a board remembers at most `holders_max` holders.
constexpr std::size_t targets_max = holders_max;
using Indexes = base::InlineVector<std::uint32_t, targets_max>;

/// After this long without enough copies, the next-best courier goes as well: the best one may be stuck.
constexpr base::Duration courier_patience = base::days(2);  // Guess. Study: scenarios/studies/couriers.toml

Indexes live_holders(const Situation& situation, const Roster& roster, bool only_keepers) {
    Indexes live;
    for (const Holder& holder : *situation.holders) {
        if (only_keepers && holder.custody != Custody::keeper) continue;
        if (const auto index = roster.index_of(holder.peer)) live.push_back(*index);
    }
    return live;
}

Indexes targets(const Situation& situation, const Roster& roster, const policy::Placement& placement) {
    std::array<std::uint32_t, targets_max> chosen;
    const std::size_t count = placement.choose({situation.object, roster.takers()}, chosen);
    Indexes indexes;
    for (std::size_t i = 0; i < count; ++i) indexes.push_back(chosen[i]);
    return indexes;
}

/// Decides whether this member is the one to carry a copy towards one member that lacks it.
class Courier {
  public:
    Courier(const Situation& situation, const Roster& roster, const Indexes& holders)
        : situation_(situation), roster_(roster), holders_(holders) {}

    bool should_carry_to(std::uint32_t self, std::uint32_t target) const {
        const base::Duration nearest = nearest_gap(target);
        if (nearest == base::Duration::zero()) return false;  // a holder meets the target: it fetches for itself
        if (!can_help(self, target, nearest)) return false;
        const std::int64_t allowed = 1 + situation_.unsettled_for / courier_patience;
        std::int64_t better = 0;
        for (std::uint32_t other = 0; other < roster_.size() && better < allowed; ++other) {
            if (other != self && can_help(other, target, nearest) && beats(other, self, target)) ++better;
        }
        return better < allowed;
    }

  private:
    base::Duration gap_to(std::uint32_t from, std::uint32_t target) const {
        return gap(roster_.at(from).hours, roster_.at(target).hours, situation_.meeting_min);
    }
    base::Duration nearest_gap(std::uint32_t target) const {
        base::Duration nearest = base::days(1);
        for (const std::uint32_t holder : holders_) nearest = std::min(nearest, gap_to(holder, target));
        return nearest;
    }
    /// Takes copies, meets a holder, and is nearer to the target than every holder is.
    bool can_help(std::uint32_t member, std::uint32_t target, base::Duration nearest) const {
        if (roster_.takers()[member].weight == 0 || holders_.contains(member)) return false;
        if (gap_to(member, target) >= nearest) return false;
        return std::any_of(holders_.begin(), holders_.end(), [&](std::uint32_t holder) {
            return meet(roster_.at(holder).hours, roster_.at(member).hours, situation_.meeting_min);
        });
    }
    bool beats(std::uint32_t a, std::uint32_t b, std::uint32_t target) const {
        const base::Duration gap_a = gap_to(a, target);
        const base::Duration gap_b = gap_to(b, target);
        if (gap_a != gap_b) return gap_a < gap_b;
        const double score_a = policy::rendezvous_score(situation_.object, roster_.takers()[a]);
        const double score_b = policy::rendezvous_score(situation_.object, roster_.takers()[b]);
        return score_a != score_b ? score_a > score_b : a < b;
    }

    const Situation& situation_;
    const Roster& roster_;
    const Indexes& holders_;
};

Duty duty_of_holder(Custody mine, bool satisfied, bool chosen) {
    if (mine == Custody::keeper) return Duty::none;  // one copy too many costs less than making it again
    if (satisfied) return Duty::release;
    return chosen ? Duty::promote : Duty::none;
}

}  // namespace

bool meet(policy::DailyHours a, policy::DailyHours b, base::Duration meeting_min) {
    return a.overlap(b) >= meeting_min;
}

base::Duration gap(policy::DailyHours from, policy::DailyHours to, base::Duration meeting_min) {
    if (meet(from, to, meeting_min)) return base::Duration::zero();
    const base::Duration wait = (to.start + base::days(2) - from.start - from.length) % base::days(1);
    return wait + base::nanoseconds(1);  // never zero: they do not meet
}

Judgement judge(const Situation& situation, const Roster& roster, const policy::Placement& placement) {
    const Indexes keepers = live_holders(situation, roster, true);
    const Indexes chosen = targets(situation, roster, placement);
    const auto self = roster.index_of(situation.self);

    Judgement judgement;
    const std::span<const std::uint32_t> keeping(keepers.begin(), keepers.size());
    judgement.satisfied = placement.satisfied_by({situation.object, roster.holders()}, keeping);
    if (!self) return judgement;
    const Holder* const mine = std::find_if(situation.holders->begin(), situation.holders->end(),
                                            [&](const Holder& h) { return h.peer == situation.self; });
    if (mine != situation.holders->end()) {
        judgement.duty = duty_of_holder(mine->custody, judgement.satisfied, chosen.contains(*self));
        return judgement;
    }
    if (judgement.satisfied) return judgement;
    judgement.repair = std::any_of(situation.holders->begin(), situation.holders->end(), [&](const Holder& h) {
        return h.custody == Custody::keeper && roster.lost(h.peer);
    });
    if (chosen.contains(*self)) {
        judgement.duty = Duty::keep;
        return judgement;
    }
    const Indexes holders = live_holders(situation, roster, false);
    const Courier courier(situation, roster, holders);
    for (const std::uint32_t target : chosen) {
        if (!keepers.contains(target) && courier.should_carry_to(*self, target)) judgement.duty = Duty::carry;
    }
    return judgement;
}

}  // namespace coop::protocol::content

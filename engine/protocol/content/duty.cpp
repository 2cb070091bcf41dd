#include "engine/protocol/content/duty.hpp"

#include <algorithm>

namespace coop::protocol::content {
namespace {

using Indexes = std::vector<std::uint32_t>;

bool contains(const Indexes& indexes, std::uint32_t wanted) {
    return std::find(indexes.begin(), indexes.end(), wanted) != indexes.end();
}

/// After this long without enough copies, the next-best courier goes as well: the best one may be stuck.
constexpr base::Duration courier_patience = base::days(2);  // Guess. Study: scenarios/studies/couriers.toml

Indexes live_holders(const Situation& situation, const Roster& roster, bool only_keepers) {
    Indexes live;
    for (const Holder& holder : *situation.holders) {
        if (only_keepers && holder.custody != Custody::keeper) continue;
        const auto index = roster.index_of(holder.peer);
        if (!index || (only_keepers && roster.at(*index).leaving)) continue;
        live.push_back(*index);
    }
    return live;
}

Indexes targets(const Situation& situation, const Roster& roster, const policy::Placement& placement) {
    Indexes chosen(placement.chosen_max());
    chosen.resize(placement.choose({situation.object, roster.takers()}, chosen));
    return chosen;
}

/// Decides whether this member is the one to carry a copy towards one member that lacks it.
class Courier {
  public:
    Courier(const Situation& situation, const Ground& ground, const Indexes& holders)
        : situation_(situation), ground_(ground), holders_(holders) {}

    bool should_carry_to(std::uint32_t self, std::uint32_t target) const {
        const std::vector<base::Duration>& distance = ground_.routes.to(ground_.roster, target);
        base::Duration nearest = base::Duration::max();
        for (const std::uint32_t holder : holders_) {
            if (ground_.routes.meets(ground_.roster, holder, target)) return false;  // it fetches for itself
            nearest = std::min(nearest, distance[holder]);
        }
        if (!can_help(self, distance[self], nearest)) return false;
        const std::int64_t allowed = 1 + situation_.unsettled_for / courier_patience;
        std::int64_t better = 0;
        for (std::uint32_t other = 0; other < ground_.roster.size() && better < allowed; ++other) {
            const bool before =
                distance[other] < distance[self] || (distance[other] == distance[self] && other < self);
            if (before && can_help(other, distance[other], nearest)) ++better;
        }
        return better < allowed;
    }

  private:
    /// Takes copies, is nearer to the target than every holder is, and meets a holder.
    bool can_help(std::uint32_t member, base::Duration distance, base::Duration nearest) const {
        if (distance >= nearest || ground_.roster.takers()[member].weight == 0) return false;
        return std::any_of(holders_.begin(), holders_.end(), [&](std::uint32_t holder) {
            return ground_.routes.meets(ground_.roster, holder, member);
        });
    }

    const Situation& situation_;
    const Ground& ground_;
    const Indexes& holders_;
};

Duty duty_of_holder(Custody mine, bool satisfied, bool chosen) {
    if (mine == Custody::keeper) return Duty::none;  // one copy too many costs less than making it again
    if (satisfied) return Duty::release;
    return chosen ? Duty::promote : Duty::none;
}

}  // namespace

Judgement judge(const Situation& situation, const Ground& ground) {
    const Roster& roster = ground.roster;
    const policy::Placement& placement = ground.placement;
    const Indexes keepers = live_holders(situation, roster, true);
    const Indexes chosen = targets(situation, roster, placement);
    const auto self = roster.index_of(situation.self);

    Judgement judgement;
    const std::span<const std::uint32_t> keeping(keepers.begin(), keepers.size());
    // Where nobody can hold anything any more the policy asks for nothing; that is no reason to let go.
    judgement.satisfied =
        !keepers.empty() && placement.satisfied_by({situation.object, roster.holders()}, keeping);
    if (!self) return judgement;
    const auto mine = std::find_if(situation.holders->begin(), situation.holders->end(),
                                   [&](const Holder& h) { return h.peer == situation.self; });
    if (mine != situation.holders->end()) {
        judgement.duty = duty_of_holder(mine->custody, judgement.satisfied, contains(chosen, *self));
        return judgement;
    }
    if (judgement.satisfied) return judgement;
    judgement.repair =
        std::any_of(situation.holders->begin(), situation.holders->end(),
                    [&](const Holder& h) { return h.custody == Custody::keeper && roster.lost(h.peer); });
    if (contains(chosen, *self)) {
        judgement.duty = Duty::keep;
        return judgement;
    }
    const Indexes holders = live_holders(situation, roster, false);
    const Courier courier(situation, ground, holders);
    for (const std::uint32_t target : chosen) {
        const bool lacks_it = !contains(keepers, target);
        if (lacks_it && courier.should_carry_to(*self, target)) judgement.duty = Duty::carry;
    }
    return judgement;
}

}  // namespace coop::protocol::content

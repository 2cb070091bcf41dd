// Members: who lives here, what each offers and when, and whom each joins through.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/sim/ports.hpp"

namespace coop::models {

/// Hours at the member's own time: a start drawn uniformly in whole minutes of the day.
policy::DailyHours drawn_hours(std::uint64_t seed, std::uint32_t member, base::Duration length);

struct MembersParams {
    std::uint64_t seed = 1;
    protocol::Tuning common;                   ///< what all have in common
    std::vector<policy::Contribution> owners;  ///< one a member
    std::uint32_t contacts_each = 8;   ///< introductions. Guess. Study: scenarios/studies/couriers.toml
    base::Duration join_within{};      ///< boards first get power at a uniform time within this
    std::vector<base::Instant> joins;  ///< given instead, one a member; or empty
};

class Members final : public sim::People {
  public:
    explicit Members(const MembersParams& params);
    std::uint32_t count() const override { return static_cast<std::uint32_t>(own_.size()); }
    const protocol::Tuning& tuning(sim::PeerId) const override { return common_; }
    const protocol::Own& own(sim::PeerId node) const override { return own_[node.index]; }
    base::Instant joins_at(sim::PeerId node) const override { return joins_[node.index]; }
    policy::DailyHours hours(std::uint32_t member) const { return own_[member].owner.hours; }
    std::vector<policy::DailyHours> all_hours() const;

  private:
    void introduce(const MembersParams& params, std::uint32_t member);

    protocol::Tuning common_;
    std::vector<protocol::Own> own_;
    std::vector<base::Instant> joins_;
};

}  // namespace coop::models

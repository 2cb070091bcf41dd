// Routes: how long a copy travels between members when it can only be handed on while both are awake.
//
//     a ──meets── b ──meets── c     a copy that c needs moves a → b → c, each time at the later start
//
// A hand-over from a to b costs the time from the start of a's hours to the start of b's, forwards round the
// day: a little when b begins soon after a, nearly a day when b began before. Shortest routes over these
// costs never lead into a dead end, as "hand it to whoever is awake last" does when the day has a gap in
// which nobody is awake.
//
// Law: computed from announced hours alone, so every member finds the same routes.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/protocol/content/roster.hpp"

namespace coop::protocol::content {

/// Whether two boards are awake together for long enough every day.
bool meet(policy::DailyHours a, policy::DailyHours b, base::Duration meeting_min);

class Routes {
  public:
    explicit Routes(base::Duration meeting_min) : meeting_min_(meeting_min) {}

    /// The roster changed.
    void forget() { to_.clear(); }

    bool meets(const Roster& roster, std::uint32_t a, std::uint32_t b) const {
        return meet(roster.at(a).hours, roster.at(b).hours, meeting_min_);
    }
    /// How long a copy needs from each member, by index, to this one; `Duration::max()` where no way leads.
    /// The shortest routes are computed once for each target: O(members^2).
    const std::vector<base::Duration>& to(const Roster& roster, std::uint32_t target);

  private:
    std::vector<base::Duration> compute(const Roster& roster, std::uint32_t target) const;

    base::Duration meeting_min_;
    base::FlatMap<std::uint32_t, std::vector<base::Duration>> to_;
};

}  // namespace coop::protocol::content

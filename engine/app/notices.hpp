// Notices: how fast and how far news travels, among those awake and among those who slept.
//
// Law: whoever was awake at publication is judged by latency; whoever slept, by the time from waking up. Who
// lost power or fell asleep before `reach_within` was over is not counted in the reach.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/protocol/ids.hpp"
#include "engine/results/histogram.hpp"

namespace coop::app {

class Notices {
  public:
    Notices(std::uint32_t members, base::Duration reach_within);

    void woke(base::Instant at, protocol::PeerId node);
    void slept(base::Instant at, protocol::PeerId node);
    void published(base::Instant at, protocol::StatementId id);
    void delivered(base::Instant at, protocol::PeerId node, protocol::StatementId id);

    std::uint64_t count() const { return published_; }
    /// Of all pairs (notice, member awake from publication for `reach_within`): the part that had it in time.
    double reach_awake(base::Instant end) const;
    const results::Histogram& latency() const { return latency_; }  ///< ns, members awake at publication
    const results::Histogram& lag_asleep() const { return lag_asleep_; }  ///< ns since waking up

  private:
    struct Awake {
        bool now = false;
        base::Instant since;
    };
    struct Reach {
        base::Instant at;
        std::vector<bool>
            owed;  ///< by member: awake then, and not yet served or excused; empty once it is old
        std::uint64_t missing = 0;  ///< how many of them there are
        std::uint64_t served = 0;

        bool settle(std::uint32_t node);
    };

    void forget_old(base::Instant at);
    void excuse(base::Instant at, std::uint32_t node);

    base::Duration reach_within_;
    std::vector<Awake> awake_;
    base::FlatMap<protocol::StatementId, Reach> notices_;
    std::vector<protocol::StatementId> young_;  ///< within `reach_within`, as far as was looked
    results::Histogram latency_;
    results::Histogram lag_asleep_;
    std::uint64_t published_ = 0;
};

}  // namespace coop::app

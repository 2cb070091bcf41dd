// Directory: who belongs to the pool, by their own signed word, and who has been silent for too long.
//
//     announcement ──► known ──silent longer than failed_after──► failed ──any sign of life──► known
//                        └──"I leave for good"──► leaving: as known ──"I am gone"──► departed
//
// Law: only the member's own signature adds or changes a member; bounded by `members_max`; nobody is called
// failed by a board that has itself heard nothing, nor before it had time to catch up after waking.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/base/flat_map.hpp"
#include "engine/base/sieve.hpp"
#include "engine/base/slim_vector.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::membership {

struct Member {
    PeerId peer;
    bool failed_reported = false;
    SignedRef latest;    ///< the newest announcement, never null
    base::Instant said;  ///< newest evidence of life, signed or direct; at most now + `clock_skew_max`

    const Announcement& announcement() const { return std::get<Announcement>(latest->statement.body); }
    /// For good, but still here: what it holds may be fetched from it, and counts no more.
    bool leaving() const { return announcement().leaving; }
    bool departed() const { return announcement().departed(); }
};

/// After waking, the statements of the last shift need this long to be fetched over a 3 % share of a slow
/// line. Where members are given up sooner than that, nobody can wait so long. Guess. Study:
/// scenarios/studies/failed_after.toml
constexpr base::Duration catching_up(base::Duration failed_after) {
    return std::min(base::minutes(10), failed_after);
}

class Directory {
  public:
    /// `config` outlives the directory. `self` may be a member too (placement ranks it); it never fails.
    Directory(PeerId self, const MembershipConfig& config, base::Duration failed_after);

    /// After sleep, outage or start nobody is called failed before there was time to catch up.
    void wake(base::Instant now);

    /// Its signature is verified. True when it is newer than what was known. Ill-formed ones are not taken.
    bool on_announcement(const SignedRef& announcement, Env& env);
    /// A signed statement of this time, or a direct message now. Reports member_returned.
    void heard(PeerId peer, base::Instant at, Env& env);
    /// Did not answer: not expected awake before this. Forgotten when it is heard directly.
    void quiet(PeerId peer, base::Instant until);
    /// Did not answer: quiet for as long again as it was silent, within 1 and 10 minutes: a board that is
    /// late for its hours must be found in them.
    void unanswered(PeerId peer, base::Instant now);

    const Member* find(PeerId peer) const;
    /// No room for another one.
    bool full(base::Instant now) const;
    /// Nobody was turned away for want of room.
    bool complete() const { return members_.size() < config_->members_max; }
    /// So many different ones that are expected awake, each as likely; perhaps fewer, where few are.
    PeerList sample(std::size_t count, PeerId except, Env& env) const;
    /// A member already, or there is room for another one.
    bool has_place_for(PeerId peer, base::Instant now) const;
    /// Worth a try now: its announced hours contain now, neither failed, departed nor quiet. Strangers are.
    bool expected_awake(PeerId peer, base::Instant now) const;
    /// Silent for longer than the permanent-failure timeout, or departed for good. Strangers are not.
    bool failed(PeerId peer) const;
    /// Was not reached lately or counts as failed, but should be awake now: a healed partition looks so.
    bool lost(const Member& member, base::Instant now) const;

    /// Ordered by handle.
    std::span<const Member> members() const { return members_; }
    std::size_t size() const { return members_.size(); }
    void fetch() const { members_.fetch(); }
    /// Changes whenever candidates for placement may have changed.
    std::uint32_t version() const { return version_; }

    void on_deadline(Env& env);
    Deadline deadline() const { return next_check_; }

  private:
    Member* look_up(PeerId peer);
    /// Zero when it was heard since.
    base::Instant quiet_until(PeerId peer) const;
    const Member* forgettable(base::Instant now) const;
    bool make_room(base::Instant now);
    void schedule(base::Instant now);

    const MembershipConfig* config_;
    base::Duration failed_after_;
    base::SlimVector<Member> members_;
    base::FlatMap<PeerId, base::Instant> quiet_;         // members that did not answer: not tried before
    base::Sieve sieve_;                                  // most messages come from others
    base::Instant judge_from_;                           // no verdict before: there is catching up to do
    base::Instant newest_;                               // sign of life of anybody else
    base::Instant next_check_ = base::Instant::never();  // a lower bound: being heard only moves it later
    PeerId self_;
    std::uint32_t version_ = 0;
};

}  // namespace coop::protocol::membership

// StatementLog: who said what. What was seen (so that a replay is noticed), and what is kept for others.
//
//     origin ──► OriginLog: seen numbers │ kept statements       notices: for a while
//     origin ──► OriginLog: seen numbers │ kept statements       announcements and copies: until replaced
//
// When there are more origins than `origins_max`, those that were silent for longest are forgotten, members
// after all others; and from then on nothing is taken of an unknown origin that was not signed after the
// newest word of a forgotten one. So a replay is not news again, and whoever speaks now is heard, however
// many invented origins have spoken before. (While they do, a word has to arrive before the next of them; and
// one that was signed ahead of its time may be news once more when that time has come.)
//
// Law: bounded (96 bytes an origin without gaps, `origins_max` origins; `cache_max` notices; and if
// `has_room_for` is asked before, `copies_max` words on copies, a sixteenth of them one origin's). A
// statement is `first` once. Who looks after what is never forgotten in favour of news.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/base/sieve.hpp"
#include "engine/protocol/broadcast/origin_log.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::broadcast {

/// `first`: it is news, and kept. `too_old`: not seen, and not wanted: it is replaced or expired, or may have
/// been forgotten.
enum class Seen : std::uint8_t { before, first, too_old };

/// How far a neighbour has got in answering, by origin.
using Passed = base::FlatMap<PeerId, std::uint32_t>;

class StatementLog {
  public:
    /// `config` outlives the log. `own`: the origin that is forgotten last of all, and always has room.
    StatementLog(const BroadcastConfig& config, std::uint32_t origins_max, PeerId own = PeerId::none());

    /// Takes a verified statement: marks it seen, and keeps it unless it is replaced or expired.
    Seen insert(const SignedRef& statement, base::Instant now, std::uint16_t hops = hops_unpushed);
    bool knows(PeerId origin) const { return find_origin(origin) != nullptr; }
    /// Not seen: worth asking for.
    bool wants(StatementId id) const;
    /// One that was not taken: not asked for again.
    void refuse(StatementId id);
    /// The origin has left for good: its words on copies are of no use any more.
    void forget_copies(PeerId origin);
    /// Somebody who has no gaps says that of these numbers nothing is current but what is kept here. True
    /// when that was news.
    bool gone(PeerId origin, std::uint32_t first, std::uint32_t last);

    /// Null when it is not kept (any more).
    const SignedRef* find(StatementId id) const;
    const Kept* kept(StatementId id) const;

    /// For SyncAsk. What a neighbour has passed counts as heard; and so does everything of who was silent for
    /// longer than news are kept, or gaps that nobody is left to fill would be asked for for ever. More
    /// origins than fit: another part of them each time.
    std::shared_ptr<const std::vector<Heard>> heard_vector(base::Instant now, base::Rng& rng,
                                                           const Passed& passed = {}) const;
    /// Whether such a list leaves origins out.
    bool leaves_out() const { return origins_.size() >= heard_in_message_max; }
    /// For SyncAsk: of origins of which nothing was heard, what was signed before is not taken.
    base::Instant forgotten_before() const { return forgotten_before_; }
    /// What somebody who asks so lacks and is kept here, at most `max`: of each origin in ascending order,
    /// and beginning with any origin, so that what one cannot use does not always come first.
    std::vector<Gossip> missing_for(const SyncAsk& ask, std::size_t max, base::Rng& rng) const;
    /// Whether somebody who has heard this may have something that is wanted here.
    bool lacks_from(std::span<const Heard> heard, base::Instant now) const;

    void fetch() const { origins_.fetch(); }
    /// Statements kept.
    std::size_t size() const;
    /// For a word on a copy: there is a bound on all, and on each origin's. For anything else: always.
    bool has_room_for(const Statement& statement) const;

    void on_deadline(base::Instant now);
    Deadline deadline() const { return next_expiry_; }

  private:
    /// What somebody has heard of one origin, and since when it wants the rest.
    struct Lacking {
        Heard heard;
        base::Instant since;
        bool only_notices = false;
    };

    OriginLog* find_origin(PeerId origin);
    const OriginLog* find_origin(PeerId origin) const;
    OriginLog* open_origin(const Statement& statement, base::Instant now);
    bool may_be_forgotten(const Statement& statement, base::Instant now) const;
    void forget_origins();
    bool keep(OriginLog& origin, Kept statement, base::Instant now);
    void count(const Kept& kept, int change);
    bool silent(const OriginLog& origin, base::Instant now) const;
    static bool missing_of(const OriginLog& origin, const Lacking& lacking, std::size_t max,
                           std::vector<Gossip>& out);
    void evict(base::Instant now);
    base::Instant expiry(const Statement& statement, base::Instant now) const;

    const BroadcastConfig* config_;
    base::SlimVector<OriginLog> origins_;  // sorted
    base::Sieve sieve_;                    // of origins
    base::Instant next_expiry_ = base::Instant::never();
    base::Instant forgotten_before_ = base::Instant::zero();
    base::Instant evicted_until_ = base::Instant::of_ns(-1);  // notices, for want of room
    std::uint32_t notices_ = 0;
    std::uint32_t copies_ = 0;
    std::uint32_t origins_max_;
    PeerId own_;
};

}  // namespace coop::protocol::broadcast

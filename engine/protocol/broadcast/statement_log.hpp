// StatementLog: who said what. What was seen (so that a replay is noticed), and what is kept for others.
//
//     one origin:   ……… seen or gone ……… │ being caught up, in order │ window of 256 numbers, any order
//                                     through                       base                        base + 256
//
// Numbers have gaps for good: superseded announcements and expired notices are kept by nobody. So `through`
// means "no longer wanted up to here", and moves over gaps. A number far ahead of `through` (news that
// arrives while older statements are still being fetched) moves the window, and what lies between is then
// taken in ascending order only, which is how catching up sends it.
//
// When there are more origins than `origins_max`, those that were silent for longest are forgotten, members
// after all others; and from then on nothing is taken of an unknown origin that was not signed after the
// newest word of a forgotten one. So a replay is not news again, and whoever speaks now is heard, however
// many invented origins have spoken before. (While they do, a word has to arrive before the next of them; and
// one that was signed ahead of its time may be news once more when that time has come.)
//
// Law: bounded (64 bytes an origin, `origins_max` origins, `cache_max` statements); a statement is `first`
// once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::broadcast {

/// `Gossip.hops` and `IHave.hops` of what was not pushed along the tree: fetched by SyncAsk, or announced
/// after that. What is pushed has travelled one link at least.
inline constexpr std::uint16_t hops_unpushed = 0;

/// `too_old` also stands for what an origin said that may have been forgotten.
enum class Seen : std::uint8_t { before, first, too_old };

/// A statement kept for others.
struct Kept {
    StatementId id;
    std::uint16_t hops = hops_unpushed;  ///< what a Gossip that answers a Graft carries
    SignedRef statement;
};

class StatementLog {
  public:
    /// `config` outlives the log. `own`: the origin that is forgotten last of all.
    StatementLog(const BroadcastConfig& config, std::uint32_t origins_max, PeerId own = PeerId::none());

    /// Takes a verified statement: marks it seen, and keeps it unless it is superseded or expired.
    Seen insert(const SignedRef& statement, base::Instant now, std::uint16_t hops = hops_unpushed);
    bool knows(PeerId origin) const { return window(origin) != nullptr; }
    /// Not seen and, as far as its number tells, not too old: worth asking for.
    bool wants(StatementId id) const;
    /// A neighbour that answers in ascending order has got to this one: older ones are not coming any more.
    void caught_up_to(StatementId id);

    /// Null when it is not kept (any more).
    const SignedRef* find(StatementId id) const;
    const Kept* kept(StatementId id) const;

    /// For SyncAsk. More origins than fit: another part of them each time.
    std::shared_ptr<const std::vector<Heard>> heard_vector(base::Rng& rng) const;
    /// For SyncAsk: of origins that are not in the vector, what was signed before is not taken.
    base::Instant forgotten_before() const { return forgotten_before_; }
    /// What somebody who asks so lacks and is kept here: ascending by origin and number, at most `max`.
    std::vector<SignedRef> missing_for(const SyncAsk& ask, std::size_t max) const;
    /// Whether somebody who has heard this may have something that is wanted here.
    bool lacks_from(std::span<const Heard> heard) const;

    /// Kept statements, ordered by origin and number.
    std::span<const Kept> statements() const { return kept_; }
    std::size_t size() const { return kept_.size(); }

    void on_deadline(base::Instant now);
    Deadline deadline() const { return next_expiry_; }

  private:
    static constexpr std::uint32_t window_size = 256;
    struct Window {
        PeerId origin;
        std::uint32_t through = 0;
        std::uint32_t base = 0;                        // >= through
        bool member = false;                           // it has announced itself
        base::Instant since = base::Instant::zero();   // older ones may have been taken once, and forgotten
        base::Instant latest = base::Instant::zero();  // the newest time it has signed, as far as believed
        std::array<std::uint64_t, window_size / 64> bits{};  // bit i: base + 1 + i was seen

        bool open() const { return through < base; }
        bool has(std::uint32_t sequence) const;  ///< base < sequence <= base + window_size
        bool wants(std::uint32_t sequence) const;
        void insert(std::uint32_t sequence);
        void make_room_for(std::uint32_t sequence);
        void skip_to(std::uint32_t new_base);
        void settle();
        std::uint32_t highest() const;
        Heard heard() const;
    };

    Window* window(PeerId origin);
    const Window* window(PeerId origin) const;
    Window* open_window(const Statement& statement, base::Instant now);
    bool may_be_forgotten(const Statement& statement, base::Instant now) const;
    void forget_origins();
    void keep(const SignedRef& statement, base::Instant now, std::uint16_t hops);
    bool supersede(const Statement& statement);
    void evict();
    base::Instant expiry(const Statement& statement, base::Instant now) const;

    const BroadcastConfig* config_;
    std::vector<Window> windows_;  // sorted by origin
    std::vector<Kept> kept_;       // sorted by id
    base::Instant next_expiry_ = base::Instant::never();
    base::Instant forgotten_before_ = base::Instant::zero();
    std::uint32_t origins_max_;
    PeerId own_;
};

}  // namespace coop::protocol::broadcast

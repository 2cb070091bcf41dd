// OriginLog: one member's statements. Which of them were seen, and what of them is current.
//
//     numbers:   … seen or gone … │ window of 256, each seen or not │ beyond it, seen is what is kept
//                              through                          through + 256
//
// Numbers have gaps for good: what a newer word has replaced, and expired notices, are kept by nobody. But
// that a neighbour does not have a number proves nothing, for it may have forgotten or never heard it, as we
// may have. A gap closes only when somebody who has none below says that nothing is there any more
// (Gossip::gone); the origin itself has none.
//
// Law: `through` never passes a number that is neither seen nor gone. What is kept is ascending, and of what
// replaces one another only the newest.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/base/few_vector.hpp"
#include "engine/protocol/message.hpp"

namespace coop::protocol::broadcast {

/// `Gossip.hops` and `IHave.hops` of what was not pushed along the tree: fetched by SyncAsk, or announced
/// after that. What is pushed has travelled one link at least.
inline constexpr std::uint16_t hops_unpushed = 0;
inline constexpr std::uint16_t first_hop = 1;

/// A statement kept for others.
struct Kept {
    std::uint32_t sequence = 0;
    std::uint16_t matter = 0;            ///< the same for what replaces one another; 0: stands alone
    std::uint16_t hops = hops_unpushed;  ///< what a Gossip that answers a Graft carries
    SignedRef statement;

    StatementId id() const { return statement->statement.id; }
};

class OriginLog {
  public:
    OriginLog(PeerId origin, base::Instant since) : origin_(origin), whole_(since == base::Instant::zero()) {
        if (!whole_) past_ = std::make_unique<Past>(Past{since});
    }

    PeerId origin() const { return origin_; }
    std::uint32_t through() const { return through_; }
    /// Of what was signed before, some may have been taken once, and forgotten.
    base::Instant since() const { return past_ == nullptr ? base::Instant::zero() : past_->since; }
    /// The newest time that it has signed, as far as believed.
    base::Instant latest() const { return latest_; }
    /// It has announced itself.
    bool member() const { return member_; }
    void spoke(base::Instant believed, bool announced);

    bool seen(std::uint32_t sequence) const;
    /// What is not kept, and lies beyond the window, is not remembered.
    void mark(std::uint32_t sequence);
    /// Nothing is current in [first, last] but what is kept here. True when that was news.
    bool gone(std::uint32_t first, std::uint32_t last);
    /// Something of it was not taken here, or let go: what is missing here proves nothing to others.
    void let_go() { whole_ = false; }
    /// Up to `through`, what is not kept here is not current.
    bool whole() const { return whole_; }
    std::uint32_t highest() const;

    std::span<const Kept> kept() const { return kept_; }
    const Kept* find(std::uint32_t sequence) const;
    /// The newest kept one on the same matter.
    const Kept* same_matter(std::uint16_t matter, const Statement& statement) const;
    void keep(Kept statement);
    void drop(std::uint32_t sequence);
    template <class Claim>
    void drop_if(Claim claim) {
        base::erase_if(kept_, claim);
    }

    /// For SyncAsk, as if all up to `passed` were seen.
    Heard heard(std::uint32_t passed) const;
    /// Whether somebody who has heard this has seen a number that was not seen here.
    bool lacks_from(const Heard& heard) const;

  private:
    static constexpr std::uint32_t window = 256;
    using Bits = std::array<std::uint64_t, window / 64>;  // bit i: through + 1 + i was seen
    static constexpr Bits no_bits{};

    /// What few have: gaps, or a life before they were forgotten.
    struct Past {
        base::Instant since;
        Bits bits{};
    };

    const Bits& bits() const { return past_ == nullptr ? no_bits : past_->bits; }

    void advance(std::uint32_t through);
    void settle();
    bool bit(std::uint32_t sequence) const;
    void set_bit(std::uint32_t sequence);
    std::uint64_t seen_until(std::uint32_t sequence) const;
    const Kept* place_of(std::uint32_t sequence) const;

    PeerId origin_;
    std::uint32_t through_ = 0;
    base::Instant latest_ = base::Instant::zero();
    std::unique_ptr<Past> past_;                           // nearly always null
    [[no_unique_address]] base::FewVector<Kept, 1> kept_;  // most say one thing: who they are
    bool member_ = false;
    bool whole_ = true;
};
/// A million boards have some of them each. Measured: bench/README.md
static_assert(sizeof(void*) != 8 || sizeof(OriginLog) <= 48);

/// Whether somebody who has heard this has seen that number.
bool includes(const Heard& heard, std::uint32_t sequence);

}  // namespace coop::protocol::broadcast

// CatchUp: what a member missed while it slept, and what it brings from the shift before.
//
//     woken board ──SyncAsk{heard, both}──► neighbour        every statement that the other lacks, as Gossip
//                 ◄──Gossip… ── SyncAsk{heard}──             with hops 0, ascending, at most `replies_max`
//                 ──Gossip…──►
//
// Who announces what it got (Broadcast says how)? The neighbour that was asked does: what a woken board
// brings is news to those awake. The woken board does not, for what those awake had, they spread when they
// got it. It starts to as soon as somebody asked it in turn, for then others rely on it.
//
// A later new link may join two islands, so the two compare soon after, and what they learn they announce.
// What still falls between, the exchange with a random neighbour every `every` finds.
//
// Law: an answer is bounded, whatever is asked; only neighbours are answered; nothing is sent to who has it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/protocol/broadcast/statement_log.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::sync {

class CatchUp {
  public:
    /// `config` outlives it.
    explicit CatchUp(const SyncConfig& config);

    void wake();
    void sleep();

    /// The active view changed: asks the first neighbour after waking or after having been alone.
    void neighbours(const PeerList& active, const broadcast::StatementLog& log, Env& env);

    /// From a neighbour (the caller checks): sends what it lacks, and asks back when it has news.
    void on(PeerId from, const SyncAsk& message, const broadcast::StatementLog& log, Env& env);
    /// After Broadcast took it; asks for more when the answer was as long as answers get.
    void on(PeerId from, const Gossip& message, broadcast::StatementLog& log, Env& env);
    /// Whether a statement from this peer need not be announced: `Broadcast::keep` instead of `on`.
    bool quietly(PeerId from, const Gossip& message) const;

    void on_deadline(const PeerList& active, const broadcast::StatementLog& log, Env& env);
    Deadline deadline() const { return std::min(ask_at_, compare_at_); }

  private:
    void ask(PeerId peer, bool both, const broadcast::StatementLog& log, Env& env);
    void ask_for_more(const broadcast::StatementLog& log, Env& env);

    const SyncConfig* config_;
    base::Instant ask_at_ = base::Instant::never();
    base::Instant compare_at_ = base::Instant::never();
    base::Instant asked_at_;
    PeerList known_;             // the active view as it was
    PeerList unmet_;             // new in it, nothing compared yet
    PeerId asked_;               // the last that was asked
    std::uint32_t answers_ = 0;  // got from it since
    broadcast::Passed passed_;   // how far it has got
    bool advanced_ = false;      // further than when it was asked last
    bool awake_ = false;
    bool woken_ = false;  // still in the first exchange, and nobody has relied on us yet
};

}  // namespace coop::protocol::sync

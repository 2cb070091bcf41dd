// CatchUp: what a member missed while it slept, and what it brings from the shift before.
//
//     woken board ──SyncAsk{heard, both}──► neighbour      every statement that the other lacks, as Gossip
//                 ◄──Gossip… ── SyncAsk{heard}──           with hops 0, at most `replies_max`; and which
//                 ──Gossip…──►                             numbers between them are gone for good
//
// Who announces what it got (Broadcast says how)? The neighbour that was asked does: what a woken board
// brings is news to those awake. The woken board does not, for what those awake had, they spread when they
// got it. It starts to as soon as somebody asked it in turn, for then others rely on it.
//
// A later new link may join two islands, so the two compare soon after, and what they learn they announce.
// What still falls between, the exchange with a random neighbour every `every` finds.
//
// One exchange at a time. It goes on while answers bring news, also where some were lost on the way, and ends
// with one that brings none, or with silence. Nobody else's exchange puts the own one off.
//
// Law: an answer is bounded, whatever is asked; only neighbours are answered; an answer counts only if it was
// asked for; nothing is sent to who has said that it has it.
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
    /// Whether this board keeps account of as many members as it can, and would name them all. Said whenever
    /// it asks, so told before whatever may make it ask.
    void full(bool full) { full_ = full; }

    /// The active view changed: asks the first neighbour after waking or after having been alone.
    /// `before`: as it was when this was called last, or nobody after waking.
    void neighbours(const PeerList& before, const PeerList& active, const broadcast::StatementLog& log,
                    Env& env);

    /// From a neighbour (the caller checks): sends what it lacks, and asks back when it has news.
    void on(PeerId from, const SyncAsk& message, const broadcast::StatementLog& log, Env& env);
    /// After Broadcast took it, or not: whether it was `fresh`. Asks for more while there is some.
    void on(PeerId from, const Gossip& message, bool fresh, broadcast::StatementLog& log, Env& env);
    /// Whether it belongs to the exchange that runs.
    bool answers(PeerId from, const Gossip& message) const;
    /// Whether a statement from this peer need not be announced: `Broadcast::keep` instead of `on`.
    bool quietly(PeerId from, const Gossip& message) const;

    void on_deadline(const PeerList& active, const broadcast::StatementLog& log, Env& env);
    Deadline deadline() const { return std::min({ask_at_, compare_at_, silent_at_}); }

  private:
    bool running() const { return !silent_at_.is_never(); }
    void ask_regularly(PeerId peer, const broadcast::StatementLog& log, Env& env);
    void ask(PeerId peer, bool both, const broadcast::StatementLog& log, Env& env);
    void ask_back(PeerId peer, const SyncAsk& message, const broadcast::StatementLog& log, Env& env);
    bool more_to_ask() const { return news_ && passed_.size() < heard_in_message_max; }
    void go_on(const PeerList& active, const broadcast::StatementLog& log, Env& env);
    void send(bool both, const broadcast::StatementLog& log, Env& env);

    const SyncConfig* config_;
    base::Instant ask_at_ = base::Instant::never();
    base::Instant compare_at_ = base::Instant::never();
    base::Instant silent_at_ =
        base::Instant::never();       // while an exchange runs: it is over, or an answer was lost
    base::SlimVector<PeerId> unmet_;  // new in the active view, nothing compared yet
    PeerId asked_;                    // the last that was asked
    PeerId owed_;                     // has news for us: asked when the exchange is over
    broadcast::Passed passed_;        // how far it has got
    std::uint16_t exchange_ = no_exchange;
    bool answered_ = false;  // it gave something
    bool news_ = false;      // since it was asked last
    bool awake_ = false;
    bool full_ = false;
    bool woken_ = false;  // still in the first exchange, and nobody has relied on us yet
};

}  // namespace coop::protocol::sync

// Broadcast: how a statement reaches everybody who is awake. Plumtree (Leitão, Pereira, Rodrigues, SRDS
// 2007).
//
//     eager links ═══► the payload, at once          duplicate: Prune, the link turns lazy
//     lazy links  ───► IHave, and only on silence:   Graft, the link turns eager, the payload follows
//
// Old statements that come by catching up (hops == hops_unpushed) do not use the tree: they are announced on
// every link by IHave with hops 0, which says "nobody is pushing this, ask at once"; only those who lack them
// ask. So ten boards that wake together and bring the same news cost announcements, not ten floods, the tree
// keeps its shape, and the news still reaches all who are awake within a round trip a hop.
//
// Law: every statement is new exactly once; on a stable overlay of E links and n nodes a pushed statement
// costs n - 1 payloads and 2(E - (n - 1)) announcements, after a first flood of 2E - (n - 1) payloads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/base/few_vector.hpp"
#include "engine/base/slim_vector.hpp"
#include "engine/protocol/broadcast/statement_log.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::broadcast {

class Broadcast {
  public:
    /// `config` outlives the broadcast.
    Broadcast(PeerId self, const BroadcastConfig& config);

    /// The active view changed: new neighbours are eager, those gone are forgotten.
    void neighbours(const PeerList& active, Env& env);

    /// Our own statement, durable with this step. It is put into the log here.
    void publish(const SignedRef& statement, StatementLog& log, Env& env);

    /// Verified before. True exactly when it is new; it has then been passed on. Reports duplicates.
    bool on(PeerId from, const Gossip& message, StatementLog& log, Env& env);
    /// As `on`, but tells no neighbour, unless a neighbour announced it: for what a newly woken member
    /// fetches, which those awake have already.
    bool keep(PeerId from, const Gossip& message, StatementLog& log, Env& env);
    void on(PeerId from, const IHave& message, const StatementLog& log, Env& env);
    void on(PeerId from, const Graft& message, const StatementLog& log, Env& env);
    void on(PeerId from, const Prune& message, Env& env);

    /// It has come and is not for this board: nobody is asked for it any more.
    void give_up(StatementId id) { forget_missing(id); }

    /// Asks the next announcer for what was announced and did not come.
    void on_deadline(const StatementLog& log, Env& env);
    Deadline deadline() const;

    /// As it was told of them.
    PeerList neighbours() const;
    PeerList eager() const;
    PeerList lazy() const;
    std::size_t missing() const { return missing_.size(); }

  private:
    /// Announced, not received. Announcers in order; each is asked once an announcement.
    struct Missing {
        StatementId id;
        base::Instant ask_at;
        PeerList announcers;
        bool pushed = true;  ///< the tree should have brought it: asking mends the tree
    };

    std::span<const PeerId> eager_links() const { return {links_.begin(), eager_}; }
    std::span<const PeerId> lazy_links() const { return {links_.begin() + eager_, links_.end()}; }
    bool is_neighbour(PeerId peer) const {
        return std::find(links_.begin(), links_.end(), peer) != links_.end();
    }
    void make_eager(PeerId peer);
    void make_lazy(PeerId peer);
    bool take(PeerId from, const Gossip& message, StatementLog& log, Env& env);
    Missing* find_missing(StatementId id);
    void forget_missing(StatementId id);
    void pass_on(const Gossip& message, PeerId from, Env& env);
    void announce(IHave message, std::span<const PeerId> to, PeerId except, Env& env);
    bool ask_next(Missing& missing, Env& env);
    bool room_for(PeerId announcer) const;

    const BroadcastConfig* config_;
    base::SlimVector<Missing> missing_;  // sorted by id
    // HyParView's five fit in place.
    [[no_unique_address]] base::FewVector<PeerId, 5>
        links_;                // the eager ones first; each part in the order in which they came
    std::uint32_t eager_ = 0;  // how many of them are
    PeerId self_;
};

}  // namespace coop::protocol::broadcast

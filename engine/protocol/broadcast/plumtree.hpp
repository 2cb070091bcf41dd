// Plumtree: along a tree, announced on the other links (Leitão, Pereira, Rodrigues, SRDS 2007).
//
//     eager links ═══► the payload, at once          duplicate: Prune, the link turns lazy
//     lazy links  ───► IHave, and only on silence:   Graft, the link turns eager, the payload follows
//
// Law: on a stable overlay of E links and n nodes a pushed statement costs n - 1 payloads and 2(E - (n - 1))
// announcements, after a first flood of 2E - (n - 1) payloads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/base/few_vector.hpp"
#include "engine/policy/gossip.hpp"
#include "engine/protocol/broadcast/company.hpp"
#include "engine/protocol/broadcast/wanted.hpp"

namespace coop::protocol::broadcast {

class Plumtree {
  public:
    /// `config` and `plan` outlive it.
    Plumtree(const BroadcastConfig& config, const policy::Plumtree& plan);

    void neighbours(const PeerList& active);
    void publish(const SignedRef& statement, const Means& means, Env& env);
    bool on(PeerId from, const Gossip& message, const Means& means, Env& env);
    bool keep(PeerId from, const Gossip& message, const Means& means, Env& env);
    void on(PeerId from, const IHave& message, const StatementLog& log, Env& env);
    void on(PeerId from, const Graft& message, const StatementLog& log, Env& env);
    void on(PeerId from, const Prune& message, Env& env);
    void give_up(StatementId id) { wanted_.forget(id); }
    void on_deadline(const StatementLog& log, Env& env);
    Deadline deadline() const { return wanted_.deadline(); }

    PeerList neighbours() const;
    PeerList eager() const;
    PeerList lazy() const;
    std::size_t missing() const { return wanted_.size(); }

  private:
    std::span<const PeerId> eager_links() const { return {links_.begin(), eager_}; }
    std::span<const PeerId> lazy_links() const { return {links_.begin() + eager_, links_.end()}; }
    bool is_neighbour(PeerId peer) const {
        return std::find(links_.begin(), links_.end(), peer) != links_.end();
    }
    void make_eager(PeerId peer);
    void make_lazy(PeerId peer);
    bool take(PeerId from, const Gossip& message, StatementLog& log, Env& env);
    void pass_on(const Gossip& message, PeerId from, Env& env);
    void announce(IHave message, std::span<const PeerId> to, PeerId except, Env& env);
    void ask(Wanted::Item& item, PeerId peer, Env& env);

    const policy::Plumtree* plan_;
    Wanted wanted_;
    // HyParView's five fit in place.
    [[no_unique_address]] base::FewVector<PeerId, 5>
        links_;                // the eager ones first; each part in the order in which they came
    std::uint32_t eager_ = 0;  // how many of them are
};

}  // namespace coop::protocol::broadcast

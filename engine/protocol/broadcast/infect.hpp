// Infect: whoever hears something pushes it once and is done with it. `flood/1` pushes along every link,
// `push/1` to a few at random ("infect and die").
//
// Law: on an overlay of E links and n nodes a flooded statement costs 2E - (n - 1) payloads; pushed with
// fanout F it reaches the share c = 1 - exp(-F c) of n, for F payloads of each (Kermarrec, Massoulié, Ganesh,
// IEEE TPDS 14, 2003). What was not heard comes by catching up.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/base/few_vector.hpp"
#include "engine/policy/gossip.hpp"
#include "engine/protocol/broadcast/company.hpp"
#include "engine/protocol/broadcast/wanted.hpp"

namespace coop::protocol::broadcast {

class Infect {
  public:
    /// `config` outlives it. Without a fanout: along every link.
    Infect(const BroadcastConfig& config, std::uint32_t fanout);

    void neighbours(const PeerList& active);
    void publish(const SignedRef& statement, const Means& means, Env& env);
    bool on(PeerId from, const Gossip& message, const Means& means, Env& env);
    bool keep(PeerId from, const Gossip& message, const Means& means, Env& env);
    void on(PeerId from, const IHave& message, const StatementLog& log, Env& env);
    void on(PeerId from, const Graft& message, const StatementLog& log, Env& env);
    void on(PeerId, const Prune&, Env&) {}
    void give_up(StatementId id) { wanted_.forget(id); }
    void on_deadline(const StatementLog& log, Env& env);
    Deadline deadline() const { return wanted_.deadline(); }

    PeerList neighbours() const;
    PeerList eager() const { return neighbours(); }
    PeerList lazy() const { return {}; }
    std::size_t missing() const { return wanted_.size(); }

  private:
    bool is_neighbour(PeerId peer) const {
        return std::find(links_.begin(), links_.end(), peer) != links_.end();
    }
    void pass_on(const Gossip& message, PeerId from, const Means& means, Env& env);
    void ask(Wanted::Item& item, PeerId peer, Env& env);

    Wanted wanted_;
    [[no_unique_address]] base::FewVector<PeerId, 5> links_;
    std::uint32_t fanout_;  // 0: all links
};

}  // namespace coop::protocol::broadcast

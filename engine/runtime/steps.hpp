// Steps: the node's contract with its host, kept: input, step, commit, then speak.
//
//     take(input) ─► Node::step ─► Persists ─► one atomic commit ─┬─ durable ─► Sends    ─► Persisted{true}
//                                                                 └─ refused ─► withheld ─► Persisted{false}
//
// Law: no Send of a step leaves before every Persist of that step is durable. Here are no sockets and no
// clock, so what a board does can be tried, recorded and replayed without them.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/rng.hpp"
#include "engine/protocol/node.hpp"
#include "engine/runtime/counters.hpp"
#include "engine/runtime/options.hpp"
#include "engine/storage/store.hpp"

namespace coop::runtime {

/// What steps happen in. Everything outlives the steps.
struct Surroundings {
    const protocol::Crypto& crypto;
    storage::Store& store;
    wire::BoundedPeerBook& book;
    const Hooks& hooks;
    Counters& counters;
    std::function<base::Instant()> now;
    std::function<void(protocol::PeerId, const protocol::Message&)> send;
    std::function<void(base::Instant, const protocol::Report&)>
        on_report;  ///< the host's own, before the hook
};

class Steps {
  public:
    /// `rng`: the node's only chance, from here on.
    Steps(protocol::PeerId self, const protocol::Config& config, const protocol::Policies& policies,
          base::Rng rng, Surroundings around);

    /// One step, and those that follow from what the disk had to say.
    void take(const protocol::Input& input);

    const protocol::Node& node() const { return node_; }

  private:
    void step(const protocol::Input& input);
    bool commit(const std::vector<protocol::Effect>& effects);
    void send(const protocol::Send& send);
    std::shared_ptr<const protocol::Content> read(const protocol::ChunkReply& reply);

    protocol::PeerId self_;
    protocol::Node node_;
    base::Rng rng_;
    protocol::Outbox outbox_;
    Surroundings around_;
    std::deque<protocol::Input> answers_;  ///< of the disk
    base::Instant last_;  ///< time never goes back, whatever `now` says
    bool taking_ = false;
};

}  // namespace coop::runtime

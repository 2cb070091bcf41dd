// Broadcast: how a statement reaches everybody who is awake, in the way that the pool has chosen.
//
//     policy.gossip   plumtree/1 ► Plumtree      flood/1, push/1 ► Infect
//
// Old statements that come by catching up (hops == hops_unpushed) are not pushed, however news are: they are
// announced on every link by IHave with hops 0, which says "nobody is pushing this, ask at once"; only those
// who lack them ask. So ten boards that wake together and bring the same news cost announcements, not ten
// floods, and the news still reaches all who are awake within a round trip a hop.
//
// Law: every statement is new exactly once; whoever is asked for one answers with it or not at all.
#pragma once

#include <variant>

#include "engine/protocol/broadcast/infect.hpp"
#include "engine/protocol/broadcast/plumtree.hpp"

namespace coop::protocol::broadcast {

class Broadcast {
  public:
    /// `config` and `gossip` outlive the broadcast.
    explicit Broadcast(const BroadcastConfig& config, const policy::Gossip& gossip = policy::usual_gossip());

    /// The active view changed: new neighbours are told of everything, those gone are forgotten.
    void neighbours(const PeerList& active) {
        std::visit([&](auto& way) { way.neighbours(active); }, way_);
    }
    /// Our own statement, durable with this step. It is put into the log here.
    void publish(const SignedRef& statement, const Means& means, Env& env);

    /// Verified before, and from another. True exactly when it is new; it has then been passed on. Reports
    /// duplicates.
    bool on(PeerId from, const Gossip& message, const Means& means, Env& env) {
        return std::visit([&](auto& way) { return way.on(from, message, means, env); }, way_);
    }
    /// As `on`, but tells no neighbour, unless a neighbour announced it: for what a newly woken member
    /// fetches, which those awake have already.
    bool keep(PeerId from, const Gossip& message, const Means& means, Env& env) {
        return std::visit([&](auto& way) { return way.keep(from, message, means, env); }, way_);
    }
    void on(PeerId from, const IHave& message, const StatementLog& log, Env& env) {
        std::visit([&](auto& way) { way.on(from, message, log, env); }, way_);
    }
    void on(PeerId from, const Graft& message, const StatementLog& log, Env& env) {
        std::visit([&](auto& way) { way.on(from, message, log, env); }, way_);
    }
    void on(PeerId from, const Prune& message, Env& env) {
        std::visit([&](auto& way) { way.on(from, message, env); }, way_);
    }

    /// It has come and is not for this board: nobody is asked for it any more.
    void give_up(StatementId id) {
        std::visit([&](auto& way) { way.give_up(id); }, way_);
    }

    /// Asks the next announcer for what was announced and did not come.
    void on_deadline(const StatementLog& log, Env& env) {
        std::visit([&](auto& way) { way.on_deadline(log, env); }, way_);
    }
    Deadline deadline() const {
        return std::visit([](const auto& way) { return way.deadline(); }, way_);
    }

    /// As it was told of them.
    PeerList neighbours() const {
        return std::visit([](const auto& way) { return way.neighbours(); }, way_);
    }
    /// Those that news are pushed to, and those that only hear of them.
    PeerList eager() const {
        return std::visit([](const auto& way) { return way.eager(); }, way_);
    }
    PeerList lazy() const {
        return std::visit([](const auto& way) { return way.lazy(); }, way_);
    }
    std::size_t missing() const {
        return std::visit([](const auto& way) { return way.missing(); }, way_);
    }

  private:
    using Way = std::variant<Plumtree, Infect>;
    static Way way_of(const BroadcastConfig& config, const policy::GossipPlan& plan);

    Way way_;
};

}  // namespace coop::protocol::broadcast

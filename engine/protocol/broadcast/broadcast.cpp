#include "engine/protocol/broadcast/broadcast.hpp"

namespace coop::protocol::broadcast {

Broadcast::Broadcast(const BroadcastConfig& config, const policy::Gossip& gossip)
    : way_(way_of(config, gossip.plan())) {}

Broadcast::Way Broadcast::way_of(const BroadcastConfig& config, const policy::GossipPlan& plan) {
    if (const auto* const push = std::get_if<policy::Push>(&plan)) return Infect(config, push->fanout);
    if (std::holds_alternative<policy::Flood>(plan)) return Infect(config, 0);
    return Plumtree(config, std::get<policy::Plumtree>(plan));
}

void Broadcast::publish(const SignedRef& statement, const Means& means, Env& env) {
    means.log.insert(statement, env.now, first_hop);
    std::visit([&](auto& way) { way.publish(statement, means, env); }, way_);
}

}  // namespace coop::protocol::broadcast

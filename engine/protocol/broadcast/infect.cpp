#include "engine/protocol/broadcast/infect.hpp"

namespace coop::protocol::broadcast {
namespace {

// An announcer that does not answer: as long as Plumtree's timer 2.
constexpr base::Duration ask_again = policy::Plumtree{}.graft_again;

}  // namespace

Infect::Infect(const BroadcastConfig& config, std::uint32_t fanout) : wanted_(config), fanout_(fanout) {}

void Infect::neighbours(const PeerList& active) {
    links_.clear();
    for (const PeerId peer : active) links_.push_back(peer);
    wanted_.only_of(active);
}

void Infect::publish(const SignedRef& statement, const Means& means, Env& env) {
    pass_on(Gossip{statement, first_hop}, PeerId::none(), means, env);
}

bool Infect::on(PeerId from, const Gossip& message, const Means& means, Env& env) {
    if (wanted_.take(from, message, means.log, env) != Seen::first) return false;
    pass_on(Gossip{message.statement, one_further(message.hops)}, from, means, env);
    return true;
}

bool Infect::keep(PeerId from, const Gossip& message, const Means& means, Env& env) {
    if (wanted_.contains(message.statement->statement.id)) return on(from, message, means, env);
    return wanted_.take(from, message, means.log, env) == Seen::first;
}

// Only what was caught up with is announced, and nobody is pushing that.
void Infect::on(PeerId from, const IHave& message, const StatementLog& log, Env& env) {
    if (!is_neighbour(from) || !log.wants(message.id)) return;
    Wanted::Item* const item = wanted_.announced(message.id, from, false, env.now);
    const auto ask_it = [&](Wanted::Item& it, PeerId peer) { ask(it, peer, env); };
    if (item != nullptr) wanted_.ask_next(*item, ask_it);
}

void Infect::on(PeerId from, const Graft& message, const StatementLog& log, Env& env) {
    const Kept* const kept = log.kept(message.id);
    if (is_neighbour(from) && kept != nullptr) env.out.send(from, Gossip{kept->statement, hops_unpushed});
}

void Infect::on_deadline(const StatementLog& log, Env& env) {
    if (wanted_.empty()) return;
    wanted_.on_deadline(log, env.now, [&](Wanted::Item& item, PeerId peer) { ask(item, peer, env); });
}

void Infect::ask(Wanted::Item& item, PeerId peer, Env& env) {
    item.ask_at = env.now + ask_again;
    env.out.send(peer, Graft{item.id});
}

void Infect::pass_on(const Gossip& message, PeerId from, const Means& means, Env& env) {
    if (message.hops == hops_unpushed) {
        for (const PeerId peer : links_)
            if (peer != from) env.out.send(peer, IHave{message.statement->statement.id, hops_unpushed});
    } else if (fanout_ == 0) {
        for (const PeerId peer : links_)
            if (peer != from) env.out.send(peer, message);
    } else {
        for (const PeerId peer : means.company.some(fanout_, from, env)) env.out.send(peer, message);
    }
}

PeerList Infect::neighbours() const {
    PeerList list;
    for (const PeerId peer : links_) list.push_back(peer);
    return list;
}

}  // namespace coop::protocol::broadcast

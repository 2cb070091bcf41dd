#include "engine/protocol/broadcast/plumtree.hpp"

namespace coop::protocol::broadcast {

Plumtree::Plumtree(const BroadcastConfig& config, const policy::Plumtree& plan)
    : plan_(&plan), wanted_(config) {}

void Plumtree::neighbours(const PeerList& active) {
    for (std::size_t i = links_.size(); i-- > 0;) {
        if (active.contains(links_[i])) continue;
        if (i < eager_) --eager_;
        links_.erase(links_.begin() + i);
    }
    wanted_.only_of(active);
    for (const PeerId peer : active) {
        if (!is_neighbour(peer)) links_.insert(links_.begin() + eager_++, peer);
    }
}

void Plumtree::publish(const SignedRef& statement, const Means&, Env& env) {
    pass_on(Gossip{statement, first_hop}, PeerId::none(), env);
}

bool Plumtree::on(PeerId from, const Gossip& message, const Means& means, Env& env) {
    if (!take(from, message, means.log, env)) return false;
    if (message.hops != hops_unpushed) make_eager(from);
    pass_on(Gossip{message.statement, one_further(message.hops)}, from, env);
    return true;
}

bool Plumtree::keep(PeerId from, const Gossip& message, const Means& means, Env& env) {
    const bool announced = wanted_.contains(message.statement->statement.id);
    return announced ? on(from, message, means, env) : take(from, message, means.log, env);
}

bool Plumtree::take(PeerId from, const Gossip& message, StatementLog& log, Env& env) {
    const Seen seen = wanted_.take(from, message, log, env);
    if (seen != Seen::before) return seen == Seen::first;
    // What came by catching up before it came along the tree says nothing against the tree.
    const Kept* const kept = log.kept(message.statement->statement.id);
    const bool by_tree = message.hops != hops_unpushed && (kept == nullptr || kept->hops != hops_unpushed);
    if (by_tree && is_neighbour(from)) {
        make_lazy(from);
        env.out.send(from, Prune{});
    }
    return false;
}

void Plumtree::on(PeerId from, const IHave& message, const StatementLog& log, Env& env) {
    if (!is_neighbour(from) || !log.wants(message.id)) return;
    const bool pushed = message.hops != hops_unpushed;
    Wanted::Item* const item = wanted_.announced(message.id, from, pushed, env.now + plan_->graft_after);
    const auto ask_it = [&](Wanted::Item& it, PeerId peer) { ask(it, peer, env); };
    if (item != nullptr && !pushed) wanted_.ask_next(*item, ask_it);
}

void Plumtree::on(PeerId from, const Graft& message, const StatementLog& log, Env& env) {
    const Kept* const kept = log.kept(message.id);
    if (!is_neighbour(from) || kept == nullptr) return;
    if (kept->hops != hops_unpushed) make_eager(from);
    env.out.send(from, Gossip{kept->statement, kept->hops});
}

void Plumtree::on(PeerId from, const Prune&, Env&) { make_lazy(from); }

void Plumtree::on_deadline(const StatementLog& log, Env& env) {
    if (wanted_.empty()) return;
    wanted_.on_deadline(log, env.now, [&](Wanted::Item& item, PeerId peer) { ask(item, peer, env); });
}

/// Asking for what the tree should have brought mends the tree.
void Plumtree::ask(Wanted::Item& item, PeerId peer, Env& env) {
    if (item.pushed) make_eager(peer);
    item.ask_at = env.now + plan_->graft_again;
    env.out.send(peer, Graft{item.id});
}

void Plumtree::pass_on(const Gossip& message, PeerId from, Env& env) {
    const IHave news{message.statement->statement.id, message.hops};
    if (message.hops != hops_unpushed) {
        for (const PeerId peer : eager_links()) {
            if (peer != from) env.out.send(peer, message);
        }
    } else {
        announce(news, eager_links(), from, env);
    }
    announce(news, lazy_links(), from, env);
}

void Plumtree::announce(IHave news, std::span<const PeerId> to, PeerId except, Env& env) {
    for (const PeerId peer : to) {
        if (peer != except) env.out.send(peer, news);
    }
}

PeerList Plumtree::neighbours() const {
    PeerList list;
    for (const PeerId peer : links_) list.push_back(peer);
    return list;
}

PeerList Plumtree::eager() const {
    PeerList list;
    for (const PeerId peer : eager_links()) list.push_back(peer);
    return list;
}

PeerList Plumtree::lazy() const {
    PeerList list;
    for (const PeerId peer : lazy_links()) list.push_back(peer);
    return list;
}

void Plumtree::make_eager(PeerId peer) {
    const auto lazy = lazy_links();
    const auto at = std::find(lazy.begin(), lazy.end(), peer);
    if (at == lazy.end()) return;
    links_.erase(&*at);
    links_.insert(links_.begin() + eager_++, peer);
}

void Plumtree::make_lazy(PeerId peer) {
    const auto eager = eager_links();
    const auto at = std::find(eager.begin(), eager.end(), peer);
    if (at == eager.end()) return;
    --eager_;
    links_.erase(&*at);
    links_.push_back(peer);
}

}  // namespace coop::protocol::broadcast

#include "engine/protocol/broadcast/broadcast.hpp"

#include <algorithm>
#include <limits>

namespace coop::protocol::broadcast {
namespace {

constexpr std::uint16_t one_further(std::uint16_t hops) {
    if (hops == hops_unpushed) return hops_unpushed;
    return hops == std::numeric_limits<std::uint16_t>::max() ? hops : static_cast<std::uint16_t>(hops + 1);
}

void report_duplicate(PeerId from, StatementId id, Env& env) {
    Report report{};
    report.what = What::duplicate;
    report.peer = from;
    report.id = id;
    env.out.report(report);
}

}  // namespace

Broadcast::Broadcast(PeerId self, const BroadcastConfig& config) : config_(&config), self_(self) {}

void Broadcast::neighbours(const PeerList& active, Env&) {
    for (std::size_t i = links_.size(); i-- > 0;) {
        if (active.contains(links_[i])) continue;
        if (i < eager_) --eager_;
        links_.erase(links_.begin() + i);
    }
    for (Missing& each : missing_) {
        for (std::size_t i = each.announcers.size(); i-- > 0;) {
            if (!active.contains(each.announcers[i])) each.announcers.erase_at(i);
        }
    }
    for (const PeerId peer : active) {
        if (!is_neighbour(peer)) links_.insert(links_.begin() + eager_++, peer);
    }
}

void Broadcast::publish(const SignedRef& statement, StatementLog& log, Env& env) {
    constexpr std::uint16_t first_hop = 1;
    log.insert(statement, env.now, first_hop);
    pass_on(Gossip{statement, first_hop}, self_, env);
}

bool Broadcast::on(PeerId from, const Gossip& message, StatementLog& log, Env& env) {
    if (!take(from, message, log, env)) return false;
    if (message.hops != hops_unpushed) make_eager(from);
    pass_on(Gossip{message.statement, one_further(message.hops)}, from, env);
    return true;
}

bool Broadcast::keep(PeerId from, const Gossip& message, StatementLog& log, Env& env) {
    const bool announced = find_missing(message.statement->statement.id) != missing_.end();
    return announced ? on(from, message, log, env) : take(from, message, log, env);
}

bool Broadcast::take(PeerId from, const Gossip& message, StatementLog& log, Env& env) {
    if (from == self_) return false;  // a forged or looped sender: ignored, not asserted
    const StatementId id = message.statement->statement.id;
    const Seen seen = log.insert(message.statement, env.now, one_further(message.hops));
    if (seen == Seen::first) {
        forget_missing(id);
        return true;
    }
    if (seen == Seen::too_old) forget_missing(id);
    report_duplicate(from, id, env);
    // What came by catching up before it came along the tree says nothing against the tree.
    const Kept* const kept = log.kept(id);
    const bool by_tree = message.hops != hops_unpushed && (kept == nullptr || kept->hops != hops_unpushed);
    if (by_tree && seen == Seen::before && is_neighbour(from)) {
        make_lazy(from);
        env.out.send(from, Prune{});
    }
    return false;
}

void Broadcast::on(PeerId from, const IHave& message, const StatementLog& log, Env& env) {
    if (!is_neighbour(from) || !log.wants(message.id)) return;
    const auto place = std::lower_bound(missing_.begin(), missing_.end(), message.id,
                                        [](const Missing& m, StatementId id) { return m.id < id; });
    if (place != missing_.end() && place->id == message.id) {
        if (!place->announcers.full() && !place->announcers.contains(from)) place->announcers.push_back(from);
        return;
    }
    if (!room_for(from)) return;
    const bool pushed = message.hops != hops_unpushed;
    Missing& entry = *missing_.insert(place, Missing{message.id, env.now + config_->graft_after, {}, pushed});
    entry.announcers.push_back(from);
    if (!pushed) ask_next(entry, env);
}

void Broadcast::on(PeerId from, const Graft& message, const StatementLog& log, Env& env) {
    const Kept* const kept = log.kept(message.id);
    if (!is_neighbour(from) || kept == nullptr) return;
    if (kept->hops != hops_unpushed) make_eager(from);
    env.out.send(from, Gossip{kept->statement, kept->hops});
}

void Broadcast::on(PeerId from, const Prune&, Env&) { make_lazy(from); }

void Broadcast::on_deadline(const StatementLog& log, Env& env) {
    if (missing_.empty()) return;
    base::erase_if(missing_, [&](Missing& each) {
        if (each.ask_at > env.now) return false;
        return !log.wants(each.id) || !ask_next(each, env);
    });
}

Deadline Broadcast::deadline() const {
    Deadline soonest = Deadline::never();
    for (const Missing& each : missing_) soonest = std::min(soonest, each.ask_at);
    return soonest;
}

void Broadcast::pass_on(const Gossip& message, PeerId from, Env& env) {
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

void Broadcast::announce(IHave news, std::span<const PeerId> to, PeerId except, Env& env) {
    for (const PeerId peer : to) {
        if (peer != except) env.out.send(peer, news);
    }
}

/// False when nobody is left to ask: then it comes by catching up, or with the next announcement.
bool Broadcast::ask_next(Missing& missing, Env& env) {
    if (missing.announcers.empty()) return false;
    const PeerId peer = missing.announcers[0];
    missing.announcers.erase_at(0);
    if (missing.pushed) make_eager(peer);
    missing.ask_at = env.now + config_->graft_again;
    env.out.send(peer, Graft{missing.id});
    return true;
}

/// When half full, no announcer may take more than its part: invented announcements crowd out few real ones.
bool Broadcast::room_for(PeerId announcer) const {
    if (missing_.size() < config_->missing_max / 2) return true;
    if (missing_.size() >= config_->missing_max) return false;
    const auto its = std::count_if(missing_.begin(), missing_.end(), [&](const Missing& m) {
        return !m.announcers.empty() && m.announcers[0] == announcer;
    });
    return static_cast<std::size_t>(its) < config_->missing_max / 8;
}

PeerList Broadcast::neighbours() const {
    PeerList list;
    for (const PeerId peer : links_) list.push_back(peer);
    return list;
}

PeerList Broadcast::eager() const {
    PeerList list;
    for (const PeerId peer : eager_links()) list.push_back(peer);
    return list;
}

PeerList Broadcast::lazy() const {
    PeerList list;
    for (const PeerId peer : lazy_links()) list.push_back(peer);
    return list;
}

void Broadcast::make_eager(PeerId peer) {
    const auto lazy = lazy_links();
    const auto at = std::find(lazy.begin(), lazy.end(), peer);
    if (at == lazy.end()) return;
    links_.erase(&*at);
    links_.insert(links_.begin() + eager_++, peer);
}

void Broadcast::make_lazy(PeerId peer) {
    const auto eager = eager_links();
    const auto at = std::find(eager.begin(), eager.end(), peer);
    if (at == eager.end()) return;
    --eager_;
    links_.erase(&*at);
    links_.push_back(peer);
}

Broadcast::Missing* Broadcast::find_missing(StatementId id) {
    const auto place = std::lower_bound(missing_.begin(), missing_.end(), id,
                                        [](const Missing& m, StatementId i) { return m.id < i; });
    return place != missing_.end() && place->id == id ? place : missing_.end();
}

void Broadcast::forget_missing(StatementId id) {
    if (const auto place = find_missing(id); place != missing_.end()) missing_.erase(place);
}

}  // namespace coop::protocol::broadcast

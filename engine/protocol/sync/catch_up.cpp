#include "engine/protocol/sync/catch_up.hpp"

namespace coop::protocol::sync {

using base::Instant;

CatchUp::CatchUp(const SyncConfig& config) : config_(&config) {}

void CatchUp::wake() {
    awake_ = true;
    woken_ = true;
    asked_ = PeerId::none();
    ask_at_ = Instant::never();
}

void CatchUp::sleep() {
    awake_ = false;
    ask_at_ = Instant::never();
}

void CatchUp::neighbours(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (!awake_) return;
    if (active.empty()) return wake();  // alone again: the next neighbour is a first one
    const bool gave_nothing = woken_ && answers_ == 0 && !active.contains(asked_);
    if (asked_.is_none() || gave_nothing) ask(active[env.rng.below(active.size())], true, log, env);
}

void CatchUp::on(PeerId from, const SyncAsk& message, const broadcast::StatementLog& log, Env& env) {
    if (!awake_ || message.heard == nullptr || message.heard->size() > heard_in_message_max) return;
    if (from != asked_) woken_ = false;  // somebody relies on us now
    for (const SignedRef& statement : log.missing_for(*message.heard, config_->replies_max)) {
        env.out.send(from, Gossip{statement, broadcast::hops_unpushed});
    }
    if (message.both && log.lacks_from(*message.heard)) ask(from, false, log, env);
}

void CatchUp::on(PeerId from, const Gossip& message, broadcast::StatementLog& log, Env& env) {
    if (!awake_ || from != asked_ || message.hops != broadcast::hops_unpushed) return;
    log.caught_up_to(message.statement->statement.id);
    if (++answers_ == config_->replies_max) ask(from, false, log, env);
}

bool CatchUp::quietly(PeerId from, const Gossip& message) const {
    return woken_ && from == asked_ && message.hops == broadcast::hops_unpushed;
}

void CatchUp::on_deadline(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (!awake_ || env.now < ask_at_) return;
    woken_ = false;
    ask_at_ = Instant::never();
    if (!active.empty()) ask(active[env.rng.below(active.size())], true, log, env);
}

void CatchUp::ask(PeerId peer, bool both, const broadcast::StatementLog& log, Env& env) {
    asked_ = peer;
    answers_ = 0;
    // Within a quarter of the interval: boards that woke together do not keep asking together.
    ask_at_ = env.now + env.rng.between(config_->every * 3 / 4, config_->every * 5 / 4);
    env.out.send(peer, SyncAsk{log.heard_vector(env.rng), both});
}

}  // namespace coop::protocol::sync

#include "engine/protocol/sync/catch_up.hpp"

#include <utility>

namespace coop::protocol::sync {

using base::Instant;

namespace {

// A first exchange over a 3 % share of a slow line is over by then; and two islands are not apart for much
// longer. Guess. Study: scenarios/studies/sync.toml
constexpr base::Duration compare_after = base::seconds(60);
// A question of a few kilobytes and the first of its answers. Guess. Study: scenarios/studies/sync.toml
constexpr base::Duration answer_within = base::seconds(10);

}  // namespace

CatchUp::CatchUp(const SyncConfig& config) : config_(&config) {}

void CatchUp::wake() {
    awake_ = true;
    woken_ = true;
    asked_ = PeerId::none();
    ask_at_ = compare_at_ = Instant::never();
    known_.clear();
    unmet_.clear();
}

void CatchUp::sleep() {
    awake_ = false;
    ask_at_ = compare_at_ = Instant::never();
}

void CatchUp::neighbours(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (!awake_) return;
    if (active.empty()) return wake();  // alone again: the next neighbour is a first one
    for (const PeerId peer : known_) {
        if (!active.contains(peer)) unmet_.erase(peer);
    }
    for (const PeerId peer : active) {
        if (!known_.contains(peer)) unmet_.push_back(peer);
    }
    known_ = active;
    const bool gave_nothing = woken_ && answers_ == 0 && !active.contains(asked_);
    if (asked_.is_none() || gave_nothing) ask(active[env.rng.below(active.size())], true, log, env);
    if (!unmet_.empty() && compare_at_.is_never()) {
        compare_at_ = env.now + env.rng.between(compare_after / 2, compare_after);
    }
}

void CatchUp::on(PeerId from, const SyncAsk& message, const broadcast::StatementLog& log, Env& env) {
    if (!awake_ || message.heard == nullptr || message.heard->size() > heard_in_message_max) return;
    if (from != asked_) woken_ = false;  // somebody relies on us now
    if (message.both) unmet_.erase(from);
    for (Gossip& each : log.missing_for(message, config_->replies_max)) env.out.send(from, std::move(each));
    // Two boards that were alone ask each other at once: each answers, neither asks again.
    const bool just_asked = from == asked_ && env.now - asked_at_ < answer_within;
    if (message.both && !just_asked && log.lacks_from(*message.heard)) ask(from, false, log, env);
}

void CatchUp::on(PeerId from, const Gossip& message, broadcast::StatementLog& log, Env& env) {
    if (!awake_ || from != asked_ || message.hops != broadcast::hops_unpushed) return;
    const StatementId id = message.statement->statement.id;
    if (message.gone > 0 && message.gone < id.sequence)
        log.gone(id.origin, id.sequence - message.gone, id.sequence - 1);
    std::uint32_t& passed = passed_[id.origin];
    advanced_ |= id.sequence > passed;
    passed = std::max(passed, id.sequence);
    if (++answers_ % config_->replies_max == 0) ask_for_more(log, env);
}

bool CatchUp::quietly(PeerId from, const Gossip& message) const {
    return woken_ && from == asked_ && message.hops == broadcast::hops_unpushed;
}

void CatchUp::on_deadline(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (!awake_) return;
    if (env.now >= compare_at_) {
        compare_at_ = Instant::never();
        if (!unmet_.empty()) {
            woken_ = false;
            ask(unmet_[0], true, log, env);
        }
        if (!unmet_.empty()) compare_at_ = env.now + compare_after / 4;
    }
    if (env.now >= ask_at_) {
        woken_ = false;
        ask_at_ = Instant::never();
        if (!active.empty()) ask(active[env.rng.below(active.size())], true, log, env);
    }
}

void CatchUp::ask(PeerId peer, bool both, const broadcast::StatementLog& log, Env& env) {
    asked_ = peer;
    asked_at_ = env.now;
    answers_ = 0;
    passed_.clear();
    advanced_ = false;
    unmet_.erase(peer);
    // Within a quarter of the interval: boards that woke together do not keep asking together.
    ask_at_ = env.now + env.rng.between(config_->every * 3 / 4, config_->every * 5 / 4);
    env.out.send(peer, SyncAsk{log.heard_vector(env.rng), both, log.forgotten_before()});
}

// Where it stopped it goes on, whatever became of what it has sent: answers ascend, and one that does not
// ends the exchange.
void CatchUp::ask_for_more(const broadcast::StatementLog& log, Env& env) {
    const bool goes_on = std::exchange(advanced_, false) && passed_.size() < heard_in_message_max;
    if (!goes_on) return;
    asked_at_ = env.now;
    env.out.send(asked_, SyncAsk{log.heard_vector(env.rng, passed_), false, log.forgotten_before()});
}

}  // namespace coop::protocol::sync

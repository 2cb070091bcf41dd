#include "engine/protocol/sync/catch_up.hpp"

#include <utility>

namespace coop::protocol::sync {

using base::Instant;

namespace {

// A first exchange over a 3 % share of a slow line is over by then; and two islands are not apart for much
// longer. Guess. Study: scenarios/studies/sync.toml
constexpr base::Duration compare_after = base::seconds(60);
// A question of a few kilobytes and the first of its answers, or one answer and the next. Guess. Study:
// scenarios/studies/sync.toml
constexpr base::Duration answer_within = base::seconds(10);

}  // namespace

CatchUp::CatchUp(const SyncConfig& config) : config_(&config) {}

void CatchUp::wake() {
    sleep();
    awake_ = true;
    woken_ = true;
    asked_ = PeerId::none();
    unmet_.clear();
}

void CatchUp::sleep() {
    awake_ = false;
    ask_at_ = compare_at_ = silent_at_ = Instant::never();
    exchange_ = no_exchange;
    owed_ = PeerId::none();
    passed_.clear();
}

void CatchUp::neighbours(const PeerList& before, const PeerList& active, const broadcast::StatementLog& log,
                         Env& env) {
    if (!awake_) return;
    if (active.empty()) return wake();  // alone again: the next neighbour is a first one
    for (const PeerId peer : before) {
        if (!active.contains(peer)) base::erase(unmet_, peer);
    }
    for (const PeerId peer : active) {
        if (!before.contains(peer)) unmet_.push_back(peer);
    }
    const bool gave_nothing = woken_ && !answered_ && !active.contains(asked_);
    if (asked_.is_none() || gave_nothing) ask_regularly(active[env.rng.below(active.size())], log, env);
    if (!unmet_.empty() && compare_at_.is_never()) {
        compare_at_ = env.now + env.rng.between(compare_after / 2, compare_after);
    }
}

void CatchUp::on(PeerId from, const SyncAsk& message, const broadcast::StatementLog& log, Env& env) {
    if (!awake_ || message.heard == nullptr || message.heard->size() > heard_in_message_max) return;
    if (from != asked_) woken_ = false;  // somebody relies on us now
    if (message.both) base::erase(unmet_, from);
    for (Gossip& each : log.missing_for(message, config_->replies_max, env.rng))
        env.out.send(from, std::move(each));
    if (!message.both || !log.lacks_from(*message.heard, env.now)) return;
    if (!running()) return ask_back(from, message, log, env);
    // Two boards that were alone ask each other at once: each answers, neither asks again.
    if (from != asked_) owed_ = from;
}

bool CatchUp::answers(PeerId from, const Gossip& message) const {
    return from == asked_ && message.exchange != no_exchange && message.exchange == exchange_;
}

void CatchUp::on(PeerId from, const Gossip& message, bool fresh, broadcast::StatementLog& log, Env& env) {
    if (!awake_ || !answers(from, message)) return;
    const StatementId id = message.statement->statement.id;
    const bool closes = message.gone > 0 && message.gone < id.sequence &&
                        log.gone(id.origin, id.sequence - message.gone, id.sequence - 1);
    answered_ = true;
    news_ |= fresh || closes;
    if (passed_.size() < heard_in_message_max || passed_.contains(id.origin)) {
        std::uint32_t& passed = passed_[id.origin];
        passed = std::max(passed, id.sequence);
    }
    if (message.part == Part::ask_again && more_to_ask()) return send(false, log, env);
    if (message.part == Part::complete) news_ = false;
    silent_at_ = message.part == Part::goes_on ? env.now + answer_within : env.now;
}

bool CatchUp::quietly(PeerId from, const Gossip& message) const { return woken_ && answers(from, message); }

void CatchUp::on_deadline(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (!awake_) return;
    if (env.now >= silent_at_) go_on(active, log, env);
    if (env.now >= ask_at_) {
        woken_ = false;
        ask_at_ = Instant::never();
        if (!active.empty()) ask_regularly(active[env.rng.below(active.size())], log, env);
    }
    if (env.now >= compare_at_) {
        compare_at_ = Instant::never();
        if (!unmet_.empty() && !running()) {
            woken_ = false;
            ask_regularly(unmet_[0], log, env);
        }
        if (!unmet_.empty()) compare_at_ = env.now + compare_after / 4;
    }
}

void CatchUp::ask_regularly(PeerId peer, const broadcast::StatementLog& log, Env& env) {
    // Within a quarter of the interval: boards that woke together do not keep asking together.
    ask_at_ = env.now + env.rng.between(config_->every * 3 / 4, config_->every * 5 / 4);
    passed_.clear();
    ask(peer, true, log, env);
}

void CatchUp::ask(PeerId peer, bool both, const broadcast::StatementLog& log, Env& env) {
    asked_ = peer;
    exchange_ = static_cast<std::uint16_t>(1 + env.rng.below(UINT16_MAX));
    answered_ = false;
    base::erase(unmet_, peer);
    send(both, log, env);
    passed_.clear();
}

void CatchUp::send(bool both, const broadcast::StatementLog& log, Env& env) {
    news_ = false;
    silent_at_ = env.now + answer_within;
    env.out.send(asked_, SyncAsk{log.heard_vector(env.now, env.rng, passed_), both, exchange_,
                                 log.forgotten_before(), full_});
}

/// Where a list leaves origins out, those that the other has named and that are not known here are named as
/// well, or nothing would ever be sent of them.
void CatchUp::ask_back(PeerId peer, const SyncAsk& message, const broadcast::StatementLog& log, Env& env) {
    for (const Heard& each : *message.heard) {
        const bool unnamed = log.leaves_out() && passed_.size() < heard_in_message_max / 2;
        if (unnamed && !log.knows(each.origin)) passed_[each.origin] = 0;
    }
    ask(peer, false, log, env);
}

/// Where it stopped it goes on, whatever became of what was sent.
void CatchUp::go_on(const PeerList& active, const broadcast::StatementLog& log, Env& env) {
    if (more_to_ask()) return send(false, log, env);
    silent_at_ = Instant::never();
    passed_.clear();
    const PeerId next = std::exchange(owed_, PeerId::none());
    if (active.contains(next)) ask(next, false, log, env);
}

}  // namespace coop::protocol::sync

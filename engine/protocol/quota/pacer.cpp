#include "engine/protocol/quota/pacer.hpp"

#include <algorithm>
#include <utility>

#include "engine/protocol/message_size.hpp"

namespace coop::protocol::quota {
namespace {

void report_dropped(base::Bytes line, PeerId to, Env& env) {
    env.out.report(
        {.what = What::dropped_over_quota, .peer = to, .size = line, .reason = Reason::over_quota});
}

}  // namespace

void Pacer::release(Meter& meter, Env& env) {
    const std::size_t passed = queues_ == nullptr ? pass_through(meter, env) : 0;
    if (queues_ == nullptr && passed == env.out.effects().size()) return;
    if (queues_ == nullptr) queues_ = std::make_unique<Queues>();
    take_over_from(passed, env);
    send_granted(meter, env);
    if (queues_->waiting == 0) queues_.reset();
}

/// Nothing waits: puts the Sends of this step into their order, and debits them up to the first that is not
/// granted. How many effects may leave so.
std::size_t Pacer::pass_through(Meter& meter, Env& env) const {
    const auto rank = [](const Effect& effect) {
        const auto* const send = std::get_if<Send>(&effect);
        return send == nullptr ? 0 : 1 + static_cast<unsigned>(urgency(send->message));
    };
    const auto before = [&](const Effect& a, const Effect& b) { return rank(a) < rank(b); };
    auto& effects = env.out.effects();
    if (effects.size() > room_for(Urgency::bulk)) return 0;  // there may be too many to queue
    if (!std::is_sorted(effects.begin(), effects.end(), before))
        std::stable_sort(effects.begin(), effects.end(), before);
    for (std::size_t i = 0; i < effects.size(); ++i) {
        const auto* const send = std::get_if<Send>(&effects[i]);
        if (send == nullptr) continue;
        const base::Bytes line = line_size(send->message);
        if (meter.may_send(line, urgency(send->message), env.now) != policy::Verdict::granted) return i;
        meter.sent(line, env.now);
    }
    return effects.size();
}

void Pacer::take_over_from(std::size_t first, Env& env) {
    auto& effects = env.out.effects();
    std::size_t kept = first;
    for (std::size_t i = first; i < effects.size(); ++i) {  // grows when a drop is reported
        auto* const send = std::get_if<Send>(&effects[i]);
        if (send == nullptr) {
            if (kept != i) effects[kept] = std::move(effects[i]);
            ++kept;
        } else {
            take_over(std::move(*send), env);
        }
    }
    effects.erase(effects.begin() + static_cast<std::ptrdiff_t>(kept), effects.end());
}

void Pacer::send_granted(Meter& meter, Env& env) {
    for (unsigned level = 0; level < queues_->by_urgency.size(); ++level) {
        Queue& queue = queues_->by_urgency[level];
        drop_stale(queue, env);
        while (!queue.empty()) {
            Waiting& first = queue.front();
            const auto verdict = meter.may_send(first.line, static_cast<Urgency>(level), env.now);
            if (verdict != policy::Verdict::granted) return;
            meter.sent(first.line, env.now);
            env.out.send(first.to, std::move(first.message));
            pop(queue);
        }
    }
}

/// An eighth is for what keeps links alive, however many answers wait.
std::size_t Pacer::room_for(Urgency level) const {
    return level == Urgency::control ? config_->queue_max : config_->queue_max - config_->queue_max / 8;
}

void Pacer::take_over(Send&& send, Env& env) {
    const base::Bytes line = line_size(send.message);
    const Urgency level = urgency(send.message);
    if (queues_->waiting >= room_for(level)) return report_dropped(line, send.to, env);
    if (level == Urgency::bulk) queues_->bulk += line;
    ++queues_->waiting;
    queues_->by_urgency[static_cast<unsigned>(level)].push_back(
        {send.to, std::move(send.message), line, env.now});
}

void Pacer::drop_stale(Queue& queue, Env& env) {
    while (!queue.empty() && env.now - queue.front().since > config_->wait_max) {
        report_dropped(queue.front().line, queue.front().to, env);
        pop(queue);
    }
}

void Pacer::pop(Queue& queue) {
    if (&queue == &queues_->by_urgency[static_cast<unsigned>(Urgency::bulk)])
        queues_->bulk -= queue.front().line;
    --queues_->waiting;
    queue.pop_front();
}

bool Pacer::has_words() const {
    return queues_ != nullptr && (!queues_->by_urgency[static_cast<std::size_t>(Urgency::control)].empty() ||
                                  !queues_->by_urgency[static_cast<std::size_t>(Urgency::news)].empty());
}

void Pacer::clear() { queues_.reset(); }

Deadline Pacer::deadline(const Meter& meter) const {
    if (queues_ == nullptr) return base::Instant::never();
    for (unsigned level = 0; level < queues_->by_urgency.size(); ++level) {
        const Queue& queue = queues_->by_urgency[level];
        if (queue.empty()) continue;
        const Waiting& first = queue.front();
        const base::Instant sendable =
            meter.when_sendable(first.line, static_cast<Urgency>(level), first.since);
        const base::Instant stale = first.since + config_->wait_max + base::nanoseconds(1);
        return sendable < stale ? sendable : stale;
    }
    return base::Instant::never();
}

}  // namespace coop::protocol::quota

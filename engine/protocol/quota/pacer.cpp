#include "engine/protocol/quota/pacer.hpp"

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
    auto& effects = env.out.effects();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < effects.size(); ++i) {  // grows when a drop is reported
        auto* const send = std::get_if<Send>(&effects[i]);
        if (send == nullptr) {
            if (kept != i) effects[kept] = std::move(effects[i]);
            ++kept;
        } else {
            take_over(std::move(*send), env.now, env);
        }
    }
    effects.erase(effects.begin() + static_cast<std::ptrdiff_t>(kept), effects.end());
    for (unsigned level = 0; level < queues_.size(); ++level) {
        Queue& queue = queues_[level];
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

void Pacer::take_over(Send&& send, base::Instant now, Env& env) {
    const base::Bytes line = line_size(send.message);
    const Urgency level = urgency(send.message);
    // An eighth is for what keeps links alive, however many answers wait.
    const std::size_t room =
        level == Urgency::control ? config_->queue_max : config_->queue_max - config_->queue_max / 8;
    if (waiting_ >= room) return report_dropped(line, send.to, env);
    if (level == Urgency::bulk) bulk_bytes_ += line;
    ++waiting_;
    queues_[static_cast<unsigned>(level)].push_back({send.to, std::move(send.message), line, now});
}

void Pacer::drop_stale(Queue& queue, Env& env) {
    while (!queue.empty() && env.now - queue.front().since > config_->wait_max) {
        report_dropped(queue.front().line, queue.front().to, env);
        pop(queue);
    }
}

void Pacer::pop(Queue& queue) {
    if (&queue == &queues_[static_cast<unsigned>(Urgency::bulk)]) bulk_bytes_ -= queue.front().line;
    --waiting_;
    queue.pop_front();
}

bool Pacer::has_words() const {
    return !queues_[static_cast<std::size_t>(Urgency::control)].empty() ||
           !queues_[static_cast<std::size_t>(Urgency::news)].empty();
}

void Pacer::clear() {
    for (Queue& queue : queues_) queue.clear();
    waiting_ = 0;
    bulk_bytes_ = {};
}

Deadline Pacer::deadline(const Meter& meter) const {
    for (unsigned level = 0; level < queues_.size(); ++level) {
        const Queue& queue = queues_[level];
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

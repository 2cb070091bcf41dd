// Pacer: every message of a node passes here on its way out, and waits when the owner's share is used up.
//
//     step ──► Outbox ──► control │ news │ bulk ──► Outbox      (what the meter grants, most urgent first)
//                 └──────── nothing waits, all granted ───┘      (nearly always: then nothing is moved)
//
// Law: no Send leaves a node but through `release`. The queue is bounded; what waits too long is dropped and
// counted.
#pragma once

#include <array>
#include <memory>

#include "engine/base/fifo.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/quota/meter.hpp"

namespace coop::protocol::quota {

class Pacer {
  public:
    explicit Pacer(const QuotaConfig& config) : config_(&config) {}

    /// Takes the Sends of this step out of the outbox and puts back those that may leave now, most urgent
    /// first.
    void release(Meter& meter, Env& env);
    /// How long a further bulk message would wait behind those that are queued.
    base::Duration bulk_wait(const Meter& meter) const {
        return meter.time_to_send(queues_ == nullptr ? base::Bytes{} : queues_->bulk);
    }
    /// Whether anything but content waits.
    bool has_words() const;
    /// Forgets what waits: the owner's hours are over.
    void clear();

    Deadline deadline(const Meter& meter) const;

  private:
    struct Waiting {
        PeerId to;
        Message message;
        base::Bytes line;
        base::Instant since;
    };
    using Queue = base::Fifo<Waiting>;
    struct Queues {
        std::array<Queue, 3> by_urgency;
        base::Bytes bulk;
        std::uint32_t waiting = 0;
    };

    std::size_t room_for(Urgency level) const;
    std::size_t pass_through(Meter& meter, Env& env) const;
    void take_over_from(std::size_t first, Env& env);
    void take_over(Send&& send, Env& env);
    void send_granted(Meter& meter, Env& env);
    void drop_stale(Queue& queue, Env& env);
    void pop(Queue& queue);

    const QuotaConfig* config_;
    std::unique_ptr<Queues> queues_;  // null when nothing waits
};

}  // namespace coop::protocol::quota

// Phold: the load that event queues are measured by, for our own queue and for every peer's.
// Fujimoto, "Performance of Time Warp under synthetic workloads", 1990: every event makes one successor at a
// random node after a random delay, so the queue keeps its size.
//
//     pop the earliest ──► draw a delay and a node ──► push
//          ▲                                             │
//          └───────────── `pending` events ◄─────────────┘
//
// Law: delays are uniform in 1 ns to 2^26 ns (67 ms), drawn from base::Rng, whatever holds the events.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/rng.hpp"
#include "engine/base/time.hpp"
#include "engine/sim/kernel.hpp"

namespace coop::bench {

inline base::Duration phold_delay(base::Rng& rng) {
    return base::nanoseconds(1 + static_cast<std::int64_t>(rng.next() >> 38));
}
struct PholdDelay {
    base::Duration operator()(base::Rng& rng, std::uint32_t) const { return phold_delay(rng); }
};

/// A queue and the load on it. `delay(rng, origin)`; `anywhere`: the successor is at a random node, as phold
/// has it, else at the same one.
template <class Queue, class Delay>
class Hold {
  public:
    Hold(Queue& queue, std::uint32_t pending, Delay delay, bool anywhere)
        : queue_(queue), delay_(std::move(delay)), counts_(pending), anywhere_(anywhere) {
        for (std::uint32_t origin = 0; origin < pending; ++origin) succeed(base::Instant::zero(), origin);
    }
    void happen() {
        const sim::Event event = queue_.pop();
        succeed(event.at,
                anywhere_ ? static_cast<std::uint32_t>(rng_.next() % counts_.size()) : event.origin);
    }

  private:
    void succeed(base::Instant now, std::uint32_t origin) {
        queue_.push({now + delay_(rng_, origin), origin, counts_[origin]++, 0, 0});
    }

    Queue& queue_;
    Delay delay_;
    base::Rng rng_{1, base::Purpose::test, 0};
    std::vector<std::uint32_t> counts_;
    bool anywhere_;
};

}  // namespace coop::bench

// Exchange: what the boards of one partition cause to happen to those of another, and how far each has come.
//
//     partition i ──post──► box[i][j]                        i says: I have come to 8:00:00.120
//                           box[i][j] ──take──► partition j  j may go to 8:00:00.120 and a way's time
//
// Law: what is posted is due a way's time later, at the earliest, because a way between two boards takes
// time. So whoever has heard how far all others have come, and then takes what they had posted, has
// everything that comes before those moments and a way. This is all that partitions know of each other, so
// ranks on several machines would need another Exchange and nothing else.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/sim/kernel.hpp"

namespace coop::sim {

class Exchange {
  public:
    explicit Exchange(std::uint32_t partitions)
        : partitions_(partitions), boxes_(std::size_t{partitions} * partitions), clocks_(partitions) {}

    /// While nobody runs: all that was posted is there to take.
    void settle() {
        for (Box& each : boxes_) each.hand_over();
    }
    /// While nobody runs: all have come to `from`; a way between two boards takes `way` at least.
    void begin(base::Instant from, base::Duration way) {
        way_ = way;
        for (Clock& clock : clocks_) clock.at.store(from.ns(), std::memory_order_relaxed);
    }
    /// By `from`. It is there to take when `from` has come to anywhere after.
    void post(std::uint32_t from, std::uint32_t to, const Event& event) {
        box(from, to).kept.push_back(event);
    }
    /// By `from`: what it posts from now on is due a way's time after `at`, at the earliest.
    void come_to(std::uint32_t from, base::Instant at) {
        std::atomic<std::int64_t>& clock = clocks_[from].at;
        if (clock.load(std::memory_order_relaxed) >= at.ns()) return;
        for (std::uint32_t to = 0; to < partitions_; ++to) box(from, to).hand_over();
        clock.store(at.ns(), std::memory_order_release);
    }
    /// By `to`: all that comes before then has been posted for it.
    base::Instant safe(std::uint32_t to) const {
        base::Instant first = base::Instant::never();
        for (std::uint32_t from = 0; from < partitions_; ++from) {
            if (from == to) continue;
            const std::int64_t at = clocks_[from].at.load(std::memory_order_acquire);
            first = std::min(first, base::Instant::of_ns(at) + way_);
        }
        return first;
    }
    /// By `to`: appends everything that is there for it.
    void take(std::uint32_t to, std::vector<Event>& taken) {
        for (std::uint32_t from = 0; from < partitions_; ++from) box(from, to).give(taken);
    }

  private:
    struct Box {
        void hand_over() {
            if (kept.empty()) return;
            const std::lock_guard lock(mutex);
            there.insert(there.end(), kept.begin(), kept.end());
            kept.clear();
            any.store(true, std::memory_order_relaxed);
        }
        void give(std::vector<Event>& taken) {
            if (!any.load(std::memory_order_relaxed)) return;
            const std::lock_guard lock(mutex);
            taken.insert(taken.end(), there.begin(), there.end());
            there.clear();
            any.store(false, std::memory_order_relaxed);
        }
        // A cache line for the writer alone.
        alignas(64) std::vector<Event> kept;
        alignas(64) std::mutex mutex;
        std::atomic<bool> any = false;
        std::vector<Event> there;
    };
    struct alignas(64) Clock {
        std::atomic<std::int64_t> at{0};
    };

    Box& box(std::uint32_t from, std::uint32_t to) { return boxes_[from * partitions_ + to]; }

    std::uint32_t partitions_;
    base::Duration way_{};
    std::vector<Box> boxes_;  // [from][to]
    std::vector<Clock> clocks_;
};

}  // namespace coop::sim

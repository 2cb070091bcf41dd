// EventQueue: what happens next, in one total order.
//
//     push(event) ──► [ 4-ary heap by (at, origin, count) ] ──► pop() ──► the earliest
//
// Law: the order is total and does not depend on who scheduled what first: `origin` is the node that caused
// the event and `count` that node's own counter. Time never goes back. Nothing else may know how the queue
// sorts, so that it can be replaced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/time.hpp"

namespace coop::sim {

/// One entry, 24 bytes. What it carries lies in a pool under `slot`; kinds are the simulation's.
struct Event {
    base::Instant at;
    std::uint32_t origin = 0;  ///< the node that caused it
    std::uint32_t count = 0;   ///< that node's own counter: with `at` and `origin` the key
    std::uint32_t slot = 0;    ///< payload, or the generation that a deadline was armed in
    std::uint32_t kind = 0;

    constexpr bool before(const Event& other) const {
        if (at != other.at) return at < other.at;
        if (origin != other.origin) return origin < other.origin;
        return count < other.count;
    }
};
static_assert(sizeof(Event) == 24);

class EventQueue {
  public:
    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }
    /// The moment of the last event that was popped.
    base::Instant now() const { return now_; }
    /// When the next event is due; the queue must not be empty.
    base::Instant next_at() const { return COOP_ASSERT(!heap_.empty()), heap_.front().at; }

    void push(const Event& event) {
        COOP_ASSERT(event.at >= now_);
        heap_.push_back(event);
        rise(heap_.size() - 1);
    }
    Event pop() {
        COOP_ASSERT(!heap_.empty());
        const Event first = heap_.front();
        const Event last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) sink(last);
        now_ = first.at;
        return first;
    }
    void reserve(std::size_t events) { heap_.reserve(events); }

  private:
    static constexpr std::size_t width = 4;  // a node's children share one and a half cache lines

    void rise(std::size_t at) {
        const Event event = heap_[at];
        while (at > 0) {
            const std::size_t parent = (at - 1) / width;
            if (!event.before(heap_[parent])) break;
            heap_[at] = heap_[parent];
            at = parent;
        }
        heap_[at] = event;
    }
    /// Puts `event` where the first one was and lets it down to its place.
    void sink(const Event& event) {
        const std::size_t count = heap_.size();
        std::size_t at = 0;
        for (;;) {
            const std::size_t first = at * width + 1;
            if (first >= count) break;
            const std::size_t end = first + width < count ? first + width : count;
            std::size_t least = first;
            for (std::size_t child = first + 1; child < end; ++child)
                if (heap_[child].before(heap_[least])) least = child;
            if (!heap_[least].before(event)) break;
            heap_[at] = heap_[least];
            at = least;
        }
        heap_[at] = event;
    }

    std::vector<Event> heap_;
    base::Instant now_ = base::Instant::of_ns(INT64_MIN);
};

}  // namespace coop::sim

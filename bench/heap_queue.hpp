// HeapQueue: a 4-ary heap with the interface of sim::EventQueue, which it was until the wheels came. Kept to
// be compared with.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/sim/kernel.hpp"

namespace coop::sim {

class HeapQueue {
  public:
    bool empty() const { return heap_.empty(); }
    base::Instant next_at() const { return heap_.front().at; }

    void push(const Event& event) {
        heap_.push_back(event);
        rise(heap_.size() - 1);
    }
    Event pop() {
        const Event first = heap_.front();
        const Event last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) sink(last);
        return first;
    }

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
};

/// The floor: events in the order in which they were pushed, whatever their time. No queue is faster.
class FifoQueue {
  public:
    explicit FifoQueue(std::size_t room) : ring_(room + 1) {}
    void push(const Event& event) {
        ring_[last_] = event;
        last_ = last_ + 1 < ring_.size() ? last_ + 1 : 0;
    }
    Event pop() {
        const Event event = ring_[first_];
        first_ = first_ + 1 < ring_.size() ? first_ + 1 : 0;
        return event;
    }

  private:
    std::vector<Event> ring_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

}  // namespace coop::sim

// IndexedHeap: moments by item, the earliest first; an item is in it once, and its moment can be moved.
//
//     heap    0 ─┬─ 1 ─┬─ 5 …      four children each: half as deep as with two, and they lie side by side
//                │     └─ …
//                ├─ 2 …            places: item ─► where in the heap
//
// Law: ordered by moment, then by the order that the caller gave, which must differ from item to item. No
// entry is ever outdated, so it holds as many as there are items. No allocation in steady state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/time.hpp"

namespace coop::sim {

class IndexedHeap {
  public:
    struct Entry {
        base::Instant at;
        std::uint64_t order = 0;
        std::uint32_t item = 0;

        bool before(const Entry& other) const { return at != other.at ? at < other.at : order < other.order; }
    };

    bool empty() const { return heap_.empty(); }
    const Entry& first() const { return heap_.front(); }
    bool contains(std::uint32_t item) const { return item < places_.size() && places_[item] != nowhere; }

    /// Puts it in, or moves it.
    void put(const Entry& entry) {
        if (entry.item >= places_.size()) places_.resize(entry.item + std::size_t{1}, nowhere);
        std::size_t place = places_[entry.item];
        if (place == nowhere) {
            place = heap_.size();
            heap_.push_back(entry);
        }
        settle(place, entry);
    }
    void erase(std::uint32_t item) {
        COOP_ASSERT(contains(item));
        const std::size_t place = places_[item];
        places_[item] = nowhere;
        const Entry last = heap_.back();
        heap_.pop_back();
        if (last.item != item) settle(place, last);
    }

  private:
    static constexpr std::size_t arity = 4;
    static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

    /// `entry` belongs at `place` or above or below it; what lies there now is overwritten.
    void settle(std::size_t place, const Entry& entry) {
        while (place > 0) {
            const std::size_t parent = (place - 1) / arity;
            if (!entry.before(heap_[parent])) break;
            write(place, heap_[parent]);
            place = parent;
        }
        for (;;) {
            const std::size_t from = place * arity + 1;
            if (from >= heap_.size()) break;
            const std::size_t until = std::min(from + arity, heap_.size());
            std::size_t least = from;
            for (std::size_t child = from + 1; child < until; ++child) {
                if (heap_[child].before(heap_[least])) least = child;
            }
            if (!heap_[least].before(entry)) break;
            write(place, heap_[least]);
            place = least;
        }
        write(place, entry);
    }
    void write(std::size_t place, const Entry& entry) {
        heap_[place] = entry;
        places_[entry.item] = static_cast<std::uint32_t>(place);
    }

    std::vector<Entry> heap_;
    std::vector<std::uint32_t> places_;  // by item
};

}  // namespace coop::sim

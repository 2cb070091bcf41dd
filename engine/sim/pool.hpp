// Pool<T>: slots with a free list. Addresses stay; a slot that is given back is used again first.
//
// Law: in steady state nothing is allocated. A slot's number says nothing about order and never enters a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/base/assert.hpp"

namespace coop::sim {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = std::numeric_limits<Slot>::max();

template <class T>
class Pool {
  public:
    /// A slot whose value is as its last user left it: overwrite what matters.
    Slot take() {
        if (free_.empty()) grow();
        const Slot slot = free_.back();
        free_.pop_back();
        return slot;
    }
    void give_back(Slot slot) { free_.push_back(slot); }
    T& operator[](Slot slot) { return pages_[slot / page_size][slot % page_size]; }
    const T& operator[](Slot slot) const { return pages_[slot / page_size][slot % page_size]; }

    std::size_t in_use() const { return pages_.size() * page_size - free_.size(); }

  private:
    static constexpr std::size_t page_size = 1024;

    void grow() {
        const std::size_t first = pages_.size() * page_size;
        COOP_ASSERT(first + page_size < no_slot);
        pages_.push_back(std::make_unique<T[]>(page_size));
        free_.reserve(first + page_size);
        for (std::size_t i = page_size; i > 0; --i) free_.push_back(static_cast<Slot>(first + i - 1));
    }

    std::vector<std::unique_ptr<T[]>> pages_;
    std::vector<Slot> free_;
};

}  // namespace coop::sim

// Pool<T>: slots with a free list. Addresses stay; a slot that is given back is used again first.
// SharedPool<T>: the same for several threads, each of which takes and gives back through a Share of its own.
//
//     a thread ◄──take, give_back──► its share ◄──a page of slots at a time──► reserve ◄── new pages
//
// Law: in steady state nothing is allocated. A slot's number says nothing about order and never enters a key.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
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

template <class T>
class SharedPool {
  public:
    /// One thread's. What it gives back may have been taken by another.
    class Share {
      public:
        explicit Share(SharedPool& pool) : pool_(&pool) {}
        Slot take() {
            if (free_.empty()) pool_->refill(free_);
            const Slot slot = free_.back();
            free_.pop_back();
            return slot;
        }
        void give_back(Slot slot) {
            free_.push_back(slot);
            if (free_.size() >= 2 * page_size) pool_->put_aside(free_);
        }

      private:
        SharedPool* pool_;
        std::vector<Slot> free_;
    };

    T& operator[](Slot slot) {
        return at_.load(std::memory_order_acquire)[slot / page_size][slot % page_size];
    }

  private:
    static constexpr std::size_t page_size = 1024;

    void refill(std::vector<Slot>& free) {
        const std::lock_guard lock(guard_);
        if (reserve_.empty()) grow();
        const auto from = reserve_.end() - static_cast<std::ptrdiff_t>(std::min(page_size, reserve_.size()));
        free.assign(from, reserve_.end());
        reserve_.erase(from, reserve_.end());
    }
    void put_aside(std::vector<Slot>& free) {
        const std::lock_guard lock(guard_);
        const auto from = free.end() - static_cast<std::ptrdiff_t>(page_size);
        reserve_.insert(reserve_.end(), from, free.end());
        free.erase(from, free.end());
    }
    void grow() {
        const std::size_t first = pages_.size() * page_size;
        COOP_ASSERT(first + page_size < no_slot);
        pages_.push_back(std::make_unique<T[]>(page_size));
        if (pages_.size() > room_) make_room();
        tables_.back()[pages_.size() - 1] = pages_.back().get();
        for (std::size_t i = page_size; i > 0; --i) reserve_.push_back(static_cast<Slot>(first + i - 1));
    }
    // Others may be reading in the table that was: it stays. All that were take less than the last one.
    void make_room() {
        room_ = std::max<std::size_t>(64, 2 * room_);
        tables_.push_back(std::make_unique<T*[]>(room_));
        for (std::size_t i = 0; i < pages_.size(); ++i) tables_.back()[i] = pages_[i].get();
        at_.store(tables_.back().get(), std::memory_order_release);
    }

    std::atomic<T**> at_{nullptr};  // the pages, of the newest table
    std::mutex guard_;              // of all below
    std::vector<std::unique_ptr<T[]>> pages_;
    std::vector<std::unique_ptr<T*[]>> tables_;
    std::size_t room_ = 0;
    std::vector<Slot> reserve_;
};

}  // namespace coop::sim

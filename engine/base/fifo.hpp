// Fifo<T>: first in, first out, in one vector. An empty one owns no memory (a std::deque owns half a KiB).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/base/slim_vector.hpp"

namespace coop::base {

template <class T>
class Fifo {
  public:
    bool empty() const { return head_ == items_.size(); }
    std::size_t size() const { return items_.size() - head_; }
    T& front() { return COOP_ASSERT(!empty()), items_[head_]; }
    const T& front() const { return COOP_ASSERT(!empty()), items_[head_]; }

    void push_back(T value) { items_.push_back(std::move(value)); }
    void pop_front() {
        COOP_ASSERT(!empty());
        items_[head_++] = T{};
        if (empty()) return clear();
        if (head_ * 2 < items_.size()) return;
        items_.erase(items_.begin(), items_.begin() + head_);
        head_ = 0;
    }
    /// Gives the memory back.
    void clear() {
        items_.clear();
        head_ = 0;
    }

  private:
    SlimVector<T> items_;
    std::uint32_t head_ = 0;
};

}  // namespace coop::base

// InlineVector<T, N>: up to N values in place, no allocation. For short lists in messages and views.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/assert.hpp"

namespace coop::base {

template <class T, std::size_t N>
class InlineVector {
  public:
    using value_type = T;

    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr bool full() const { return size_ == N; }
    static constexpr std::size_t capacity() { return N; }

    constexpr T* begin() { return items_.data(); }
    constexpr T* end() { return items_.data() + size_; }
    constexpr const T* begin() const { return items_.data(); }
    constexpr const T* end() const { return items_.data() + size_; }
    constexpr T& operator[](std::size_t i) { return COOP_ASSERT(i < size_), items_[i]; }
    constexpr const T& operator[](std::size_t i) const { return COOP_ASSERT(i < size_), items_[i]; }

    /// The caller makes room first.
    constexpr void push_back(const T& value) {
        COOP_ASSERT(!full());
        items_[size_++] = value;
    }
    /// Keeps the order of the rest. The caller makes room first.
    constexpr void insert_at(std::size_t i, const T& value) {
        COOP_ASSERT(i <= size_);
        push_back(value);
        std::rotate(begin() + i, end() - 1, end());
    }
    constexpr void clear() { size_ = 0; }
    /// Keeps the order of the rest.
    constexpr void erase_at(std::size_t i) {
        COOP_ASSERT(i < size_);
        std::move(begin() + i + 1, end(), begin() + i);
        --size_;
    }
    constexpr bool contains(const T& value) const { return std::find(begin(), end(), value) != end(); }
    constexpr bool erase(const T& value) {
        T* const found = std::find(begin(), end(), value);
        if (found == end()) return false;
        erase_at(static_cast<std::size_t>(found - begin()));
        return true;
    }
    friend constexpr bool operator==(const InlineVector& a, const InlineVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    std::array<T, N> items_{};
    std::uint32_t size_ = 0;
};

}  // namespace coop::base

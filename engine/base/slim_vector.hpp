// SlimVector<T>: a vector whose handle is 16 bytes, and whose room grows by a quarter. For the short lists of
// a million nodes: std::vector's handle is 24 bytes, and up to half of its room is spare.
//
// Law: what std::vector does, but an empty one owns no memory. At most 2^32 - 1 items. Moving an
// item fails only for want of memory, which ends the program.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "engine/base/assert.hpp"

namespace coop::base {

template <class T>
class SlimVector {
  public:
    using value_type = T;
    using size_type = std::size_t;
    using iterator = T*;
    using const_iterator = const T*;

    SlimVector() = default;
    SlimVector(const SlimVector& other) {
        reserve(other.size_);
        std::uninitialized_copy(other.begin(), other.end(), items_);
        size_ = other.size_;
    }
    SlimVector(SlimVector&& other) noexcept { swap(other); }
    SlimVector& operator=(const SlimVector& other) { return *this = SlimVector(other); }
    SlimVector& operator=(SlimVector&& other) noexcept {
        SlimVector taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~SlimVector() { clear(); }

    T* begin() { return items_; }
    T* end() { return items_ + size_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }
    T* data() { return items_; }
    const T* data() const { return items_; }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    bool empty() const { return size_ == 0; }
    T& operator[](std::size_t i) { return COOP_ASSERT(i < size_), items_[i]; }
    const T& operator[](std::size_t i) const { return COOP_ASSERT(i < size_), items_[i]; }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    /// A copy of these, which are not of its own.
    template <class Items>
    void assign(const Items& items) {
        if (items.size() == 0) return clear();
        std::destroy(begin(), end());
        size_ = 0;
        reserve(items.size());
        std::uninitialized_copy(items.begin(), items.end(), items_);
        size_ = static_cast<std::uint32_t>(items.size());
    }
    void reserve(std::size_t wanted) {
        if (wanted > capacity_) move_to(wanted);
    }
    void push_back(T value) { emplace_back(std::move(value)); }
    template <class... Args>
    T& emplace_back(Args&&... args) {
        if (size_ < capacity_) return *std::construct_at(items_ + size_++, std::forward<Args>(args)...);
        T value(std::forward<Args>(args)...);  // an argument may lie in here
        reserve(grown());
        return *std::construct_at(items_ + size_++, std::move(value));
    }
    T* insert(const T* before, T value) {
        const std::ptrdiff_t place = before - items_;
        emplace_back(std::move(value));
        std::rotate(items_ + place, end() - 1, end());
        return items_ + place;
    }
    T* erase(const T* at) { return erase(at, at + 1); }
    T* erase(const T* first, const T* last) {
        const std::ptrdiff_t place = first - items_;
        T* const rest = std::move(items_ + (last - items_), end(), items_ + place);
        std::destroy(rest, end());
        size_ = static_cast<std::uint32_t>(rest - items_);
        if (size_ == 0) clear();
        return items_ + place;
    }
    void clear() {
        std::destroy(begin(), end());
        if (items_ != nullptr) std::allocator<T>().deallocate(items_, capacity_);
        items_ = nullptr;
        size_ = capacity_ = 0;
    }
    void swap(SlimVector& other) noexcept {
        std::swap(items_, other.items_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    friend bool operator==(const SlimVector& a, const SlimVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    std::size_t grown() const { return std::size_t{capacity_} + std::max<std::size_t>(1, capacity_ / 4); }
    void move_to(std::size_t capacity) {
        COOP_ASSERT(capacity <= std::numeric_limits<std::uint32_t>::max());
        T* const room = std::allocator<T>().allocate(capacity);
        std::uninitialized_move(begin(), end(), room);
        const std::uint32_t size = size_;
        clear();
        items_ = room;
        size_ = size;
        capacity_ = static_cast<std::uint32_t>(capacity);
    }

    T* items_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
};

template <class T, class Claim>
std::size_t erase_if(SlimVector<T>& items, Claim claim) {
    T* const rest = std::remove_if(items.begin(), items.end(), claim);
    const auto erased = static_cast<std::size_t>(items.end() - rest);
    items.erase(rest, items.end());
    return erased;
}
template <class T>
std::size_t erase(SlimVector<T>& items, const T& value) {
    return erase_if(items, [&value](const T& each) { return each == value; });
}

}  // namespace coop::base

// SlimVector<T>: a vector whose handle is 8 bytes, and whose room grows by a quarter. For the short lists of
// a million nodes, most of them empty: std::vector's handle is 24 bytes, and up to half of its room is spare.
//
//     handle ──► size, capacity │ items …        empty: the handle is null
//
// Law: what std::vector does, but an empty one owns no memory. At most 2^32 - 1 items. Moving an item fails
// only for want of memory, which ends the program.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/fetch.hpp"

namespace coop::base {

template <class T>
class SlimVector {
  public:
    using value_type = T;
    using size_type = std::size_t;
    using iterator = T*;
    using const_iterator = const T*;

    SlimVector() = default;
    SlimVector(std::initializer_list<T> items) { assign(items); }
    SlimVector(const SlimVector& other) { assign(other); }
    SlimVector(SlimVector&& other) noexcept { swap(other); }
    SlimVector& operator=(const SlimVector& other) { return *this = SlimVector(other); }
    SlimVector& operator=(SlimVector&& other) noexcept {
        SlimVector taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~SlimVector() { clear(); }

    T* begin() { return head_ == nullptr ? nullptr : items(); }
    T* end() { return head_ == nullptr ? nullptr : items() + head_->size; }
    const T* begin() const { return const_cast<SlimVector*>(this)->begin(); }
    const T* end() const { return const_cast<SlimVector*>(this)->end(); }
    T* data() { return begin(); }
    const T* data() const { return begin(); }
    std::size_t size() const { return head_ == nullptr ? 0 : head_->size; }
    std::size_t capacity() const { return head_ == nullptr ? 0 : head_->capacity; }
    bool empty() const { return size() == 0; }
    T& operator[](std::size_t i) { return COOP_ASSERT(i < size()), items()[i]; }
    const T& operator[](std::size_t i) const { return (*const_cast<SlimVector*>(this))[i]; }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size() - 1]; }
    const T& back() const { return (*this)[size() - 1]; }

    /// Asks for its first items to be brought into the cache.
    void fetch() const {
        if (head_ != nullptr) base::fetch(head_, 128);
    }
    /// A copy of these, which are not of its own.
    template <class Items>
    void assign(const Items& others) {
        if (others.size() == 0 || others.size() > capacity()) clear();
        std::destroy(begin(), end());
        if (head_ != nullptr) head_->size = 0;
        reserve(others.size());
        for (const T& each : others) emplace_back(each);
    }
    void reserve(std::size_t wanted) {
        if (wanted > capacity()) move_to(wanted);
    }
    void push_back(T value) { emplace_back(std::move(value)); }
    template <class... Args>
    T& emplace_back(Args&&... args) {
        if (size() < capacity())
            return *std::construct_at(items() + head_->size++, std::forward<Args>(args)...);
        T value(std::forward<Args>(args)...);  // an argument may lie in here
        move_to(size() + std::max<std::size_t>(1, size() / 4));
        return *std::construct_at(items() + head_->size++, std::move(value));
    }
    T* insert(const T* before, T value) {
        const std::ptrdiff_t place = before - begin();
        emplace_back(std::move(value));
        if (begin() + place == end() - 1) return begin() + place;
        T inserted = std::move(back());
        std::move_backward(begin() + place, end() - 1, end());
        begin()[place] = std::move(inserted);
        return begin() + place;
    }
    T* erase(const T* at) { return erase(at, at + 1); }
    T* erase(const T* first, const T* last) {
        if (first == last) return begin() + (first - begin());
        const std::ptrdiff_t place = first - begin();
        T* const rest = std::move(begin() + (last - begin()), end(), begin() + place);
        std::destroy(rest, end());
        head_->size = static_cast<std::uint32_t>(rest - begin());
        if (head_->size == 0) clear();
        return begin() + place;
    }
    void clear() {
        std::destroy(begin(), end());
        ::operator delete(std::exchange(head_, nullptr));
    }
    void swap(SlimVector& other) noexcept { std::swap(head_, other.head_); }

    friend bool operator==(const SlimVector& a, const SlimVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    struct Head {
        std::uint32_t size;
        std::uint32_t capacity;
    };
    static_assert(alignof(T) <= alignof(std::max_align_t) && sizeof(Head) % alignof(T) == 0);

    T* items() { return reinterpret_cast<T*>(head_ + 1); }

    /// Room for so many, and for what the allocator would round up to anyway: blocks of 16 bytes, 8 of the
    /// first its own (glibc).
    void move_to(std::size_t wanted) {
        const std::size_t bytes = (sizeof(Head) + wanted * sizeof(T) + 7) / 16 * 16 + 8;
        const std::size_t capacity = (bytes - sizeof(Head)) / sizeof(T);
        COOP_ASSERT(capacity <= std::numeric_limits<std::uint32_t>::max());
        SlimVector roomy;
        roomy.head_ = ::new (::operator new(bytes))
            Head{static_cast<std::uint32_t>(size()), static_cast<std::uint32_t>(capacity)};
        std::uninitialized_move(begin(), end(), roomy.items());
        swap(roomy);
    }

    Head* head_ = nullptr;
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

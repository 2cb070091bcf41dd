// LoneVector<T>: a vector that has a single item in place. For lists that nearly always have one.
//
//     none, or several: a SlimVector ──► items …          one: the item itself, and no block of memory
//
// Law: what SlimVector does. Lone exactly when there is one item, so it is given back what it no longer
// needs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "engine/base/slim_vector.hpp"

namespace coop::base {

template <class T>
class LoneVector {
  public:
    using value_type = T;

    LoneVector() : many_() {}
    LoneVector(LoneVector&& other) noexcept : many_() { take(other); }
    LoneVector& operator=(LoneVector&& other) noexcept {
        if (this == &other) return *this;
        clear();
        take(other);
        return *this;
    }
    ~LoneVector() {
        if (lone_) {
            std::destroy_at(&one_);
        } else {
            std::destroy_at(&many_);
        }
    }

    T* begin() { return lone_ ? &one_ : many_.begin(); }
    T* end() { return lone_ ? &one_ + 1 : many_.end(); }
    const T* begin() const { return const_cast<LoneVector*>(this)->begin(); }
    const T* end() const { return const_cast<LoneVector*>(this)->end(); }
    std::size_t size() const { return lone_ ? 1 : many_.size(); }
    bool empty() const { return size() == 0; }
    const T& back() const { return COOP_ASSERT(!empty()), *(end() - 1); }

    void insert(const T* before, T value) {
        if (empty()) return become(std::move(value));
        const std::ptrdiff_t place = before - begin();
        if (lone_) {
            SlimVector<T> two;
            two.reserve(2);
            two.push_back(std::move(one_));
            become(std::move(two));
        }
        many_.insert(many_.begin() + place, std::move(value));
    }
    void erase(const T* first, const T* last) {
        if (first == last) return;
        if (lone_) return clear();
        many_.erase(first, last);
        if (many_.size() != 1) return;
        T left = std::move(many_.front());
        become(std::move(left));
    }
    void erase(const T* at) { erase(at, at + 1); }
    void clear() { become(SlimVector<T>()); }

  private:
    void become(T value) {
        if (lone_) {
            one_ = std::move(value);
            return;
        }
        std::destroy_at(&many_);
        std::construct_at(&one_, std::move(value));
        lone_ = true;
    }
    void become(SlimVector<T> values) {
        if (!lone_) return many_.swap(values);
        std::destroy_at(&one_);
        std::construct_at(&many_, std::move(values));
        lone_ = false;
    }
    void take(LoneVector& other) {
        if (other.lone_) {
            become(std::move(other.one_));
        } else {
            become(std::move(other.many_));
        }
        other.clear();
    }

    union {
        SlimVector<T> many_;
        T one_;
    };
    bool lone_ = false;
};

template <class T, class Claim>
std::size_t erase_if(LoneVector<T>& items, Claim claim) {
    T* const rest = std::remove_if(items.begin(), items.end(), claim);
    const auto erased = static_cast<std::size_t>(items.end() - rest);
    items.erase(rest, items.end());
    return erased;
}

}  // namespace coop::base

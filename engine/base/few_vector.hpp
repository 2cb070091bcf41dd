// FewVector<T, N>: a vector that has up to N items in place. For lists that are nearly always that short.
//
//     up to N: items …, in place          more: a SlimVector ──► items …
//
// Law: what SlimVector does; what fits in place is there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "engine/base/slim_vector.hpp"

namespace coop::base {

template <class T, std::uint8_t N>
class FewVector {
  public:
    using value_type = T;

    FewVector() {}
    FewVector(FewVector&& other) noexcept { take(other); }
    FewVector& operator=(FewVector&& other) noexcept {
        if (this == &other) return *this;
        clear();
        take(other);
        return *this;
    }
    ~FewVector() { clear(); }

    T* begin() { return here() ? here_ : there_.begin(); }
    T* end() { return begin() + size(); }
    const T* begin() const { return const_cast<FewVector*>(this)->begin(); }
    const T* end() const { return begin() + size(); }
    std::size_t size() const { return here() ? count_ : there_.size(); }
    bool empty() const { return count_ == 0; }
    const T& operator[](std::size_t i) const { return COOP_ASSERT(i < size()), begin()[i]; }
    const T& back() const { return (*this)[size() - 1]; }

    void insert(const T* before, T value) {
        const std::ptrdiff_t place = before - begin();
        if (count_ == N) move_out();
        if (!here()) {
            there_.insert(there_.begin() + place, std::move(value));
            return;
        }
        std::construct_at(here_ + count_++, std::move(value));
        std::rotate(here_ + place, here_ + count_ - 1, here_ + count_);
    }
    void push_back(T value) { insert(end(), std::move(value)); }
    void erase(const T* first, const T* last) {
        if (first == last) return;
        if (!here()) {
            there_.erase(first, last);
            if (there_.size() <= N) move_in();
            return;
        }
        T* const rest = std::move(here_ + (last - here_), here_ + count_, here_ + (first - here_));
        std::destroy(rest, here_ + count_);
        count_ = static_cast<std::uint8_t>(rest - here_);
    }
    void erase(const T* at) { erase(at, at + 1); }
    void clear() {
        if (here()) {
            std::destroy(here_, here_ + count_);
        } else {
            std::destroy_at(&there_);
        }
        count_ = 0;
    }

  private:
    static constexpr std::uint8_t elsewhere = N + 1;
    static_assert(N > 0 && N < 255);

    bool here() const { return count_ != elsewhere; }
    void move_out() {
        SlimVector<T> all;
        all.reserve(N + 1);
        for (T& each : *this) all.push_back(std::move(each));
        clear();
        std::construct_at(&there_, std::move(all));
        count_ = elsewhere;
    }
    void move_in() {
        SlimVector<T> all = std::move(there_);
        clear();
        for (T& each : all) std::construct_at(here_ + count_++, std::move(each));
    }
    /// Into this one, which is empty.
    void take(FewVector& other) {
        if (!other.here()) {
            std::construct_at(&there_, std::move(other.there_));
            count_ = elsewhere;
        } else {
            for (T& each : other) std::construct_at(here_ + count_++, std::move(each));
        }
        other.clear();
    }

    union {
        T here_[N];
        SlimVector<T> there_;
    };
    std::uint8_t count_ = 0;  // or `elsewhere`
};

template <class T, std::uint8_t N, class Claim>
std::size_t erase_if(FewVector<T, N>& items, Claim claim) {
    T* const rest = std::remove_if(items.begin(), items.end(), claim);
    const auto erased = static_cast<std::size_t>(items.end() - rest);
    items.erase(rest, items.end());
    return erased;
}

}  // namespace coop::base

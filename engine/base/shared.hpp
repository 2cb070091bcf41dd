// Shared<T>: a value that has many owners and never changes. A handle of 8 bytes, where std::shared_ptr has
// 16: the count of owners lies before the value.
//
//     handle ─┐
//     handle ─┴─► owners │ value
//
// Law: the last owner ends the value, whichever thread it is on; as std::shared_ptr does, and nothing else of
// it is shared between threads. (The count is a plain word that the compiler's atomic operations change, for
// this room knows no threads.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/base/assert.hpp"

namespace coop::base {

template <class T>
class Shared {
  public:
    Shared() = default;
    Shared(std::nullptr_t) {}
    template <class... Args>
    static Shared make(Args&&... args) {
        Shared made;
        made.block_ = new Block{1, T(std::forward<Args>(args)...)};
        return made;
    }
    Shared(const Shared& other) : block_(other.block_) {
        if (block_ != nullptr) __atomic_fetch_add(&block_->owners, 1, __ATOMIC_RELAXED);
    }
    Shared(Shared&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    Shared& operator=(Shared other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~Shared() {
        // The last owner sees all that the others have read before it ends the value.
        if (block_ != nullptr && __atomic_sub_fetch(&block_->owners, 1, __ATOMIC_ACQ_REL) == 0) delete block_;
    }

    const T* get() const { return block_ == nullptr ? nullptr : &block_->value; }
    const T& operator*() const { return COOP_ASSERT(block_ != nullptr), block_->value; }
    const T* operator->() const { return &**this; }
    explicit operator bool() const { return block_ != nullptr; }
    /// Of the same value, not of equal ones.
    friend bool operator==(const Shared&, const Shared&) = default;
    friend bool operator==(const Shared& shared, std::nullptr_t) { return shared.block_ == nullptr; }

  private:
    struct Block {
        std::uint32_t owners;
        T value;
    };
    Block* block_ = nullptr;
};

}  // namespace coop::base

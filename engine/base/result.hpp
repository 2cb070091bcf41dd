// Result<T, E>: a value, or why there is none. For what the world or the user got wrong; never for bugs.
#pragma once

#include <utility>
#include <variant>

#include "engine/base/assert.hpp"

namespace coop::base {

template <class T, class E>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & { return COOP_ASSERT(ok()), std::get<0>(state_); }
    const T& value() const& { return COOP_ASSERT(ok()), std::get<0>(state_); }
    // By value, so that `for (x : f().value())` walks over something that lives.
    T value() && { return COOP_ASSERT(ok()), std::get<0>(std::move(state_)); }
    const E& error() const { return COOP_ASSERT(!ok()), std::get<1>(state_); }

  private:
    std::variant<T, E> state_;
};

}  // namespace coop::base

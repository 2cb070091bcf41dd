// Id<Tag>: a dense 32-bit handle that cannot be mistaken for another kind of handle.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace coop::base {

template <class Tag>
struct Id {
    std::uint32_t index = std::numeric_limits<std::uint32_t>::max();

    static constexpr Id none() { return Id{}; }
    constexpr bool is_none() const { return *this == none(); }
    constexpr auto operator<=>(const Id&) const = default;
};

}  // namespace coop::base

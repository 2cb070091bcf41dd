// Sieve: 64 bits that say of most strangers, without looking for them, that they are not in a table.
//
// Law: what was added may be there; what is held back is not. It only saves time: a full one lets all
// through.
#pragma once

#include <cstdint>

namespace coop::base {

class Sieve {
  public:
    constexpr void add(std::uint32_t number) { bits_ |= bit(number); }
    constexpr bool may_hold(std::uint32_t number) const { return (bits_ & bit(number)) != 0; }
    constexpr void clear() { bits_ = 0; }

  private:
    /// Fibonacci hashing (Knuth, TAOCP volume 3, §6.4): neighbouring numbers take different bits.
    static constexpr std::uint64_t bit(std::uint32_t number) {
        return std::uint64_t{1} << ((number * 0x9e3779b9u) >> 26);
    }

    std::uint64_t bits_ = 0;
};

}  // namespace coop::base

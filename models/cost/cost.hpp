// Cost: what taking part costs a member, from what the simulation counted.
//
// Law: idle power is charged twice in the books, once as a whole (the board is on all day) and once for the
// shared hours alone, because which of the two the pool caused is for the reader to say.
#pragma once

#include <string_view>

#include "engine/base/units.hpp"
#include "engine/sim/counters.hpp"

namespace coop::models {

struct Tariff {
    std::string_view name;
    double eur_per_kwh;
    std::string_view source;
};

/// Households, all taxes included, second half of 2024: Eurostat nrg_pc_204 (networks.csv, source N14).
inline constexpr Tariff eu_average{"EU average", 0.2872, "Eurostat, 2024 H2 (N14)"};
inline constexpr Tariff germany{"Germany", 0.3943, "Eurostat, 2024 H2 (N14)"};

struct MemberCost {
    double kwh = 0;           ///< all the time with power
    double kwh_in_hours = 0;  ///< idle within the shared hours, and all the pool's work
    double kwh_work = 0;      ///< the pool's work alone, above idle
    double eur = 0;           ///< of kwh
    double share_up = 0;      ///< of what the line could have carried all through, in [0, 1]
    double share_down = 0;
    base::Bytes disk{};  ///< used now
};

struct LineUse {
    base::ByteRate up;
    base::ByteRate down;
    base::Duration span;  ///< that the counters were counted over
};

MemberCost cost_of(const sim::Board& board, const sim::Counters& counters, const LineUse& line,
                   const Tariff& tariff = eu_average);

constexpr double kwh(double joules) { return joules / 3.6e6; }

}  // namespace coop::models

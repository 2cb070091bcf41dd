// Quantities as people write them: a number and its unit, "3h", "8 GB", "1.4 Mbit/s", "3%", "0.8 W".
//
// Law: exact. A decimal is read into whole base units or refused; what is printed reads back as the same
// amount.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/config/nearest.hpp"

namespace coop::config {

enum class Dimension : std::uint8_t {
    duration,  ///< base unit: ns
    size,      ///< B
    rate,      ///< bit/s
    share,     ///< ppm
    power,     ///< mW
    energy,    ///< mWh
};

Names unit_names(Dimension dimension);
std::string_view name_of(Dimension dimension) noexcept;  ///< "a duration"
std::string_view example_of(Dimension dimension) noexcept;

enum class Reading : std::uint8_t { ok, not_a_number, no_unit, unknown_unit, too_fine, too_large };
struct Quantity {
    Reading reading = Reading::not_a_number;
    std::int64_t amount = 0;  ///< in base units
    std::string unit;         ///< as written
};
Quantity read_quantity(std::string_view text, Dimension dimension);

struct Printed {
    std::string number;
    std::string unit;
    std::string text() const { return number + unit; }
};
Printed print_quantity(std::int64_t amount, Dimension dimension);

/// "19:30" or "19:30:15" as nanoseconds since midnight.
std::optional<std::int64_t> read_time_of_day(std::string_view text);
std::string print_time_of_day(std::int64_t ns);

}  // namespace coop::config

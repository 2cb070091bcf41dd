#include "engine/config/units.hpp"

#include <array>
#include <limits>
#include <span>

#include "engine/base/units.hpp"

namespace coop::config {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t scale;  ///< base units in one
    bool printed = true;
};

// Smallest first, as messages list them. Printing tries from the back.
constexpr std::array<Unit, 7> durations{{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"min", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000}}};
constexpr std::array<Unit, 9> sizes{{{"B", 1},
                                     {"KiB", 1 << 10},
                                     {"kB", 1'000},
                                     {"MiB", 1 << 20},
                                     {"MB", 1'000'000},
                                     {"GiB", 1 << 30},
                                     {"GB", 1'000'000'000},
                                     {"TiB", std::int64_t{1} << 40},
                                     {"TB", 1'000'000'000'000}}};
constexpr std::array<Unit, 8> rates{{{"bit/s", 1},
                                     {"kbit/s", 1'000},
                                     {"Mbit/s", 1'000'000},
                                     {"Gbit/s", 1'000'000'000},
                                     {"B/s", 8, false},
                                     {"kB/s", 8'000, false},
                                     {"MB/s", 8'000'000, false},
                                     {"GB/s", 8'000'000'000, false}}};
constexpr std::array<Unit, 1> shares{{{"%", 10'000}}};
constexpr std::array<Unit, 2> powers{{{"mW", 1}, {"W", 1'000}}};
constexpr std::array<Unit, 2> energies{{{"Wh", 1'000}, {"kWh", 1'000'000}}};

std::span<const Unit> units_of(Dimension dimension) {
    switch (dimension) {
        case Dimension::duration: return durations;
        case Dimension::size: return sizes;
        case Dimension::rate: return rates;
        case Dimension::share: return shares;
        case Dimension::power: return powers;
        case Dimension::energy: return energies;
    }
    return {};
}

std::string_view unit_of_zero(Dimension dimension) {
    if (dimension == Dimension::duration) return "s";
    return dimension == Dimension::power ? "W" : units_of(dimension)[0].name;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits with at most one point: the digits as a whole number, and how many stood behind the point.
struct Decimal {
    std::int64_t digits = 0;
    int decimals = 0;
    std::size_t length = 0;         ///< characters read; 0 when it is none
    Reading trouble = Reading::ok;  ///< more digits than can be counted, before the point or behind it
};

Decimal read_decimal(std::string_view text) {
    Decimal made;
    bool point = false;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_digit(text[i])) {
            if (++digits > 18) {
                if (made.trouble == Reading::ok)
                    made.trouble = point ? Reading::too_fine : Reading::too_large;
            } else {
                made.digits = made.digits * 10 + (text[i] - '0');
                made.decimals += point ? 1 : 0;
            }
        } else if (text[i] == '.' && !point && digits > 0) {
            point = true;
            continue;
        } else {
            break;
        }
        made.length = i + 1;
    }
    return made;
}

}  // namespace

Names unit_names(Dimension dimension) {
    Names names;
    for (const Unit& unit : units_of(dimension)) names.emplace_back(unit.name);
    return names;
}

std::string_view name_of(Dimension dimension) noexcept {
    switch (dimension) {
        case Dimension::duration: return "a duration";
        case Dimension::size: return "a size";
        case Dimension::rate: return "a rate";
        case Dimension::share: return "a percentage";
        case Dimension::power: return "a power";
        case Dimension::energy: return "an energy";
    }
    return "a quantity";
}

std::string_view example_of(Dimension dimension) noexcept {
    switch (dimension) {
        case Dimension::duration: return "\"90s\"";
        case Dimension::size: return "\"64KiB\"";
        case Dimension::rate: return "\"1.4Mbit/s\"";
        case Dimension::share: return "\"3%\"";
        case Dimension::power: return "\"2.7W\"";
        case Dimension::energy: return "\"1.5kWh\"";
    }
    return "";
}

Quantity read_quantity(std::string_view text, Dimension dimension) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    const Decimal decimal = read_decimal(text);
    Quantity made;
    if (decimal.length == 0) return made;
    text.remove_prefix(decimal.length);
    if (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    made.unit = std::string(text);
    made.reading = text.empty() ? Reading::no_unit : Reading::unknown_unit;
    for (const Unit& unit : units_of(dimension)) {
        if (unit.name != text) continue;
        if (decimal.trouble != Reading::ok) return {decimal.trouble, 0, made.unit};
        base::Wide scaled = base::Wide{decimal.digits} * unit.scale;
        for (int i = 0; i < decimal.decimals; ++i) {
            if (scaled % 10 != 0) return {Reading::too_fine, 0, made.unit};
            scaled /= 10;
        }
        if (scaled > std::numeric_limits<std::int64_t>::max()) return {Reading::too_large, 0, made.unit};
        const auto amount = static_cast<std::int64_t>(scaled);
        return {Reading::ok, negative ? -amount : amount, made.unit};
    }
    return made;
}

Printed print_quantity(std::int64_t amount, Dimension dimension) {
    const auto units = units_of(dimension);
    if (amount == 0) return {"0", std::string(unit_of_zero(dimension))};
    // A rate or a power reads best as "1.4Mbit/s"; a time or a size as a whole number of something.
    const bool decimals = dimension == Dimension::rate || dimension == Dimension::power;
    const Unit* best = &units[0];
    for (const Unit& unit : units) {
        const bool whole = amount % unit.scale == 0;
        const bool short_decimal =
            decimals && amount >= unit.scale && amount % ((unit.scale + 999) / 1000) == 0;
        if (unit.printed && (whole || short_decimal)) best = &unit;
    }
    std::int64_t rest = amount % best->scale;
    std::string number = std::to_string(amount / best->scale);
    if (rest != 0) {  // decimals, or a unit larger than a base unit: 0.0001 %
        if (amount < 0 && amount / best->scale == 0) number.insert(0, "-");
        number += '.';
        if (rest < 0) rest = -rest;
        for (std::int64_t step = best->scale / 10; rest != 0; step /= 10) {
            number += static_cast<char>('0' + rest / step);
            rest %= step;
        }
    }
    return {number, std::string(best->name)};
}

std::optional<std::int64_t> read_time_of_day(std::string_view text) {
    if (text.size() != 5 && text.size() != 8) return std::nullopt;
    std::int64_t parts[3] = {0, 0, 0};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool colon = i % 3 == 2;
        if (colon ? text[i] != ':' : !is_digit(text[i])) return std::nullopt;
        if (!colon) parts[i / 3] = parts[i / 3] * 10 + (text[i] - '0');
    }
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
    return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1'000'000'000;
}

std::string print_time_of_day(std::int64_t ns) {
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const std::int64_t seconds = ns / 1'000'000'000;
    const std::string minute = two(seconds / 3600) + ":" + two(seconds / 60 % 60);
    return seconds % 60 == 0 ? minute : minute + ":" + two(seconds % 60);
}

}  // namespace coop::config

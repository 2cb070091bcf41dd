// Hexadecimal for tests that quote published bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/digest.hpp"

namespace coop::test {

inline std::vector<std::uint8_t> unhex(std::string_view text) {
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        throw std::invalid_argument("not lower-case hexadecimal");
    };
    if (text.size() % 2 != 0) throw std::invalid_argument("odd number of digits");
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i < text.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(16 * digit(text[i]) + digit(text[i + 1])));
    return out;
}

template <std::size_t N>
std::array<std::uint8_t, N> unhex_array(std::string_view text) {
    const std::vector<std::uint8_t> bytes = unhex(text);
    if (bytes.size() != N) throw std::invalid_argument("wrong number of digits");
    std::array<std::uint8_t, N> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

template <class Bytes>
std::string hex(const Bytes& bytes) {
    return base::to_hex(bytes.data(), bytes.size());
}

inline std::vector<std::uint8_t> text(std::string_view words) { return {words.begin(), words.end()}; }

}  // namespace coop::test

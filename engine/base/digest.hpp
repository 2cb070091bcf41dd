// Digest and Key: 32 opaque bytes each; a name of content (BLAKE2b-256), and a public key (Ed25519).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coop::base {

template <class Tag>
struct Bytes32 {
    std::array<std::uint8_t, 32> bytes{};

    constexpr auto operator<=>(const Bytes32&) const = default;
    /// The first eight bytes, little endian: uniform for digests and keys, so good to rank and index by.
    constexpr std::uint64_t prefix() const {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
        return value;
    }
};

using Digest = Bytes32<struct DigestTag>;
using Key = Bytes32<struct KeyTag>;

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(const std::uint8_t* bytes, std::size_t count);
/// Reads exactly 64 hexadecimal digits of either case into 32 bytes; nothing otherwise.
std::optional<std::array<std::uint8_t, 32>> parse_hex32(std::string_view text);

template <class Tag>
std::string to_hex(const Bytes32<Tag>& value) {
    return to_hex(value.bytes.data(), value.bytes.size());
}

}  // namespace coop::base

// BLAKE2b (RFC 7693) and HMAC over it (RFC 2104).
//
// Law: a content's name is its plain, unkeyed BLAKE2b-256. Noise asks for HMAC-BLAKE2b, which is not
// BLAKE2b's own keyed mode.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/digest.hpp"
#include "engine/crypto/sodium.hpp"
#include "engine/protocol/content.hpp"

namespace coop::crypto {

using Hash64 = std::array<std::uint8_t, 64>;

base::Digest blake2b_256(BytesView content) noexcept;
Hash64 blake2b_512(BytesView content) noexcept;
Hash64 hmac_blake2b_512(BytesView key, BytesView content) noexcept;

/// Hashes what comes in pieces. One use: take the result once, at the end.
class Blake2b {
  public:
    explicit Blake2b(std::size_t output_bytes) noexcept;  ///< 16 to 64
    ~Blake2b();
    Blake2b(const Blake2b&) = delete;
    Blake2b& operator=(const Blake2b&) = delete;

    Blake2b& add(BytesView piece) noexcept;
    base::Digest digest() noexcept;  ///< made for 32 bytes
    Hash64 hash64() noexcept;        ///< made for 64 bytes

  private:
    void finish(std::span<std::uint8_t> out) noexcept;

    struct alignas(64) State {
        std::array<std::uint8_t, 384> bytes;  // crypto_generichash_blake2b_state, libsodium 1.0.18
    };
    State state_;
    std::size_t output_bytes_;
    bool finished_ = false;
};

/// The name of an object: BLAKE2b-256 over its manifest as `wire` encodes it (size u64, count u16, names).
base::Digest manifest_name(const protocol::Manifest& manifest) noexcept;

}  // namespace coop::crypto

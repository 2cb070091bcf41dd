// ChaCha20-Poly1305 (RFC 8439) with Noise's nonce: four zero bytes, then the counter, little endian
// (Noise rev. 34, §12.3).
#pragma once

#include "engine/crypto/sodium.hpp"

namespace coop::crypto {

inline constexpr std::size_t tag_bytes = 16;  // Poly1305: RFC 8439, §2.5

/// What one message is sealed under. A key and a counter must never meet twice.
struct Lock {
    const Secret32& key;
    std::uint64_t counter;
};

/// Appends ciphertext and tag.
void seal(Lock lock, BytesView associated, BytesView plain, BytesOut& out);

/// Appends the plain text; false, and nothing appended, when anything was changed.
[[nodiscard]] bool open(Lock lock, BytesView associated, BytesView sealed, BytesOut& out);

}  // namespace coop::crypto

#include "engine/crypto/sodium.hpp"

#include <sodium.h>

#include "engine/base/assert.hpp"

namespace coop::crypto {

void init() noexcept { COOP_ASSERT(sodium_init() >= 0); }

void fill_random(std::span<std::uint8_t> out) noexcept {
    init();
    randombytes_buf(out.data(), out.size());
}

void wipe(std::span<std::uint8_t> secret) noexcept { sodium_memzero(secret.data(), secret.size()); }

bool same(BytesView a, BytesView b) noexcept {
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace coop::crypto

#include "engine/crypto/hash.hpp"

#include <algorithm>
#include <new>

#include <sodium.h>

#include "engine/base/assert.hpp"

namespace coop::crypto {
namespace {

crypto_generichash_blake2b_state* state_in(void* bytes) noexcept {
    return static_cast<crypto_generichash_blake2b_state*>(bytes);
}

}  // namespace

base::Digest blake2b_256(BytesView content) noexcept {
    base::Digest out;
    crypto_generichash_blake2b(out.bytes.data(), out.bytes.size(), content.data(), content.size(), nullptr,
                               0);
    return out;
}

Hash64 blake2b_512(BytesView content) noexcept {
    Hash64 out;
    crypto_generichash_blake2b(out.data(), out.size(), content.data(), content.size(), nullptr, 0);
    return out;
}

Hash64 hmac_blake2b_512(BytesView key, BytesView content) noexcept {
    constexpr std::size_t block = 128;  // BLAKE2b's block: RFC 7693, §2.1
    std::array<std::uint8_t, block> padded{};
    if (key.size() > block) {
        const Hash64 shortened = blake2b_512(key);
        std::copy(shortened.begin(), shortened.end(), padded.begin());
    } else {
        std::copy(key.begin(), key.end(), padded.begin());
    }
    for (auto& byte : padded) byte ^= 0x36;  // ipad: RFC 2104, §2
    const Hash64 inner = Blake2b(64).add(padded).add(content).hash64();
    for (auto& byte : padded) byte ^= 0x36 ^ 0x5c;  // opad: RFC 2104, §2
    const Hash64 outer = Blake2b(64).add(padded).add(inner).hash64();
    wipe(padded);
    return outer;
}

Blake2b::Blake2b(std::size_t output_bytes) noexcept : output_bytes_(output_bytes) {
    static_assert(sizeof(State) >= sizeof(crypto_generichash_blake2b_state));
    static_assert(alignof(State) >= alignof(crypto_generichash_blake2b_state));
    COOP_ASSERT(output_bytes >= 16 && output_bytes <= 64);
    auto* const state = new (state_.bytes.data()) crypto_generichash_blake2b_state;
    crypto_generichash_blake2b_init(state, nullptr, 0, output_bytes);
}

Blake2b::~Blake2b() { wipe(state_.bytes); }

Blake2b& Blake2b::add(BytesView piece) noexcept {
    COOP_ASSERT(!finished_);
    crypto_generichash_blake2b_update(state_in(state_.bytes.data()), piece.data(), piece.size());
    return *this;
}

base::Digest Blake2b::digest() noexcept {
    base::Digest out;
    finish(out.bytes);
    return out;
}

Hash64 Blake2b::hash64() noexcept {
    Hash64 out;
    finish(out);
    return out;
}

void Blake2b::finish(std::span<std::uint8_t> out) noexcept {
    COOP_ASSERT(!finished_ && out.size() == output_bytes_);
    finished_ = true;
    crypto_generichash_blake2b_final(state_in(state_.bytes.data()), out.data(), out.size());
}

base::Digest manifest_name(const protocol::Manifest& manifest) noexcept {
    std::array<std::uint8_t, 10> head{};
    const auto size = static_cast<std::uint64_t>(manifest.size.count);
    const std::size_t count = manifest.chunks.size();
    for (unsigned i = 0; i < 8; ++i) head[i] = static_cast<std::uint8_t>(size >> (8 * i));
    for (unsigned i = 0; i < 2; ++i) head[8 + i] = static_cast<std::uint8_t>(count >> (8 * i));
    Blake2b hash(32);
    hash.add(head);
    for (const base::Digest& name : manifest.chunks) hash.add(name.bytes);
    return hash.digest();
}

}  // namespace coop::crypto

#include "engine/crypto/aead.hpp"

#include <sodium.h>

namespace coop::crypto {
namespace {

std::array<std::uint8_t, 12> nonce(std::uint64_t counter) noexcept {
    std::array<std::uint8_t, 12> out{};
    for (unsigned i = 0; i < 8; ++i) out[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
    return out;
}

}  // namespace

void seal(Lock lock, BytesView associated, BytesView plain, BytesOut& out) {
    const auto npub = nonce(lock.counter);
    const std::size_t before = out.size();
    out.resize(before + plain.size() + tag_bytes);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + before, nullptr, plain.data(), plain.size(),
                                              associated.data(), associated.size(), nullptr, npub.data(),
                                              lock.key.view().data());
}

bool open(Lock lock, BytesView associated, BytesView sealed, BytesOut& out) {
    if (sealed.size() < tag_bytes) return false;
    const auto npub = nonce(lock.counter);
    const std::size_t before = out.size();
    out.resize(before + sealed.size() - tag_bytes);
    const int failed = crypto_aead_chacha20poly1305_ietf_decrypt(
        out.data() + before, nullptr, nullptr, sealed.data(), sealed.size(), associated.data(),
        associated.size(), npub.data(), lock.key.view().data());
    if (failed != 0) out.resize(before);
    return failed == 0;
}

}  // namespace coop::crypto

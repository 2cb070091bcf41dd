#include "engine/crypto/keys.hpp"

#include <algorithm>
#include <string_view>

#include <sodium.h>

#include "engine/crypto/hash.hpp"

namespace coop::crypto {

SigningKey SigningKey::from_seed(const Secret32& seed) noexcept {
    SigningKey made;
    crypto_sign_ed25519_seed_keypair(made.public_.bytes.data(), made.secret_.fill().data(),
                                     seed.view().data());
    return made;
}

SigningKey SigningKey::random() noexcept { return from_seed(Secret32::random()); }

protocol::Signature SigningKey::sign(BytesView message) const noexcept {
    protocol::Signature out;
    crypto_sign_ed25519_detached(out.bytes.data(), nullptr, message.data(), message.size(),
                                 secret_.view().data());
    return out;
}

bool verify(const base::Key& signer, BytesView message, const protocol::Signature& signature) noexcept {
    return crypto_sign_ed25519_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                               signer.bytes.data()) == 0;
}

AgreementKey AgreementKey::from_secret(const Secret32& secret) noexcept {
    AgreementKey made;
    made.secret_ = secret;
    crypto_scalarmult_curve25519_base(made.public_.bytes.data(), secret.view().data());
    return made;
}

AgreementKey AgreementKey::random() noexcept { return from_secret(Secret32::random()); }

std::optional<Secret32> AgreementKey::agree(const base::Key& theirs) const noexcept {
    Secret32 shared;
    if (crypto_scalarmult_curve25519(shared.fill().data(), secret_.view().data(), theirs.bytes.data()) != 0)
        return std::nullopt;
    return shared;
}

Identity Identity::from_seed(const Secret32& seed) noexcept {
    // Hashing under a label keeps the two pairs independent: neither secret can be computed from the other.
    constexpr std::string_view label = "coopsim agreement key 1";
    const auto* const text = reinterpret_cast<const std::uint8_t*>(label.data());
    base::Digest derived = Blake2b(32).add({text, label.size()}).add(seed.view()).digest();
    const Secret32 secret(derived.bytes);
    wipe(derived.bytes);
    return {SigningKey::from_seed(seed), AgreementKey::from_secret(secret)};
}

}  // namespace coop::crypto

#include "engine/wire/noise.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/crypto/aead.hpp"

namespace coop::wire {
namespace {

constexpr std::string_view protocol_name = "Noise_XX_25519_ChaChaPoly_BLAKE2b";
constexpr std::size_t key_size = 32;  // DHLEN of 25519: Noise rev. 34, §12.1

template <std::size_t N>
crypto::Secret32 first_half(const crypto::Secret<N>& secret) {
    crypto::Secret32 out;
    std::copy_n(secret.view().begin(), key_size, out.fill().begin());
    return out;
}

/// HKDF with two outputs: Noise rev. 34, §4.3.
std::pair<crypto::Secret<64>, crypto::Secret<64>> derive_two(BytesView chaining, BytesView input) {
    const crypto::Secret<64> temporary(crypto::hmac_blake2b_512(chaining, input));
    const std::array<std::uint8_t, 1> one{1};
    const crypto::Secret<64> first(crypto::hmac_blake2b_512(temporary.view(), one));
    std::array<std::uint8_t, 65> again{};
    std::copy(first.view().begin(), first.view().end(), again.begin());
    again.back() = 2;
    const crypto::Secret<64> second(crypto::hmac_blake2b_512(temporary.view(), again));
    crypto::wipe(again);
    return {first, second};
}

}  // namespace

std::string_view to_text(NoiseError error) noexcept {
    switch (error) {
        case NoiseError::too_short: return "too_short";
        case NoiseError::too_long: return "too_long";
        case NoiseError::forged: return "forged";
        case NoiseError::bad_key: return "bad_key";
        case NoiseError::exhausted: return "exhausted";
        case NoiseError::out_of_turn: return "out_of_turn";
        case NoiseError::dead: return "dead";
        case NoiseError::wrong_identity: return "wrong_identity";
    }
    return "unknown_error";
}

NoiseResult CipherState::die(NoiseError error) {
    dead_ = true;
    crypto::wipe(key_.fill());
    return error;
}

NoiseResult CipherState::encrypt(BytesView associated, BytesView plain, BytesOut& out) {
    if (dead_) return NoiseError::dead;
    if (!has_key_) {
        out.insert(out.end(), plain.begin(), plain.end());
        return {};
    }
    if (plain.size() + crypto::tag_bytes > noise_message_max) return die(NoiseError::too_long);
    // The last counter is reserved: Noise rev. 34, §5.1.
    if (counter_ == std::numeric_limits<std::uint64_t>::max()) return die(NoiseError::exhausted);
    crypto::seal({key_, counter_++}, associated, plain, out);
    return {};
}

NoiseResult CipherState::decrypt(BytesView associated, BytesView sealed, BytesOut& out) {
    if (dead_) return NoiseError::dead;
    if (!has_key_) {
        out.insert(out.end(), sealed.begin(), sealed.end());
        return {};
    }
    if (sealed.size() > noise_message_max) return die(NoiseError::too_long);
    if (sealed.size() < crypto::tag_bytes) return die(NoiseError::too_short);
    if (counter_ == std::numeric_limits<std::uint64_t>::max()) return die(NoiseError::exhausted);
    if (!crypto::open({key_, counter_}, associated, sealed, out)) return die(NoiseError::forged);
    ++counter_;
    return {};
}

SymmetricState::SymmetricState(std::string_view name) {
    COOP_ASSERT(name.size() <= hash_.size());
    hash_.fill(0);
    std::copy(name.begin(), name.end(), hash_.begin());
    std::copy(hash_.begin(), hash_.end(), chaining_.fill().begin());
}

void SymmetricState::mix_hash(BytesView bytes) { hash_ = crypto::Blake2b(64).add(hash_).add(bytes).hash64(); }

void SymmetricState::mix_key(const crypto::Secret32& input) {
    const auto [chaining, key] = derive_two(chaining_.view(), input.view());
    chaining_ = chaining;
    cipher_ = CipherState(first_half(key));
}

NoiseResult SymmetricState::encrypt_and_hash(BytesView plain, BytesOut& out) {
    const std::size_t before = out.size();
    if (const NoiseResult failed = cipher_.encrypt(hash_, plain, out)) return failed;
    mix_hash(BytesView(out).subspan(before));
    return {};
}

NoiseResult SymmetricState::decrypt_and_hash(BytesView sealed, BytesOut& out) {
    if (const NoiseResult failed = cipher_.decrypt(hash_, sealed, out)) return failed;
    mix_hash(sealed);
    return {};
}

std::pair<CipherState, CipherState> SymmetricState::split() const {
    const auto [first, second] = derive_two(chaining_.view(), {});
    return {CipherState(first_half(first)), CipherState(first_half(second))};
}

HandshakeState::HandshakeState(Role role, const crypto::AgreementKey& own, BytesView prologue)
    : role_(role), static_(own), symmetric_(protocol_name) {
    symmetric_.mix_hash(prologue);
}

bool HandshakeState::my_turn() const {
    return !dead_ && step_ < steps && (step_ % 2 == 0) == (role_ == Role::initiator);
}

NoiseResult HandshakeState::die(NoiseError error) {
    dead_ = true;
    return error;
}

NoiseResult HandshakeState::write_message(BytesView payload, BytesOut& out) {
    if (dead_) return NoiseError::dead;
    if (!my_turn()) return die(NoiseError::out_of_turn);
    const std::size_t before = out.size();
    NoiseResult failed = write_parts(payload, out);
    if (!failed && out.size() - before > noise_message_max) failed = NoiseError::too_long;
    if (failed) {
        out.resize(before);
        return die(*failed);
    }
    ++step_;
    return {};
}

NoiseResult HandshakeState::read_message(BytesView message, BytesOut& payload) {
    if (dead_) return NoiseError::dead;
    if (my_turn() || step_ == steps) return die(NoiseError::out_of_turn);
    if (message.size() > noise_message_max) return die(NoiseError::too_long);
    if (const NoiseResult failed = read_parts(message, payload)) return die(*failed);
    ++step_;
    return {};
}

NoiseResult HandshakeState::write_parts(BytesView payload, BytesOut& out) {
    if (step_ < 2) {  // e
        if (!ephemeral_) ephemeral_ = crypto::AgreementKey::random();
        const base::Key& key = ephemeral_->public_key();
        out.insert(out.end(), key.bytes.begin(), key.bytes.end());
        symmetric_.mix_hash(key.bytes);
    }
    if (step_ == 1) {  // ee
        if (const auto failed = mix_agreement(*ephemeral_, *remote_ephemeral_)) return failed;
    }
    if (step_ > 0) {  // s, then es or se: my static key, their ephemeral one
        if (const auto failed = symmetric_.encrypt_and_hash(static_.public_key().bytes, out)) return failed;
        if (const auto failed = mix_agreement(static_, *remote_ephemeral_)) return failed;
    }
    return symmetric_.encrypt_and_hash(payload, out);
}

NoiseResult HandshakeState::read_parts(BytesView message, BytesOut& payload) {
    BytesView rest = message;
    if (step_ < 2) {
        if (const auto failed = read_ephemeral(rest)) return failed;
    }
    if (step_ == 1) {
        if (const auto failed = mix_agreement(*ephemeral_, *remote_ephemeral_)) return failed;
    }
    if (step_ > 0) {
        if (const auto failed = read_static(rest)) return failed;
        if (const auto failed = mix_agreement(*ephemeral_, *remote_static_)) return failed;
    }
    return symmetric_.decrypt_and_hash(rest, payload);
}

NoiseResult HandshakeState::read_ephemeral(BytesView& rest) {
    if (rest.size() < key_size) return NoiseError::too_short;
    remote_ephemeral_.emplace();
    std::copy_n(rest.begin(), key_size, remote_ephemeral_->bytes.begin());
    rest = rest.subspan(key_size);
    symmetric_.mix_hash(remote_ephemeral_->bytes);
    return {};
}

NoiseResult HandshakeState::read_static(BytesView& rest) {
    const std::size_t size = key_size + crypto::tag_bytes;
    if (rest.size() < size) return NoiseError::too_short;
    BytesOut plain;
    if (const auto failed = symmetric_.decrypt_and_hash(rest.first(size), plain)) return failed;
    remote_static_.emplace();
    std::copy_n(plain.begin(), key_size, remote_static_->bytes.begin());
    rest = rest.subspan(size);
    return {};
}

NoiseResult HandshakeState::mix_agreement(const crypto::AgreementKey& mine, const base::Key& theirs) {
    const std::optional<crypto::Secret32> shared = mine.agree(theirs);
    if (!shared) return NoiseError::bad_key;
    symmetric_.mix_key(*shared);
    return {};
}

Transport HandshakeState::split() const {
    COOP_ASSERT(finished());
    auto [first, second] = symmetric_.split();
    if (role_ == Role::responder) std::swap(first, second);
    return {first, second, symmetric_.hash()};
}

}  // namespace coop::wire

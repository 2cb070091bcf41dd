// Noise_XX_25519_ChaChaPoly_BLAKE2b, as revision 34 of the Noise Protocol Framework says. Sans-I/O.
//
//     initiator                       responder
//        e                ──►                          in the clear
//                         ◄──   e, ee, s, es           the responder's static key, sealed
//        s, se            ──►                          the initiator's static key, sealed
//     split                          split
//        CipherState      ◄─►   CipherState            numbered, sealed messages
//
// Law: errors are values, and final: after one, the state refuses everything. Nothing is padded, rekeyed or
// retried.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/crypto/hash.hpp"
#include "engine/crypto/keys.hpp"
#include "engine/wire/frame.hpp"

namespace coop::wire {

enum class NoiseError : std::uint8_t {
    too_short = 1,
    too_long,        ///< more than 65 535 bytes
    forged,          ///< an authentication tag does not hold
    bad_key,         ///< a public key of small order
    exhausted,       ///< 2^64 - 1 messages under one key
    out_of_turn,     ///< written or read when it is the other side's turn
    dead,            ///< after an earlier error
    wrong_identity,  ///< the static key is not the member's (see greeting.hpp)
};
std::string_view to_text(NoiseError error) noexcept;

/// Nothing on success.
using NoiseResult = std::optional<NoiseError>;

/// Seals or opens messages of one direction, in their order.
class CipherState {
  public:
    CipherState() = default;  ///< without a key: passes everything through (Noise §5.1)
    explicit CipherState(const crypto::Secret32& key, std::uint64_t counter = 0)
        : key_(key), counter_(counter), has_key_(true) {}

    bool has_key() const { return has_key_; }
    std::uint64_t counter() const { return counter_; }
    /// Appends to `out`, nothing on error.
    [[nodiscard]] NoiseResult encrypt(BytesView associated, BytesView plain, BytesOut& out);
    [[nodiscard]] NoiseResult decrypt(BytesView associated, BytesView sealed, BytesOut& out);

  private:
    NoiseResult die(NoiseError error);

    crypto::Secret32 key_;
    std::uint64_t counter_ = 0;
    bool has_key_ = false;
    bool dead_ = false;
};

/// The hash and the keys that grow through a handshake (Noise §5.2).
class SymmetricState {
  public:
    explicit SymmetricState(std::string_view protocol_name);

    void mix_hash(BytesView bytes);
    void mix_key(const crypto::Secret32& input);
    [[nodiscard]] NoiseResult encrypt_and_hash(BytesView plain, BytesOut& out);
    [[nodiscard]] NoiseResult decrypt_and_hash(BytesView sealed, BytesOut& out);
    bool has_key() const { return cipher_.has_key(); }
    const crypto::Hash64& hash() const { return hash_; }
    /// First the initiator's direction, then the responder's.
    std::pair<CipherState, CipherState> split() const;

  private:
    crypto::Secret<64> chaining_;
    crypto::Hash64 hash_;
    CipherState cipher_;
};

enum class Role : std::uint8_t { initiator, responder };

/// Both directions after the handshake.
struct Transport {
    CipherState sending;
    CipherState receiving;
    crypto::Hash64 handshake_hash;  ///< names this very connection (Noise §11.2)
};

class HandshakeState {
  public:
    HandshakeState(Role role, const crypto::AgreementKey& own, BytesView prologue);
    /// For published test vectors only: a handshake that repeats an ephemeral key is worth nothing.
    void fix_ephemeral_for_test(const crypto::AgreementKey& ephemeral) { ephemeral_ = ephemeral; }

    bool my_turn() const;
    /// How many messages have passed, of three.
    unsigned step() const { return step_; }
    bool finished() const { return !dead_ && step_ == steps; }
    /// Appends the next message with this payload in it.
    [[nodiscard]] NoiseResult write_message(BytesView payload, BytesOut& out);
    /// Appends the payload of the other side's next message.
    [[nodiscard]] NoiseResult read_message(BytesView message, BytesOut& payload);

    /// The other side's static key, once it has come.
    const std::optional<base::Key>& remote_static() const { return remote_static_; }
    /// Only when finished.
    Transport split() const;

  private:
    static constexpr unsigned steps = 3;

    NoiseResult write_parts(BytesView payload, BytesOut& out);
    NoiseResult read_parts(BytesView message, BytesOut& payload);
    NoiseResult read_ephemeral(BytesView& rest);
    NoiseResult read_static(BytesView& rest);
    NoiseResult mix_agreement(const crypto::AgreementKey& mine, const base::Key& theirs);
    NoiseResult die(NoiseError error);

    Role role_;
    crypto::AgreementKey static_;
    std::optional<crypto::AgreementKey> ephemeral_;
    std::optional<base::Key> remote_static_;
    std::optional<base::Key> remote_ephemeral_;
    SymmetricState symmetric_;
    unsigned step_ = 0;
    bool dead_ = false;
};

}  // namespace coop::wire

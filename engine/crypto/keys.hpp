// Ed25519 (RFC 8032) to sign, X25519 (RFC 7748) to agree.
//
// Law: a member is its Ed25519 public key. Everything secret that a board has grows from one 32-byte seed.
#pragma once

#include <optional>

#include "engine/base/digest.hpp"
#include "engine/crypto/sodium.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::crypto {

/// A pair to sign with.
class SigningKey {
  public:
    /// RFC 8032's "secret key": the 32 bytes that everything else follows from.
    static SigningKey from_seed(const Secret32& seed) noexcept;
    static SigningKey random() noexcept;

    const base::Key& public_key() const { return public_; }
    protocol::Signature sign(BytesView message) const noexcept;

  private:
    base::Key public_;
    Secret<64> secret_;
};

/// False as well for keys and signatures that are malformed or of small order.
bool verify(const base::Key& signer, BytesView message, const protocol::Signature& signature) noexcept;

/// A pair to agree with.
class AgreementKey {
  public:
    static AgreementKey from_secret(const Secret32& secret) noexcept;
    static AgreementKey random() noexcept;

    const base::Key& public_key() const { return public_; }
    /// Nothing when the peer's key is of small order: the result would not be secret.
    std::optional<Secret32> agree(const base::Key& theirs) const noexcept;

  private:
    base::Key public_;
    Secret32 secret_;
};

/// A board's two pairs, from one seed: lose nothing but the seed, store nothing but the seed.
struct Identity {
    SigningKey signing;
    AgreementKey agreement;

    static Identity from_seed(const Secret32& seed) noexcept;
    const base::Key& key() const { return signing.public_key(); }
};

}  // namespace coop::crypto

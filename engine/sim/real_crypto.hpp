// RealCrypto: the Crypto of a simulation in which libsodium computes everything, by the code that boards run.
//
//     what the node says          what is signed or hashed for it
//     a member      PeerId   ──►  an Ed25519 pair of its own; statements are encoded under its public key
//     a chunk       name     ──►  its bytes, drawn from that name             ──► BLAKE2b-256
//     an object     name     ──►  its manifest, encoded with those hashes     ──► BLAKE2b-256
//
// Law: the node's names stay the simulation's. It ranks members and contents by them, so with real ones in
// their place every placement would differ, and with it the run. What a name stands for is written down once:
// when the author makes the object. Whatever arrives is computed anew, each time and on each board, and must
// come out as what was written down; what no author made comes out as nothing. So this refuses phantoms of a
// wrong size, and such as nobody made, which PricedCrypto takes at their word; and takes for the same what
// has the same bytes: no words and zeros, no endpoint and one of zeros.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/crypto/keys.hpp"
#include "engine/crypto/metered.hpp"
#include "engine/crypto/sodium.hpp"
#include "engine/wire/sodium_crypto.hpp"

namespace coop::sim {

/// The public keys of all boards, and what belongs to them. Made when first needed. Says who somebody is and
/// cannot be asked the other way round: for what comes as bytes, a run has its PhantomBook.
class KeyRing final : public wire::PeerBook {
  public:
    KeyRing(std::uint64_t seed, std::uint32_t boards) : seed_(seed), pairs_(boards) { crypto::init(); }

    const crypto::SigningKey& pair(protocol::PeerId board) const;
    const base::Key* key_of(protocol::PeerId peer) const noexcept override;
    wire::Endpoint endpoint_of(protocol::PeerId) const noexcept override { return {}; }
    protocol::PeerId find(const base::Key&) const noexcept override { return protocol::PeerId::none(); }
    protocol::PeerId intern(const base::Key&, const wire::Endpoint&) override {
        return protocol::PeerId::none();
    }

  private:
    std::uint64_t seed_;
    mutable std::vector<std::optional<crypto::SigningKey>> pairs_;
};

/// Serves all nodes of one thread: what one author made, another board checks.
class RealCrypto final : public crypto::MeteredCrypto {
  public:
    RealCrypto(std::uint64_t seed, std::uint32_t boards)
        : RealCrypto(seed, boards, std::make_shared<Created>()) {}
    std::unique_ptr<MeteredCrypto> another() const override;

    /// Writes down what its phantoms stand for. Whoever names an object wrongly is not believed, so nothing
    /// of such a one is.
    void create(const protocol::Put& put) override;

    protocol::Signature sign(const protocol::Statement& statement) const noexcept override;
    bool verify(const protocol::Statement& statement,
                const protocol::Signature& signature) const noexcept override;
    bool names(const protocol::Chunk& chunk) const noexcept override;
    bool names(const protocol::Manifest& manifest) const noexcept override;
    /// Of its simulated key, as PricedCrypto says.
    std::uint64_t key_prefix(protocol::PeerId peer) const noexcept override;

  private:
    /// What phantoms' names stand for.
    struct Created {
        std::map<base::Digest, base::Digest> chunks;
        std::map<base::Digest, base::Digest> objects;  // their manifests
    };
    RealCrypto(std::uint64_t seed, std::uint32_t boards, std::shared_ptr<Created> created);

    base::Digest hash_of(const protocol::Chunk& phantom) const noexcept;
    base::Digest hash_of(const protocol::Manifest& manifest) const noexcept;

    std::uint64_t seed_;
    std::uint32_t boards_;
    KeyRing keys_;
    wire::SodiumCrypto anybody_;  // checks what no secret is needed for
    std::shared_ptr<Created> created_;
    mutable protocol::Content content_;  // of the phantom that is being hashed
};

}  // namespace coop::sim

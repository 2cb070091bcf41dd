// PricedCrypto: the protocol's Crypto for simulations. Nothing is computed; everything is counted.
//
// Law: a signature holds exactly when the statement is what its origin signed. The tag is a mix of 64 bits
// over every field, so changes are noticed; it is no protection against somebody who computes tags, and none
// is needed.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/crypto/metered.hpp"

namespace coop::crypto {

/// Serves all nodes of one simulation thread.
class PricedCrypto final : public MeteredCrypto {
  public:
    explicit PricedCrypto(std::uint64_t seed) : seed_(seed) {}

    std::unique_ptr<MeteredCrypto> another() const override { return std::make_unique<PricedCrypto>(seed_); }

    protocol::Signature sign(const protocol::Statement& statement) const noexcept override;
    bool verify(const protocol::Statement& statement,
                const protocol::Signature& signature) const noexcept override;
    /// A phantom is taken at its word; real bytes are really hashed.
    bool names(const protocol::Chunk& chunk) const noexcept override;
    /// Holds for names made by `simulated_object_name` and for real ones.
    bool names(const protocol::Manifest& manifest) const noexcept override;
    std::uint64_t key_prefix(protocol::PeerId peer) const noexcept override;

  private:
    std::uint64_t seed_;
};

}  // namespace coop::crypto

// SodiumCrypto: the protocol's Crypto of a real board. Statements become bytes, bytes meet Ed25519 and
// BLAKE2b.
#pragma once

#include "engine/crypto/keys.hpp"
#include "engine/protocol/crypto.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::wire {

class SodiumCrypto final : public protocol::Crypto {
  public:
    /// `own` and `book` outlive it. The book's endpoint for oneself is what announcements say; to change it
    /// is to make a new announcement.
    SodiumCrypto(const crypto::SigningKey& own, const PeerBook& book) : own_(own), book_(book) {}

    protocol::Signature sign(const protocol::Statement& statement) const noexcept override;
    bool verify(const protocol::Statement& statement,
                const protocol::Signature& signature) const noexcept override;
    /// A chunk without bytes has no name here.
    bool names(const protocol::Chunk& chunk) const noexcept override;
    bool names(const protocol::Manifest& manifest) const noexcept override;
    /// Zero for a handle that was never given out.
    std::uint64_t key_prefix(protocol::PeerId peer) const noexcept override;

  private:
    const crypto::SigningKey& own_;
    const PeerBook& book_;
};

}  // namespace coop::wire

// Crypto: pure computation that the host provides, real or priced.
//
// Law: the node signs statements, not bytes. The host encodes a statement canonically (full keys, never
// handles) and calls libsodium; or, priced, keeps a tag that fails when anything in the statement changed.
#pragma once

#include <cstdint>

#include "engine/protocol/content.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::protocol {

class Crypto {
  public:
    virtual ~Crypto() = default;
    Crypto() = default;
    Crypto(const Crypto&) = delete;
    Crypto& operator=(const Crypto&) = delete;

    /// By the node itself; `statement.id.origin` must be it.
    virtual Signature sign(const Statement& statement) const noexcept = 0;
    /// Whether `statement.id.origin` signed exactly this. False for an unknown origin.
    virtual bool verify(const Statement& statement, const Signature& signature) const noexcept = 0;
    /// Whether the chunk's content hashes to its name. A phantom is taken at its word.
    virtual bool names(const Chunk& chunk) const noexcept = 0;
    /// Whether the manifest, encoded, hashes to `manifest.object`.
    virtual bool names(const Manifest& manifest) const noexcept = 0;
    /// A prefix of the peer's public key: ranks members alike on every board.
    virtual std::uint64_t key_prefix(PeerId peer) const noexcept = 0;
};

}  // namespace coop::protocol

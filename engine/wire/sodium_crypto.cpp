#include "engine/wire/sodium_crypto.hpp"

#include "engine/base/assert.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/wire/codec.hpp"

namespace coop::wire {

protocol::Signature SodiumCrypto::sign(const protocol::Statement& statement) const noexcept {
    const base::Key* const origin = book_.key_of(statement.id.origin);
    COOP_ASSERT(origin != nullptr && *origin == own_.public_key());
    BytesOut bytes;
    encode_for_signing(statement, book_, bytes);
    return own_.sign(bytes);
}

bool SodiumCrypto::verify(const protocol::Statement& statement,
                          const protocol::Signature& signature) const noexcept {
    const base::Key* const origin = book_.key_of(statement.id.origin);
    if (origin == nullptr) return false;
    BytesOut bytes;
    encode_for_signing(statement, book_, bytes);
    return crypto::verify(*origin, bytes, signature);
}

bool SodiumCrypto::names(const protocol::Chunk& chunk) const noexcept {
    return chunk.bytes && static_cast<std::int64_t>(chunk.bytes->size()) == chunk.size.count &&
           crypto::blake2b_256(*chunk.bytes) == chunk.name;
}

bool SodiumCrypto::names(const protocol::Manifest& manifest) const noexcept {
    return crypto::manifest_name(manifest) == manifest.object;
}

std::uint64_t SodiumCrypto::key_prefix(protocol::PeerId peer) const noexcept {
    const base::Key* const key = book_.key_of(peer);
    return key ? key->prefix() : 0;
}

}  // namespace coop::wire

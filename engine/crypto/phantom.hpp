// Phantoms: keys and content that only have names. A simulation of a million boards hashes and stores
// nothing. One that wants to compute everything finds here what a name stands for.
//
// Law: the same seed and numbers give the same names on every machine, spread like real ones; a phantom
// manifest's name is a function of all that it says, so a changed one no longer bears its name.
#pragma once

#include <cstdint>

#include "engine/base/digest.hpp"
#include "engine/crypto/keys.hpp"
#include "engine/protocol/content.hpp"
#include "engine/protocol/ids.hpp"

namespace coop::crypto {

/// Stands for the public key of simulated board `peer`. `key.prefix()` is PricedCrypto's `key_prefix(peer)`.
base::Key simulated_key(std::uint64_t seed, protocol::PeerId peer) noexcept;

/// Which object is meant: the author's n-th.
struct PhantomId {
    std::uint64_t seed = 0;
    protocol::PeerId author;
    std::uint64_t number = 0;
};

base::Digest simulated_chunk_name(const PhantomId& object, std::uint16_t index) noexcept;
/// What stands for hashing the manifest.
base::Digest simulated_object_name(const protocol::Manifest& manifest) noexcept;

/// An object of this size, of phantom chunks, whose names all hold under PricedCrypto.
protocol::Manifest phantom_manifest(const PhantomId& object, base::Bytes size);
/// The chunks of a manifest, without bytes: what Put wants beside it.
std::vector<protocol::Chunk> phantom_chunks(const protocol::Manifest& manifest);

/// What simulated board `peer` would sign with. Its public key is not `simulated_key`: nobody has the secret
/// half of a name.
SigningKey simulated_signing_key(std::uint64_t seed, protocol::PeerId peer) noexcept;
/// What a phantom chunk would hold: as many bytes as there is room for of the ChaCha20 stream (RFC 8439,
/// §2.4) whose key is its name.
void fill_phantom(const base::Digest& name, std::span<std::uint8_t> out) noexcept;

}  // namespace coop::crypto

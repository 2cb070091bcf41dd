// Phantoms: keys and content that only have names. A simulation of a million boards hashes and stores
// nothing.
//
// Law: the same seed and numbers give the same names on every machine, spread like real ones; a phantom
// manifest's name is a function of all that it says, so a changed one no longer bears its name.
#pragma once

#include <cstdint>

#include "engine/base/digest.hpp"
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

}  // namespace coop::crypto

// Content: an object is chunks named by their BLAKE2b-256 digest, under a manifest named the same way.
//
//     object = name of manifest ──► [ name of chunk 0, name of chunk 1, … ]
//
// Law: a name is what the bytes hash to, so any member may serve them and none needs to be trusted. A
// simulation carries phantom chunks (name and size, no bytes); a board carries real ones.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/units.hpp"

namespace coop::protocol {

/// Two chunks' worth of request fit a 64 KiB Noise message with room for the frame. Guess. Study:
/// scenarios/studies/chunk_size.toml (a slow board's 30 kbit/s share passes one in 9 s).
inline constexpr base::Bytes chunk_size_max = base::kib(32);
/// A manifest travels as one chunk does, so 1 000 names of 32 bytes bound an object to 31 MiB.
inline constexpr std::size_t chunks_in_object_max = 1000;

using Content = std::vector<std::uint8_t>;

/// One chunk on its way. `bytes` is null for a phantom, and for a chunk that the host reads from disk itself.
struct Chunk {
    base::Digest name;
    base::Bytes size;
    std::shared_ptr<const Content> bytes;
};

/// The list of an object's chunks. All but the last are `chunk_size_max` long.
struct Manifest {
    base::Digest object;  ///< what the encoded manifest hashes to: the object's name
    base::Bytes size;     ///< of the whole object
    std::vector<base::Digest> chunks;

    base::Bytes chunk_size(std::size_t index) const {
        const auto before = chunk_size_max * static_cast<std::int64_t>(index);
        const base::Bytes rest = size - before;
        return rest < chunk_size_max ? rest : chunk_size_max;
    }
};
using ManifestRef = std::shared_ptr<const Manifest>;

/// How many chunks an object of this size has; at least one.
constexpr std::size_t chunk_count(base::Bytes size) {
    const std::int64_t whole = (size.count + chunk_size_max.count - 1) / chunk_size_max.count;
    return whole < 1 ? 1 : static_cast<std::size_t>(whole);
}

/// Sizes and counts agree and are within bounds. What arrives is checked before it is used.
constexpr bool well_formed(const Manifest& manifest) {
    return manifest.size.count > 0 && manifest.chunks.size() <= chunks_in_object_max &&
           manifest.chunks.size() == chunk_count(manifest.size);
}

}  // namespace coop::protocol

// Objects: a file becomes chunks under a manifest, and chunks become a file again.
//
// Law: names are what the bytes hash to, so whatever is put together from a store is the file or is refused.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/protocol/content.hpp"
#include "engine/protocol/input.hpp"
#include "engine/storage/store.hpp"

namespace coop::runtime {

/// The largest object: what a manifest may list.
inline constexpr base::Bytes object_size_max =
    protocol::chunk_size_max * static_cast<std::int64_t>(protocol::chunks_in_object_max);

/// Cuts bytes into chunks and names them. Empty or larger than `object_size_max`: a reason.
base::Result<protocol::Put, protocol::Reason> prepare_object(std::span<const std::uint8_t> bytes);

/// Whether this error speaks of the bytes themselves, and not only of what the disk can do now.
constexpr bool is_damage(storage::Trouble trouble) {
    return trouble == storage::Trouble::absent || trouble == storage::Trouble::corrupt;
}

struct Assembled {
    std::string trouble;   ///< a sentence for the owner, empty when all is well
    bool damaged = false;  ///< the object is not on the disk as it was
};
/// Puts the object together in this file, under another name until it is whole.
Assembled assemble(const protocol::Manifest& manifest, storage::Store& store, const std::string& path);

/// Bytes that look like a photo to a disk: they do not compress, and a seed gives them again.
protocol::Content synthetic_bytes(base::Bytes size, std::uint64_t seed);

}  // namespace coop::runtime

// What a workload asks for when nothing of it needs to exist: phantoms whose names hold under the run's
// crypto.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/crypto/phantom.hpp"
#include "engine/protocol/input.hpp"

namespace coop::sim {

/// The author's `number`-th object, at most 1 000 chunks long. `seed` is the run's.
inline protocol::Put phantom_put(const crypto::PhantomId& id, base::Bytes size) {
    auto manifest = std::make_shared<const protocol::Manifest>(crypto::phantom_manifest(id, size));
    auto chunks = std::make_shared<const std::vector<protocol::Chunk>>(crypto::phantom_chunks(*manifest));
    return {std::move(manifest), std::move(chunks)};
}

/// Words of which only the size is simulated.
inline protocol::Publish phantom_notice(base::Bytes size) { return {protocol::Notice{size, nullptr}}; }

}  // namespace coop::sim

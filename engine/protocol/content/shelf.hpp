// Shelf: what lies on this board's disk, object by object, and how much of each.
//
// Law: a chunk counts only once it is durable. An object is whole when its manifest and all its chunks are.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/protocol/content.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::protocol::content {

/// One object, whole or in parts. What has no manifest yet is not on the shelf.
struct Held {
    ManifestRef manifest;
    std::vector<bool> durable;  ///< by chunk
    std::uint32_t missing = 0;  ///< chunks not yet durable
    bool manifest_durable = false;

    bool whole() const { return missing == 0 && manifest_durable; }
    bool has(std::size_t index) const { return index < durable.size() && durable[index]; }
};

class Shelf {
  public:
    const Held* find(const base::Digest& object) const { return held_.find(object); }
    bool whole(const base::Digest& object) const;
    std::size_t size() const { return held_.size(); }
    auto begin() const { return held_.begin(); }
    auto end() const { return held_.end(); }

    /// The manifest is known; its chunks are still to come. Keeps what is there already.
    Held& open(const ManifestRef& manifest);
    /// True when this chunk makes the object whole.
    bool chunk_durable(const base::Digest& object, std::size_t index);
    /// True when the manifest makes the object whole.
    bool manifest_durable(const base::Digest& object);
    void forget(const base::Digest& object) { held_.erase(object); }

  private:
    base::FlatMap<base::Digest, Held> held_;
};

}  // namespace coop::protocol::content

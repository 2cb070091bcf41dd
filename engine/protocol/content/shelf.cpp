#include "engine/protocol/content/shelf.hpp"

namespace coop::protocol::content {

bool Shelf::whole(const base::Digest& object) const {
    const Held* const held = held_.find(object);
    return held != nullptr && held->whole();
}

Held& Shelf::open(const ManifestRef& manifest) {
    Held& held = held_[manifest->object];
    if (held.manifest == nullptr) {
        held.manifest = manifest;
        held.durable.assign(manifest->chunks.size(), false);
        held.missing = static_cast<std::uint32_t>(manifest->chunks.size());
    }
    return held;
}

bool Shelf::chunk_durable(const base::Digest& object, std::size_t index) {
    Held* const held = held_.find(object);
    if (held == nullptr || index >= held->durable.size() || held->durable[index]) return false;
    held->durable[index] = true;
    --held->missing;
    return held->whole();
}

bool Shelf::manifest_durable(const base::Digest& object) {
    Held* const held = held_.find(object);
    if (held == nullptr || held->manifest_durable) return false;
    held->manifest_durable = true;
    return held->whole();
}

}  // namespace coop::protocol::content

// Disk: what one board's card holds for its node; the part of a board that survives a power cut.
//
//     objects: digest ──► manifest, chunks        statements: (origin, number) ──► statement
//
// Law: only what was applied is there after a cut. `used` is the content alone (chunks), which is what an
// owner lends by the gigabyte; book-keeping is counted in `written`.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/protocol/record.hpp"

namespace coop::sim {

enum class DiskHealth : std::uint8_t { well, full, failing };

class Disk {
  public:
    /// Without `keeps_records` only sizes are known, and a node that starts again finds nothing.
    explicit Disk(protocol::PeerId self, bool keeps_records = true)
        : self_(self), keeps_records_(keeps_records) {}

    void apply(const protocol::Record& record);
    /// Everything that is there, statements first, in a fixed order.
    std::vector<protocol::Record> records() const;
    base::Bytes used() const { return content_ == nullptr ? base::Bytes{} : content_->used; }
    /// How much of this object's content is there. Without its manifest nobody can read it, so that is none;
    /// on a disk without records, manifests are taken for granted.
    base::Bytes holds(const base::Digest& object) const;

  private:
    struct Piece {
        std::uint16_t index;
        base::Digest name;
        base::Bytes size;
    };
    struct Held {
        protocol::ManifestRef manifest;
        std::vector<Piece> pieces;  // by index
    };

    struct Content {
        base::FlatMap<base::Digest, Held> objects;
        base::FlatMap<protocol::StatementId, protocol::SignedRef> statements;
        base::Bytes used;
    };

    Content& content();
    void keep(const protocol::KeptChunk& chunk);
    void forget(const base::Digest& object);
    void keep(const protocol::KeptStatement& kept);

    std::unique_ptr<Content> content_;  // null: nothing was written yet
    protocol::PeerId self_;
    bool keeps_records_;
};

/// What a record occupies when it is written.
base::Bytes disk_size(const protocol::Record& record) noexcept;
/// Whether writing it makes room instead of taking it.
bool frees(const protocol::Record& record) noexcept;

}  // namespace coop::sim

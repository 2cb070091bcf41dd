// Store: what one board keeps across restarts. Bytes in, bytes out: `wire` gives them their meaning.
//
//     identity ─ one      statement ─ the member's own, by number      member ─ newest announcement, by key
//     manifest ─ by object ──► part (object, index) ──► chunk ─ by the digest of its bytes, kept once
//
// A chunk that several objects share is kept once, and goes when the last part that names it goes. There is
// no counter that could drift: the parts themselves are the references.
//
// Law: `commit` is atomic, and durable when it returns. What it acknowledged is there after kill -9 and after
// a power cut, and stays readable when the disk is full. What it refused may be tried again. Nothing here
// computes a hash: whoever reads a chunk checks that it still hashes to its name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/result.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/content.hpp"
#include "engine/sqlite/error.hpp"

namespace coop::storage {

using sqlite::Trouble;
using StoreError = sqlite::Error;
using Status = sqlite::Status;

using protocol::Content;
using ContentRef = std::shared_ptr<const Content>;  ///< never null in a change

struct PutIdentity {  ///< replaces it
    ContentRef bytes;
};
struct PutStatement {  ///< replaces the one of this number
    std::uint32_t sequence = 0;
    ContentRef bytes;
};
struct EraseStatement {
    std::uint32_t sequence = 0;
};
struct PutMember {  ///< replaces the one of this key
    base::Key member;
    ContentRef bytes;
};
struct EraseMember {
    base::Key member;
};
struct PutManifest {
    base::Digest object;
    ContentRef bytes;
};
/// Replaces the part, and the bytes under that name: a chunk that rotted on the disk is healed by putting it
/// again.
struct PutChunk {
    base::Digest object;
    std::uint16_t index = 0;
    base::Digest name;
    ContentRef bytes;
};
/// The manifest, the parts, and every chunk that no other object names.
struct EraseObject {
    base::Digest object;
};
/// Erasing what is not there is no error.
using Change = std::variant<PutIdentity, PutStatement, EraseStatement, PutMember, EraseMember, PutManifest,
                            PutChunk, EraseObject>;
using Batch = std::vector<Change>;

struct StatementRow {
    std::uint32_t sequence = 0;
    Content bytes;
};
struct MemberRow {
    base::Key member;
    Content bytes;
};
struct ManifestRow {
    base::Digest object;
    Content bytes;
};
struct PartRow {
    base::Digest object;
    std::uint16_t index = 0;
    base::Digest name;
    base::Bytes size;
};
/// Everything but the bytes of chunks, each list ascending by its key.
struct Kept {
    std::optional<Content> identity;
    std::vector<StatementRow> statements;
    std::vector<MemberRow> members;
    std::vector<ManifestRow> manifests;
    std::vector<PartRow> parts;
};

class Store {
  public:
    virtual ~Store() = default;
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// All of it or nothing. `full`, `failing` or `corrupt` when nothing.
    virtual Status commit(const Batch& batch) = 0;
    virtual base::Result<Kept, StoreError> load() = 0;
    /// `absent` when it is not here.
    virtual base::Result<Content, StoreError> read_chunk(const base::Digest& name) = 0;
    /// The bytes of chunks (a shared one once), manifests, statements and announcements; not the identity.
    virtual base::Bytes used() const = 0;
};

}  // namespace coop::storage

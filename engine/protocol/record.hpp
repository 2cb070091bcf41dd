// Records: what a node asks its host to make durable, and finds again when it starts.
//
// Law: a record replaces the one with the same name. Forgetting is a record too, so a disk is an ordered log
// to the node and whatever it likes to be underneath.
#pragma once

#include <cstdint>
#include <variant>

#include "engine/protocol/content.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::protocol {

/// A statement: the node's own (named by its number), or the newest announcement of another member.
struct KeptStatement {
    SignedRef statement;
};
struct KeptManifest {
    ManifestRef manifest;
};
/// One chunk. When a node starts again, `chunk.bytes` is null: the host reads bytes only to send them.
struct KeptChunk {
    base::Digest object;
    std::uint16_t index = 0;
    Chunk chunk;
};
/// The object's manifest and chunks are no longer needed.
struct ForgottenObject {
    base::Digest object;
};
/// One of the node's own statements is superseded. The highest number is never forgotten.
struct ForgottenStatement {
    StatementId id;
};

using Record = std::variant<KeptStatement, KeptManifest, KeptChunk, ForgottenObject, ForgottenStatement>;

}  // namespace coop::protocol

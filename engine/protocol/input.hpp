// Inputs: everything that can happen to a node.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/protocol/message.hpp"
#include "engine/protocol/record.hpp"

namespace coop::protocol {

/// The first input of every life of a node: `kept` is what the board's disk still holds, in any order.
struct Started {
    std::span<const Record> kept = {};
};
/// The deadline has come.
struct Woken {};
struct Received {
    PeerId from;
    const Message* message;  ///< shared, immutable, never null
};
/// The record of this ticket is durable; or it never will be, because the disk is full or failing.
struct Persisted {
    Ticket ticket;
    bool durable = true;
};

// What the owner or the workload asks for.
struct Publish {
    Notice notice;
};
/// Keep this object in the pool. `chunks` has one entry a name in the manifest (phantoms in a simulation).
struct Put {
    ManifestRef manifest;
    std::shared_ptr<const std::vector<Chunk>> chunks;
};
struct Get {
    base::Digest object;
};
/// Say farewell for good.
struct Leave {};
using Command = std::variant<Publish, Put, Get, Leave>;

struct Requested {
    Command command;
};
/// The disk no longer holds what it was given of this object: a chunk is gone, or is not what its name says.
struct Damaged {
    base::Digest object;
};

/// Append only: their order is part of every fingerprint.
using Input = std::variant<Started, Woken, Received, Persisted, Requested, Damaged>;

}  // namespace coop::protocol

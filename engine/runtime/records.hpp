// Records as the store keeps them: the node's values on one side, named bytes on the other.
#pragma once

#include <optional>
#include <vector>

#include "engine/protocol/record.hpp"
#include "engine/storage/store.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::runtime {

/// What this record changes on the disk. Nothing for a chunk without bytes: there is nothing to keep.
std::optional<storage::Change> to_change(const protocol::Record& record, protocol::PeerId self,
                                         const wire::PeerBook& book);

/// The author of a durable announcement is a member from now on, to be dialled where it says.
void meet(const protocol::SignedRef& statement, wire::BoundedPeerBook& book);

struct Recovered {
    std::vector<protocol::Record> records;  ///< for Started
    std::uint64_t damaged = 0;              ///< rows that did not decode, or are not what their name says
    /// One of the member's own statements did not decode: its number might be given again, so do not start.
    bool own_damaged = false;
};
/// Whoever is kept is a member of the book from then on.
Recovered from_kept(const storage::Kept& kept, protocol::PeerId self, wire::BoundedPeerBook& book);

}  // namespace coop::runtime

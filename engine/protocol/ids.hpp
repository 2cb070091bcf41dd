// The handles that messages speak in. Keys and addresses live at the edge; the core sees dense numbers.
#pragma once

#include <compare>
#include <cstdint>

#include "engine/base/id.hpp"
#include "engine/base/inline_vector.hpp"

namespace coop::protocol {

using PeerId = base::Id<struct PeerTag>;

/// Names one Persist effect of one node; the host hands it back in Persisted.
struct Ticket {
    std::uint64_t number = 0;
    constexpr auto operator<=>(const Ticket&) const = default;
};

/// A statement a second for a century; and what follows a number can be counted without overflow.
inline constexpr std::uint32_t sequence_max = UINT32_MAX - 256;
/// The n-th statement of a member, counted from 1 and never used twice, not even across restarts.
struct StatementId {
    PeerId origin;
    std::uint32_t sequence = 0;
    constexpr auto operator<=>(const StatementId&) const = default;
};

/// HyParView's shuffle sends 1 + 3 + 4 peers; twice that bounds any configuration and what a stranger may
/// send.
inline constexpr std::size_t peers_in_message_max = 16;
using PeerList = base::InlineVector<PeerId, peers_in_message_max>;

}  // namespace coop::protocol

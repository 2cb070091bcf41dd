// Counters: what this host has seen and refused, as plain numbers that an owner or a test may read.
//
// Law: they only go up, and nothing decides by them. What the world does wrong ends here and nowhere else.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace coop::runtime {

struct Counters {
    // The node.
    std::uint64_t steps = 0;
    std::uint64_t commits = 0;         ///< batches made durable
    std::uint64_t commits_failed = 0;  ///< the disk was full or failing
    std::uint64_t sends_withheld = 0;  ///< Sends of a step whose records did not become durable
    std::uint64_t chunks_missing = 0;  ///< asked for, and not readable or not what their name says

    // Messages.
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_sent = 0;      ///< as `line_size` counts them
    std::uint64_t bytes_received = 0;  ///< as `line_size` counts them
    std::uint64_t unreachable = 0;     ///< messages dropped: no address, no answer, or the link broke first

    // Connections.
    std::uint64_t accepted = 0;
    std::uint64_t dialled = 0;
    std::uint64_t dials_failed = 0;
    std::uint64_t handshakes = 0;         ///< finished, either way
    std::uint64_t handshakes_failed = 0;  ///< garbage, a wrong key, a binding that does not hold
    std::uint64_t handshakes_late = 0;    ///< not finished in time
    std::uint64_t duplicates_closed = 0;  ///< second connections with one peer
    std::uint64_t idle_closed = 0;

    // Refused at the door.
    std::uint64_t refused_address = 0;  ///< too many connections from one address
    std::uint64_t refused_total = 0;    ///< too many connections, or the process is out of descriptors
    std::uint64_t refused_asleep = 0;
    std::uint64_t refused_stranger = 0;  ///< the book of known peers is full, or this link named too many
    std::uint64_t forgotten = 0;         ///< strangers whose link is gone and whom nobody met

    // Dropped after the handshake.
    std::uint64_t frames_oversized = 0;
    std::uint64_t frames_forged = 0;     ///< the seal did not hold: changed, replayed or out of order
    std::uint64_t frames_slow = 0;       ///< begun and not finished in time
    std::uint64_t frames_truncated = 0;  ///< the connection ended inside one
    std::uint64_t messages_malformed = 0;
    std::uint64_t messages_impostor = 0;  ///< speaking for somebody else
    std::uint64_t slow_readers = 0;       ///< a peer that does not read what it is sent

    // Not dropped, only put off.
    std::uint64_t reads_paused = 0;  ///< times that a link had brought more than its part

    // The owner's socket.
    std::uint64_t control_bad_lines = 0;

    std::uint64_t surprises =
        0;  ///< exceptions caught at the loop: each one is a bug, and none stops the board
};

/// Name and value of every counter, for status lines and results, in the order above.
std::vector<std::pair<std::string_view, std::uint64_t>> listed(const Counters& counters);

}  // namespace coop::runtime

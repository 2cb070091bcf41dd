// Counters: what one board did and what it cost, in integers; the rest follows from them.
//
// Law: every figure that a member is told about cost can be computed from these and the board's profile.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/message.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

struct Traffic {
    std::uint64_t messages = 0;
    base::Bytes line{};  ///< with frame, tag and headers

    void add(base::Bytes size) {
        ++messages;
        line += size;
    }
    Traffic& operator+=(const Traffic& other) {
        messages += other.messages;
        line += other.line;
        return *this;
    }
};

/// A board causes fewer than 2^32 events (they are numbered so), and each of the small ones counts some of
/// them.
struct Counters {
    Traffic up{};                ///< entered this board's line
    Traffic down{};              ///< came through this board's line to the node
    base::Bytes resent{};        ///< lost segments, sent again by TCP; not in `up`
    base::Duration core_time{};  ///< summed over cores
    base::Bytes written{};
    base::Bytes read{};
    base::Bytes disk_used{};   ///< the pool's content on this board, now
    base::Duration powered{};  ///< time with power
    base::Duration awake{};    ///< time with power inside the owner's hours
    std::uint32_t steps = 0;
    std::uint32_t dropped_here = 0;  ///< messages that found this board off or asleep
    std::uint32_t waiting_max = 0;   ///< the longest queue for a core
    std::uint32_t syncs = 0;
    std::uint32_t refused_writes = 0;  ///< commits that a full or failing disk did not take
    std::uint32_t starts = 0;          ///< times that the node began
};

/// By message kind, for one node or for all.
struct KindCounters {
    std::array<Traffic, protocol::message_kinds> up;
    std::array<Traffic, protocol::message_kinds> down;

    KindCounters& operator+=(const KindCounters& other) {
        for (std::size_t kind = 0; kind < up.size(); ++kind) {
            up[kind] += other.up[kind];
            down[kind] += other.down[kind];
        }
        return *this;
    }
};

/// Idle power for as long as there is power, and the rest in proportion to busy cores.
constexpr double joules(const Board& board, const Counters& counters) {
    const double idle = static_cast<double>(board.idle_mw) * 1e-3 * counters.powered.seconds();
    const double per_core =
        static_cast<double>(board.busy_mw - board.idle_mw) * 1e-3 / static_cast<double>(board.cores);
    return idle + per_core * counters.core_time.seconds();
}

}  // namespace coop::sim

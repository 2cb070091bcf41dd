// Commons: what all partitions of one run share.
//
// Law: in a window a partition touches its own boards only, and of the flights those that are under way to or
// from them; what is of all boards (`serial`, the checker's sizes of objects) changes between windows alone.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/sim/exchange.hpp"
#include "engine/sim/host.hpp"
#include "engine/sim/kernel.hpp"
#include "engine/sim/pool.hpp"
#include "engine/sim/quota_checker.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::sim {

enum class Happens : std::uint32_t {
    joined,        ///< origin gets its first power
    booted,        ///< slot: generation
    switched_off,  ///< by its owner, after its last words
    wake,          ///< slot: the arming
    core_free,     ///< slot: generation
    released,      ///< slot: first flight of a step whose cost is paid
    durable,       ///< slot: commit
    arrived,       ///< slot: flight, at the receiver's line
    through,       ///< slot: flight, at the receiver's board
    task,          ///< slot: task
    fault,         ///< slot: fault
    sample,
    joins_stream,  ///< slot: flight, handed over by the sender
    cut_streams,   ///< all that origin sends, and what flows to it
};

// Beyond all nodes' numbers, in the order in which they come at the same instant.
inline constexpr std::uint32_t workload_origin = std::numeric_limits<std::uint32_t>::max() - 2;
inline constexpr std::uint32_t fault_origin = workload_origin + 1;
inline constexpr std::uint32_t sample_origin = workload_origin + 2;

/// Which partition a board belongs to: the same number of boards each, of all parts of the population.
class Division {
  public:
    Division(std::uint32_t boards, std::uint32_t partitions)
        : partitions_(partitions), run_(boards / partitions >= 16 * neighbours ? neighbours : 1) {}
    std::uint32_t partitions() const { return partitions_; }
    std::uint32_t operator()(PeerId board) const {
        return partitions_ == 1 ? 0 : board.index / run_ % partitions_;
    }

  private:
    // So many boards that lie side by side in memory stay together, so that two threads seldom share a cache
    // line.
    static constexpr std::uint32_t neighbours = 64;

    std::uint32_t partitions_;
    std::uint32_t run_;
};

struct Commons {
    Commons(const Setup& setup_, const World& world_, std::uint32_t partitions)
        : setup(setup_), world(world_), division(world_.people.count(), partitions), exchange(partitions) {
        if (setup.check_quota) checker.emplace(setup.policies);
    }
    Host& host_of(PeerId peer) { return hosts[peer.index]; }

    Setup setup;
    World world;
    base::Duration lookahead;  ///< of the network, in this call of run_until
    Division division;
    std::vector<Host> hosts;
    SharedPool<Flight> flights;
    Exchange exchange;
    std::optional<QuotaChecker> checker;
    /// What may look at every board, or ask for one by its number. It happens between two windows.
    EventQueue serial;
    const Simulation* face = nullptr;
};

}  // namespace coop::sim

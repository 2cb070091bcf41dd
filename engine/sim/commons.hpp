// Commons: what all partitions of one run share.
//
// Law: in a window a partition touches its own boards only, and of the flights those that are under way to or
// from them; what is of all boards (`serial`, the checker's sizes of objects) changes between windows alone.
#pragma once

#include <algorithm>
#include <atomic>
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

/// How far all go before somebody looks at all boards again: no further than what is known to come then.
class Window {
  public:
    /// Between two windows.
    void open(const Event& bound) {
        bound_ = bound;
        shut_at_.store(base::Instant::never().ns(), std::memory_order_relaxed);
    }
    /// By a partition that has not come to `at` yet, nor let others go there.
    void shut_at(base::Instant at) {
        std::int64_t first = shut_at_.load(std::memory_order_relaxed);
        while (at.ns() < first &&
               !shut_at_.compare_exchange_weak(first, at.ns(), std::memory_order_relaxed)) {
        }
    }
    Event end() const {
        const Event shut{base::Instant::of_ns(shut_at_.load(std::memory_order_relaxed))};
        return shut.before(bound_) ? shut : bound_;
    }

  private:
    Event bound_;
    std::atomic<std::int64_t> shut_at_ = 0;
};

struct Commons {
    Commons(const Setup& setup_, const World& world_, std::uint32_t partitions)
        : setup(setup_), world(world_), division(world_.people.count(), partitions), exchange(partitions) {
        if (setup.check_quota) checker.emplace(setup.policies);
    }
    Host& host_of(PeerId peer) { return hosts[peer.index]; }

    Setup setup;
    World world;
    base::Duration lookahead;  ///< of the network, in this call of run_until: what a way takes at least
    /// The same, and a moment where it is nothing: one thread then goes on moment by moment.
    base::Duration way() const { return std::max(lookahead, base::Duration::of_ns(1)); }
    Division division;
    std::vector<Host> hosts;
    SharedPool<Flight> flights;
    Exchange exchange;
    Window window;
    std::optional<QuotaChecker> checker;
    /// What may look at every board, or ask for one by its number. It happens between two windows.
    EventQueue serial;
    const Simulation* face = nullptr;
};

}  // namespace coop::sim

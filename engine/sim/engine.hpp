// Engine: the run itself. Three files: engine.cpp turns events into calls, step.cpp lets nodes act, and
// travel.cpp carries messages. Nothing outside this room includes it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "engine/crypto/metered.hpp"
#include "engine/sim/host.hpp"
#include "engine/sim/kernel.hpp"
#include "engine/sim/quota_checker.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::sim {

enum class Happens : std::uint32_t {
    joined,     ///< origin gets its first power
    booted,     ///< slot: generation
    wake,       ///< slot: the arming
    core_free,  ///< slot: generation
    released,   ///< slot: first flight of a step whose cost is paid
    durable,    ///< slot: commit
    arrived,    ///< slot: flight, at the receiver's line
    through,    ///< slot: flight, at the receiver's board
    task,       ///< slot: task
    fault,      ///< slot: fault
    sample,
};

class Simulation::Engine {
  public:
    Engine(const Setup& setup, const World& world);

    Stop run_until(base::Instant end, const Watch& watch);
    void add(const Task& task);
    void add(const Fault& fault);
    void observe_with(const Simulation& face) { face_ = &face; }

    const Host& host(PeerId peer) const { return hosts_[peer.index]; }
    Counters counters(PeerId peer) const;
    Fingerprint fingerprint() const;

    base::Instant now_ = base::Instant::zero();
    std::uint64_t events_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Host> hosts_;
    KindCounters kinds_;
    std::optional<QuotaChecker> checker_;

  private:
    // Beyond all nodes' numbers, in the order in which they come at the same instant.
    static constexpr std::uint32_t workload_origin = std::numeric_limits<std::uint32_t>::max() - 2;
    static constexpr std::uint32_t fault_origin = workload_origin + 1;
    static constexpr std::uint32_t sample_origin = workload_origin + 2;

    // engine.cpp
    void happen(const Event& event);
    void schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot);
    void pull_task();
    void pull_fault();
    void on_task(Slot slot);
    void on_fault(Slot slot);
    void befall(Host& host, const Fault& fault);
    void on_sample();
    void power_on(PeerId peer);
    void end_generation(PeerId peer);
    void power_off(PeerId peer);
    void boot(PeerId peer);
    void start(PeerId peer);
    void ask_to_leave(PeerId peer);
    void on_departed(PeerId peer);
    void account_power(Host& host) const;

    // step.cpp
    void offer(PeerId peer, Waiting input);
    void wait(PeerId peer, Waiting input);
    void on_core_free(PeerId peer);
    void perform(PeerId peer, const Waiting& input);
    void step(PeerId peer, const protocol::Input& input, base::Bytes sealed);
    base::Instant charge(Host& host, base::Bytes sealed);
    void perform_effects(PeerId peer, base::Instant done);
    Slot take_flight(PeerId from, protocol::Send& send);
    void arm(PeerId peer);
    void on_wake(PeerId peer, std::uint32_t armed);
    void on_durable(Slot slot);

    // travel.cpp
    void release(Slot first);
    void enter_line(Slot slot);
    bool recode(Flight& flight);
    void on_arrived(Slot slot);
    void on_through(Slot slot);
    void drop(Slot slot, Dropped why);
    void lose_uplink(PeerId peer);

    Host& host_of(PeerId peer) { return hosts_[peer.index]; }

    Setup setup_;
    World world_;
    std::unique_ptr<crypto::MeteredCrypto> crypto_;
    protocol::Outbox out_;
    EventQueue queue_;
    Pool<Flight> flights_;
    Pool<Commit> commits_;
    Pool<Waiting> waiting_;
    Pool<Task> tasks_;
    Pool<Fault> faults_;
    bool task_pending_ = false;  // one of the workload's is in the queue
    bool fault_pending_ = false;
    std::array<std::uint32_t, 3> outside_counts_{};  // workload, faults, samples
    std::uint64_t recode_turn_ = 0;
    base::Instant same_instant_;
    std::uint64_t same_instant_wakes_ = 0;
    const Simulation* face_ = nullptr;
};

}  // namespace coop::sim

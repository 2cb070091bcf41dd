// Engine: the run itself, window by window. Nothing outside this room includes it.
//
//     partition 0 ───► ──────► ─────►│
//          ▲ exchange ▼              │ observer, then what concerns all boards: tasks, faults, samples ──►
//     partition 1 ─────► ───► ──────►│
//
// In a window each partition goes as far as all others have come and a way between two boards takes
// ("lookahead"): nothing can reach it sooner. (Conservative, with a bounded lag: Lubachevsky, "Efficient
// distributed event-driven simulations of multiple-loop networks", Communications of the ACM 32 (1989); who
// says how far it has come sends what Chandy and Misra call null messages.)
//
// Law: the same in any number of threads, because a partition does in one order what happens to its boards.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/sim/commons.hpp"
#include "engine/sim/crew.hpp"
#include "engine/sim/partition.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/sim/streams.hpp"
#include "engine/sim/witness.hpp"

namespace coop::sim {

class Simulation::Engine {
  public:
    Engine(const Setup& setup, const World& world);

    Stop run_until(base::Instant end, const Watch& watch);
    void add(const Task& task);
    void add(const Fault& fault);
    void observe_with(const Simulation& face) { commons_.face = &face; }

    std::uint32_t count() const { return static_cast<std::uint32_t>(commons_.hosts.size()); }
    Host& host(PeerId peer) { return commons_.host_of(peer); }
    base::Instant now() const { return now_; }
    Progress progress() const;
    Counters counters(PeerId peer) const;
    KindCounters kinds() const;
    Fingerprint fingerprint() const;
    std::uint64_t violations() const;
    std::uint32_t threads() const { return commons_.division.partitions(); }
    OneThread one_thread() const { return one_thread_; }

  private:
    Partition& partition_of(PeerId peer) { return *partitions_[commons_.division(peer)]; }
    base::Instant next_at();
    std::uint64_t events() const;
    void open_window(base::Instant from, base::Instant end);
    void run_window();
    bool run_alone(std::uint64_t few);
    void run_hand(std::uint32_t number);
    void bring_streams_to(base::Instant horizon);
    void happen(const Event& event);
    void schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot);
    void pull_task();
    void pull_fault();
    void on_task(Slot slot);
    void on_fault(Slot slot);
    void befall(const Fault& fault);
    void on_sample();

    OneThread one_thread_;
    const int looks_;
    Commons commons_;
    std::vector<std::unique_ptr<Partition>> partitions_;
    Streams streams_;
    std::vector<Witness> witnesses_;  // of the partitions, when there are several
    std::unique_ptr<Crew> crew_;      // their threads, during a call of run_until
    base::Instant now_ = base::Instant::zero();
    std::uint64_t serial_events_ = 0;
    std::uint64_t window_events_ = 0;  // of the last window
    Pool<Task> tasks_;
    Pool<Fault> faults_;
    bool task_pending_ = false;  // one of the workload's is in the queue
    bool fault_pending_ = false;
    std::array<std::uint32_t, 3> serial_counts_{};  // workload, faults, samples
};

}  // namespace coop::sim

// Simulation: many nodes on simulated boards, each the very object file that runs on a real one.
//
//     input ─► waits for a core ─► node.step ─► CPU cost ─► disk (one commit a step) ─► uplink ─► propagation
//                                     ▲                          │                                    │
//                                     │                          └► Persisted                         ▼
//                                     └────────────── Received ◄── awake and powered? ◄── downlink ◄──┘
//
// Law: no Send of a step leaves before every Persist of that step is durable; messages between two boards
// never overtake each other; a generation that ended in a power cut gets nothing that was under way in it.
// Same ports, same seed: the same fingerprint, on any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/protocol/node.hpp"
#include "engine/sim/counters.hpp"
#include "engine/sim/encoding.hpp"
#include "engine/sim/fingerprint.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

struct World {
    const Boards& boards;
    const People& people;
    const Network& network;
    Workload& workload;
    Faults& faults;
    Observer& observer;
};

/// Who computes signatures and hashes. The board's time is charged either way, and the fingerprint is the
/// same.
enum class Cryptography : std::uint8_t {
    priced,  ///< nobody: a tag fails when anything was changed
    real,    ///< libsodium, for every signature and every byte
};

struct Setup {
    std::uint64_t seed = 1;
    protocol::Policies policies{};
    base::Duration sample_every{};  ///< zero: no samples
    bool keep_records = true;       ///< off for large runs without restarts: disks then know sizes alone
    bool count_kinds = true;        ///< per node and message kind; totals are always counted
    bool check_quota = true;
    Recoder* recoder = nullptr;  ///< not null with `encode`
    Encode encode = Encode::never;
    Cryptography crypto = Cryptography::priced;
    std::uint32_t threads = 1;  ///< at most; see Simulation::one_thread
    /// One thread does alone what happens until there was so much of it for each. Guess. Study:
    /// scenarios/scale/million.toml
    std::uint32_t worth_a_thread = 32;
};

/// Why a run has one thread only.
enum class OneThread : std::uint8_t {
    no,              ///< it has as many as were asked for
    asked_for,       ///< no more were
    no_lookahead,    ///< a message may arrive at once, so that nobody can go ahead of the others
    encodes,         ///< the recoder is one for all
    steps_followed,  ///< the observer wants each step told when it is taken
};

struct Progress {
    base::Instant now{};
    std::uint64_t events = 0;  ///< of the kernel, so far
    std::uint64_t steps = 0;   ///< of nodes, so far
};
enum class Stop : std::uint8_t { reached, interrupted };

/// Asked every few thousand events, for a progress line or an interruption; true stops the run.
using Watch = std::function<bool(const Progress&)>;

class Simulation {
  public:
    Simulation(const Setup& setup, const World& world);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Everything up to and including `end`. May be called again with a later end, also after an
    /// interruption.
    Stop run_until(base::Instant end, const Watch& watch = {});

    /// Beyond what the ports say: for stories and tests, between two calls of run_until. Not before `now`.
    void add(const Task& task);
    void add(const Fault& fault);

    base::Instant now() const;
    Progress progress() const;
    Fingerprint fingerprint() const;
    std::uint64_t violations() const;
    std::uint32_t threads() const;
    OneThread one_thread() const;

    std::uint32_t count() const;
    /// Null while the board has no power or boots.
    const protocol::Node* node(PeerId peer) const;
    bool powered(PeerId peer) const;
    /// Power, started, and inside its owner's hours.
    bool reachable(PeerId peer) const;
    const Board& board(PeerId peer) const;
    /// Up to now.
    Counters counters(PeerId peer) const;
    /// Null unless kinds are counted per node.
    const KindCounters* kinds(PeerId peer) const;
    KindCounters kinds_of_all() const;
    /// How much of this object lies on the board's disk, also while the board is off.
    base::Bytes on_disk(PeerId peer, const base::Digest& object) const;
    /// The disk loses it without a word, as no disk should; for tests of who would notice.
    void lose(PeerId peer, const base::Digest& object);
    /// What a restart would find; for crash tests.
    std::vector<protocol::Record> disk_records(PeerId peer) const;

  private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace coop::sim

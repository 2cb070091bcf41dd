// Ports: what the simulation asks of the world. models/ and the application implement them.
//
//     Boards  People  Network  Workload  Faults ──► Simulation ──► Observer
//
// Law: an answer depends on the question alone (and on the model's own seed), never on when or how often it
// is asked; so runs repeat. Workload and Faults are read once, front to back, in order of time.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/effect.hpp"
#include "engine/protocol/input.hpp"

namespace coop::sim {

using protocol::PeerId;

class Simulation;

/// A line that takes no time at all, for tests and for laws stated in rounds.
inline constexpr base::ByteRate instant_rate{std::numeric_limits<std::int64_t>::max()};

// --- the board ---------------------------------------------------------------------------------

/// What work costs on one kind of board. Durations are of one core, or of the disk alone.
struct Board {
    std::uint32_t cores = 1;
    base::Duration step{};              ///< fixed cost of one Node::step
    base::Duration per_hashed_mib{};    ///< BLAKE2b-256
    base::Duration per_sealed_mib{};    ///< ChaCha20-Poly1305, for every byte on the line
    base::Duration per_signature{};     ///< Ed25519
    base::Duration per_verification{};  ///< Ed25519
    base::Duration per_sync{};          ///< one durable commit
    base::ByteRate disk_write = instant_rate;
    base::ByteRate disk_read = instant_rate;
    base::ByteRate nic = instant_rate;
    std::int64_t idle_mw = 0;
    std::int64_t busy_mw = 0;  ///< all cores busy
    base::Duration boot{};     ///< from power to the first step
};

class Boards {
  public:
    virtual ~Boards() = default;
    /// Shared by all nodes of one kind; outlives the simulation.
    virtual const Board& board(PeerId node) const = 0;
};

// --- the owner ---------------------------------------------------------------------------------

class People {
  public:
    virtual ~People() = default;
    virtual std::uint32_t count() const = 0;
    /// Both outlive the simulation.
    virtual const protocol::Tuning& tuning(PeerId node) const = 0;
    /// Hours and share are the node's own to keep; the host only checks.
    virtual const protocol::Own& own(PeerId node) const = 0;
    /// When the board first gets power.
    virtual base::Instant joins_at(PeerId node) const = 0;
};

// --- the lines ---------------------------------------------------------------------------------

struct LineRates {
    base::ByteRate up = instant_rate;
    base::ByteRate down = instant_rate;
};
struct Path {
    base::Duration delay{};       ///< one way
    base::Duration jitter_max{};  ///< extra, uniform in [0, jitter_max]
    std::int64_t loss_ppm = 0;    ///< of segments; TCP sends them again, so that loss costs time
    std::int64_t vanish_ppm = 0;  ///< of whole messages, never sent again: what a datagram would meet
    bool open = true;             ///< false: a cut; the link just goes silent
};

class Network {
  public:
    virtual ~Network() = default;
    virtual LineRates rates(PeerId node) const = 0;
    /// Asked by several threads at once.
    virtual Path path(PeerId from, PeerId to, base::Instant now) const = 0;
    /// No path's delay is ever shorter: so far threads may run ahead of each other. Zero: not at all.
    virtual base::Duration lookahead() const = 0;
};

// --- what is asked of the nodes, and what befalls them -----------------------------------------

struct Task {
    base::Instant at{};
    PeerId node{};
    protocol::Command command{};
};
class Workload {
  public:
    virtual ~Workload() = default;
    /// The next one, not earlier than the one before; nothing when there are no more.
    virtual std::optional<Task> next() = 0;
};

enum class FaultKind : std::uint8_t {
    power_off = 1,  ///< at once: what is not durable is lost
    power_on,       ///< boots, then starts from what the disk kept
    kill,           ///< the process alone dies; power stays on
    leave,          ///< the owner says farewell for good, and switches the board off once it has departed
    disk_full,      ///< nothing more can be written; a commit that only frees room still works
    disk_failing,   ///< nothing can be written
    disk_well,      ///< as new, with what it held
    restart,        ///< the process begins again from what the disk kept
};
/// The last words of a board that has left for good still pass its line before its owner, who has read that
/// it may be switched off, does so. Guess. Study: scenarios/studies/couriers.toml
inline constexpr base::Duration last_words = base::minutes(1);

struct Fault {
    base::Instant at{};
    PeerId node{};
    FaultKind kind = FaultKind::power_off;
};
class Faults {
  public:
    virtual ~Faults() = default;
    /// The next one, not earlier than the one before; nothing when there are no more.
    virtual std::optional<Fault> next() = 0;
};

// --- who looks on ------------------------------------------------------------------------------

/// A message enters its sender's line.
struct Sent {
    base::Instant at{};       ///< it is handed to the line, where it may wait for its turn
    base::Instant decided{};  ///< the node let go of it; CPU and disk lie between
    PeerId from{};
    PeerId to{};
    base::Bytes line{};  ///< with frame, tag and headers
    const protocol::Message* message = nullptr;
};
enum class Dropped : std::uint8_t {
    receiver_off = 1,  ///< no power, or not started yet
    receiver_asleep,   ///< outside its owner's hours
    cut,               ///< no way between the two
    sender_off,        ///< power went while it was still queued at the sender
    disk_failed,       ///< its step could not be made durable
    undecodable,       ///< the codec refused it (encoding runs only)
    vanished,          ///< by the path's own chance
};
struct Drop {
    base::Instant at{};
    PeerId from{};
    PeerId to{};
    Dropped why = Dropped::receiver_off;
    const protocol::Message* message = nullptr;
};
enum class Broken : std::uint8_t { quota_up = 1, quota_down, outside_hours, over_disk };
struct Violation {
    base::Instant at{};
    PeerId node{};
    Broken law = Broken::quota_up;
    base::Bytes actual{};   ///< bytes above the law
    base::Bytes allowed{};  ///< the law's own figure: the bucket's depth, or the disk
};

/// Everything is told in the order in which it happens, by one thread. Do not keep pointers.
class Observer {
  public:
    virtual ~Observer() = default;
    /// Steps are told to those only who ask for them, and keep the run to one thread: what a step was given
    /// and wants is gone when the next one begins.
    virtual bool follows_steps() const { return false; }
    virtual void on_step(base::Instant, PeerId, const protocol::Input&, const protocol::Outbox&) {}
    virtual void on_report(base::Instant, PeerId, const protocol::Report&) {}
    /// Whether each message is told of. Who wants sums reads the simulation's counters, which cost nothing.
    virtual bool follows_messages() const { return true; }
    virtual void on_send(const Sent&) {}
    virtual void on_drop(const Drop&) {}
    virtual void on_fault(const Fault&) {}
    virtual void on_violation(const Violation&) {}
    /// A board begins again with what its disk kept; its node has not acted yet.
    virtual void on_restart(base::Instant, PeerId, const Simulation&) {}
    /// A command whose node had no power.
    virtual void on_task_lost(const Task&) {}
    /// At fixed intervals, for snapshots.
    virtual void on_sample(base::Instant, const Simulation&) {}
};

const char* to_text(FaultKind kind) noexcept;
const char* to_text(Dropped why) noexcept;
const char* to_text(Broken law) noexcept;

}  // namespace coop::sim

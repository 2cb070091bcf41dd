// How a node gets a core, acts, and what its act costs before anything leaves the board.
#include <utility>

#include "engine/protocol/message_size.hpp"
#include "engine/sim/partition.hpp"

namespace coop::sim {
namespace {

base::Duration cost_of(base::Duration per_mib, base::Bytes size) {
    return base::Duration::of_ns(
        static_cast<std::int64_t>(base::Wide{per_mib.ns()} * size.count / base::mib(1).count));
}

/// A chunk that the host reads from disk when it sends it.
base::Bytes read_for(const protocol::Message& message) {
    const auto* const reply = std::get_if<protocol::ChunkReply>(&message);
    return reply != nullptr && !reply->chunk.bytes ? reply->chunk.size : base::Bytes{0};
}

}  // namespace

// --- a core ------------------------------------------------------------------------------------

void Partition::offer(PeerId peer, Waiting input) {
    const Host& host = host_of(peer);
    if (host.waiting_first == no_slot && host.cores.first_free() <= now_) return perform(peer, input);
    wait(peer, std::move(input));
}

void Partition::wait(PeerId peer, Waiting input) {
    Host& host = host_of(peer);
    const Slot slot = waiting_.take();
    waiting_[slot] = std::move(input);
    waiting_[slot].next = no_slot;
    (host.waiting_first == no_slot ? host.waiting_first : waiting_[host.waiting_last].next) = slot;
    host.waiting_last = slot;
    host.counters.waiting_max = std::max(host.counters.waiting_max, ++host.waiting);
    if (host.core_event) return;
    host.core_event = true;
    schedule(std::max(now_, host.cores.first_free()), peer.index, Happens::core_free, host.generation);
}

void Partition::on_core_free(PeerId peer) {
    Host& host = host_of(peer);
    host.core_event = false;
    while (host.waiting_first != no_slot && host.cores.first_free() <= now_) {
        const Slot slot = host.waiting_first;
        const Waiting input = std::move(waiting_[slot]);
        waiting_[slot].command = {};
        host.waiting_first = input.next;
        if (host.waiting_first == no_slot) host.waiting_last = no_slot;
        --host.waiting;
        waiting_.give_back(slot);
        perform(peer, input);
    }
    if (host.waiting_first == no_slot || host.core_event) return;
    host.core_event = true;
    schedule(host.cores.first_free(), peer.index, Happens::core_free, host.generation);
}

// --- a step ------------------------------------------------------------------------------------

void Partition::perform(PeerId peer, const Waiting& input) {
    Host& host = host_of(peer);
    switch (input.what) {
        case Waiting::What::started: {
            const std::vector<protocol::Record> kept = host.disk.records();
            return step(peer, protocol::Started{kept}, {});
        }
        case Waiting::What::woken:
            host.wake_waits = false;
            if (host.node->deadline() > now_) return arm(peer);  // another input was quicker
            return step(peer, protocol::Woken{}, {});
        case Waiting::What::received: {
            Flight& flight = flights_[input.flight];
            step(peer, protocol::Received{flight.from, &flight.message}, flight.line);
            return forget(input.flight);
        }
        case Waiting::What::persisted:
            return step(peer, protocol::Persisted{input.ticket, input.durable}, {});
        case Waiting::What::requested: return step(peer, protocol::Requested{input.command}, {});
    }
}

void Partition::step(PeerId peer, const protocol::Input& input, base::Bytes sealed) {
    Host& host = host_of(peer);
    host.fingerprint.add(now_, kind_of(input));
    ++host.counters.steps;
    ++steps_;
    out_.clear();
    protocol::Env env{now_, host.rng, out_, *crypto_};
    host.node->step(input, env);
    if (follows_steps_) observer_->on_step(now_, peer, input, out_);
    perform_effects(peer, charge(host, sealed));
    arm(peer);
}

/// Puts the step's work on a core; returns when its effects may leave. They leave in the order of the steps,
/// also when a later step on another core is shorter.
base::Instant Partition::charge(Host& host, base::Bytes sealed) {
    for (const protocol::Effect& effect : out_.effects())
        if (const auto* const send = std::get_if<protocol::Send>(&effect)) sealed += line_size(send->message);
    const crypto::Work work = crypto_->take_work();
    const Board& board = *host.board;
    const base::Duration cost = board.step + cost_of(board.per_sealed_mib, sealed) +
                                cost_of(board.per_hashed_mib, work.hashed) +
                                board.per_signature * static_cast<std::int64_t>(work.signatures) +
                                board.per_verification * static_cast<std::int64_t>(work.verifications);
    host.counters.core_time += cost;
    host.released_at = std::max(host.released_at, host.cores.work(now_, cost));
    return host.released_at;
}

void Partition::perform_effects(PeerId peer, base::Instant done) {
    Host& host = host_of(peer);
    Slot commit = no_slot;
    Slot first = no_slot;
    Slot last = no_slot;
    base::Bytes written{};
    base::Bytes read{};
    for (protocol::Effect& effect : out_.effects()) {
        if (auto* const send = std::get_if<protocol::Send>(&effect)) {
            read += read_for(send->message);
            const Slot slot = take_flight(peer, *send);
            (first == no_slot ? first : flights_[last].next) = slot;
            last = slot;
        } else if (auto* const persist = std::get_if<protocol::Persist>(&effect)) {
            if (commit == no_slot) commit = commits_.take();
            written += disk_size(persist->record);
            commits_[commit].records.push_back(std::move(*persist));
        } else {
            const auto& report = std::get<protocol::Report>(effect);
            observer_->on_report(now_, peer, report);
            if (report.what == protocol::What::departed) on_departed(peer);
        }
    }
    base::Instant at = done;
    if (read.count > 0) {
        host.counters.read += read;
        at = host.disk_turn.pass(done, time_on_line(read, host.board->disk_read));
    }
    if (commit != no_slot) {
        const base::Duration time = host.board->per_sync + time_on_line(written, host.board->disk_write);
        ++host.counters.syncs;
        host.counters.written += written;
        Commit& group = commits_[commit];
        group.node = peer;
        group.generation = host.generation;
        group.sends = first;
        schedule(host.disk_turn.pass(done, time), peer.index, Happens::durable, commit);
    } else if (first != no_slot) {
        if (at <= now_) return release(first);
        schedule(at, peer.index, Happens::released, first);
    }
}

Slot Partition::take_flight(PeerId from, protocol::Send& send) {
    COOP_ASSERT(send.to != from && send.to.index < commons_.hosts.size());
    const Slot slot = own_flights_.take();
    Flight& flight = flights_[slot];
    flight.message = std::move(send.message);
    flight.from = from;
    flight.to = send.to;
    flight.generation = host_of(from).generation;
    flight.next = no_slot;
    flight.decided = now_;
    flight.line = line_size(flight.message);
    flight.lost = Lost::no;
    if (commons_.checker) tell(commons_.checker->on_send(now_, from, flight.message, flight.line));
    return slot;
}

void Partition::tell(const Violations& violations) {
    violations_ += violations.size();
    for (const Violation& each : violations) observer_->on_violation(each);
}

// --- the deadline ------------------------------------------------------------------------------

// At most one valid wake-up a node. An earlier one that is already armed stays: it will look at the deadline
// again.
void Partition::arm(PeerId peer) {
    Host& host = host_of(peer);
    const protocol::Deadline deadline = host.node->deadline();
    if (host.wake_waits || deadline.is_never()) return;
    const base::Instant at = std::max(deadline, now_);
    if (host.armed_at <= at) return;
    host.armed_at = at;
    schedule(at, peer.index, Happens::wake, ++host.armed);
}

void Partition::on_wake(PeerId peer, std::uint32_t armed) {
    constexpr std::uint64_t wakes_max =
        1'000'000;  // at one instant, of all nodes: no clock would ever move again
    Host& host = host_of(peer);
    if (armed != host.armed || !host.node) return;
    host.armed_at = base::Instant::never();
    if (host.node->deadline() > now_) return arm(peer);
    same_instant_wakes_ = same_instant_ == now_ ? same_instant_wakes_ + 1 : 0;
    same_instant_ = now_;
    COOP_ASSERT(same_instant_wakes_ < wakes_max + commons_.hosts.size());
    host.wake_waits = true;
    offer(peer, {.what = Waiting::What::woken, .ticket = {}, .command = {}});
}

// --- the disk ----------------------------------------------------------------------------------

void Partition::on_durable(Slot slot) {
    Commit& commit = commits_[slot];
    const PeerId peer = commit.node;
    Host& host = host_of(peer);
    const bool alive = commit.generation == host.generation;
    bool written = host.health == DiskHealth::well;
    if (host.health == DiskHealth::full)
        written = std::all_of(commit.records.begin(), commit.records.end(),
                              [](const protocol::Persist& persist) { return frees(persist.record); });
    if (alive && written) {
        for (const protocol::Persist& persist : commit.records) host.disk.apply(persist.record);
        if (commons_.checker) tell(commons_.checker->on_disk(now_, peer, host.disk.used()));
    } else if (alive) {
        ++host.counters.refused_writes;
    }
    for (Slot flight = alive && written ? no_slot : commit.sends; flight != no_slot;) {
        const Slot next = flights_[flight].next;
        drop(flight, alive ? Dropped::disk_failed : Dropped::sender_off);
        flight = next;
    }
    if (alive && written) release(commit.sends);
    for (std::size_t i = 0; alive && i < commit.records.size(); ++i) {
        Waiting input;
        input.what = Waiting::What::persisted;
        input.ticket = commit.records[i].ticket;
        input.durable = written;
        offer(peer, std::move(input));
    }
    commit.records.clear();
    commit.sends = no_slot;
    commits_.give_back(slot);
}

}  // namespace coop::sim

// Boards get power, boot, run, leave, and lose their power.
#include <utility>

#include "engine/sim/partition.hpp"

namespace coop::sim {

void Partition::join(PeerId peer) {
    host_of(peer).joined = true;
    power_on(peer);
}

// Nobody's power comes back who never had any.
void Partition::power_on(PeerId peer) {
    Host& host = host_of(peer);
    if (!host.joined || host.powered || host.departed) return;
    host.powered = true;
    host.powered_since = now_;
    boot(peer);
}

// The observer may look at every board when one starts again: that happens between two windows.
void Partition::boot(PeerId peer) {
    Host& host = host_of(peer);
    const base::Instant at = now_ + host.board->boot;
    if (host.counters.starts == 0) return schedule(at, peer.index, Happens::booted, host.generation);
    commons_.serial.push(
        {at, peer.index, host.count++, host.generation, static_cast<std::uint32_t>(Happens::booted)});
}

void Partition::start(PeerId peer) {
    Host& host = host_of(peer);
    if (host.node) return;
    host.node.emplace(peer, world_.people.tuning(peer), *host.own, commons_.setup.policies);
    if (++host.counters.starts > 1) {
        host.pairs = {};  // its connections are new
        world_.observer.on_restart(now_, peer, *commons_.face);
    }
    offer(peer, {.what = Waiting::What::started, .ticket = {}, .command = {}});
    if (host.leaves) ask_to_leave(peer);
}

void Partition::ask_to_leave(PeerId peer) { request(peer, protocol::Leave{}); }

void Partition::request(PeerId peer, const protocol::Command& command) {
    offer(peer, {.what = Waiting::What::requested, .ticket = {}, .command = command});
}

void Partition::on_departed(PeerId peer) {
    Host& host = host_of(peer);
    if (host.departed) return;
    host.departed = true;
    schedule(now_ + last_words, peer.index, Happens::switched_off, 0);
}

void Partition::on_switched_off(PeerId peer) {
    observer_->on_fault({now_, peer, FaultKind::power_off});
    power_off(peer);
}

void Partition::power_off(PeerId peer) {
    Host& host = host_of(peer);
    if (!host.powered) return;
    account_power(host, now_);
    host.powered = false;
    end_generation(peer);
}

void Partition::end_generation(PeerId peer) {
    Host& host = host_of(peer);
    lose_uplink(peer);
    ++host.generation;
    ++host.armed;
    host.armed_at = base::Instant::never();
    host.node.reset();
    host.cores.reset();
    host.released_at = now_;
    host.up.reset(now_);
    host.down.reset(now_);
    host.disk_turn.reset(now_);
    host.wake_waits = host.core_event = false;
    while (host.waiting_first != no_slot) {
        const Slot slot = host.waiting_first;
        host.waiting_first = waiting_[slot].next;
        if (waiting_[slot].flight != no_slot) drop(waiting_[slot].flight, Dropped::receiver_off);
        waiting_[slot].command = {};
        waiting_.give_back(slot);
    }
    host.waiting_last = no_slot;
    host.waiting = 0;
}

}  // namespace coop::sim

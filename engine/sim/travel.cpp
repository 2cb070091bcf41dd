// How a message gets from one board to another: uplink, the way between, downlink, and an open door at the
// end.
#include <utility>

#include "engine/sim/partition.hpp"

namespace coop::sim {

void Partition::release(Slot first) {
    for (Slot slot = first; slot != no_slot;) {
        const Slot next = flights_[slot].next;
        enter_line(slot);
        slot = next;
    }
}

void Partition::enter_line(Slot slot) {
    Flight& flight = flights_[slot];
    Host& sender = host_of(flight.from);
    if (flight.generation != sender.generation) return drop(slot, Dropped::sender_off);
    observer_->on_send({now_, flight.decided, flight.from, flight.to, flight.line, &flight.message});
    sender.counters.up.add(flight.line);
    const std::size_t kind = flight.message.index();
    kinds_.up[kind].add(flight.line);
    if (sender.kinds) sender.kinds->up[kind].add(flight.line);

    const Path path = world_.network.path(flight.from, flight.to, now_);
    const base::Duration delay = path.delay;
    const Resending again = resending(sender.network_rng, flight.line, path.loss_ppm, delay * 2);
    sender.counters.resent += again.bytes;
    const base::Instant left = sender.up.pass(now_, time_on_line(flight.line + again.bytes, sender.rates.up));
    if (!path.open || left.is_never()) return drop(slot, Dropped::cut);
    if (path.vanish_ppm > 0 && sender.network_rng.chance_ppm(path.vanish_ppm))
        return drop(slot, Dropped::vanished);
    if (!recode(flight)) return drop(slot, Dropped::undecodable);
    while (!sender.in_uplink.empty() && sender.in_uplink.front().leaves <= now_) sender.in_uplink.pop_front();
    if (left > now_) sender.in_uplink.push_back({slot, left});

    base::Duration extra = again.delay;
    if (path.jitter_max > base::Duration::zero())
        extra += sender.network_rng.between(base::Duration::zero(), path.jitter_max);
    const base::Instant arrives = sender.pairs.not_before(flight.to, left + delay + extra, now_);
    set_off(flight, slot, arrives);
}

void Partition::set_off(const Flight& flight, Slot slot, base::Instant arrives) {
    if (arrives.is_never()) return;
    const std::uint32_t to = commons_.division(flight.to);
    const Event event{arrives, flight.from.index, host_of(flight.from).count++, slot,
                      static_cast<std::uint32_t>(Happens::arrived)};
    if (to == number_) return queue_.push(event);
    commons_.exchange.post(number_, to, event);
}

bool Partition::recode(Flight& flight) {
    const Setup& setup = commons_.setup;
    if (setup.encode == Encode::never) return true;
    if (setup.encode == Encode::sampled && ++recode_turn_ % 64 != 0) return true;
    return setup.recoder->pass(flight.from, flight.to, flight.message);
}

/// What still waited for its turn on the uplink goes with the power; what is on its way arrives.
void Partition::lose_uplink(PeerId peer) {
    Host& host = host_of(peer);
    while (!host.in_uplink.empty()) {
        const InUplink waiting = host.in_uplink.front();
        host.in_uplink.pop_front();
        if (waiting.leaves > now_) flights_[waiting.flight].lost = true;
    }
}

void Partition::on_arrived(Slot slot) {
    Flight& flight = flights_[slot];
    if (flight.lost) return drop(slot, Dropped::sender_off);
    Host& receiver = host_of(flight.to);
    if (!receiver.node) return drop(slot, Dropped::receiver_off);
    flight.generation = receiver.generation;
    const base::Instant through = receiver.down.pass(now_, time_on_line(flight.line, receiver.rates.down));
    if (through.is_never()) return drop(slot, Dropped::cut);
    if (through <= now_) return on_through(slot);
    schedule(through, flight.to.index, Happens::through, slot);
}

void Partition::on_through(Slot slot) {
    const Flight& flight = flights_[slot];
    Host& receiver = host_of(flight.to);
    if (!receiver.node || flight.generation != receiver.generation) return drop(slot, Dropped::receiver_off);
    if (!receiver.node->awake()) return drop(slot, Dropped::receiver_asleep);
    receiver.counters.down.add(flight.line);
    kinds_.down[flight.message.index()].add(flight.line);
    if (receiver.kinds) receiver.kinds->down[flight.message.index()].add(flight.line);
    Waiting input;
    input.what = Waiting::What::received;
    input.flight = slot;
    offer(flight.to, std::move(input));
}

void Partition::drop(Slot slot, Dropped why) {
    Flight& flight = flights_[slot];
    observer_->on_drop({now_, flight.from, flight.to, why, &flight.message});
    if (why == Dropped::receiver_off || why == Dropped::receiver_asleep)
        ++host_of(flight.to).counters.dropped_here;
    dropped_.push_back(slot);
}

void Partition::clear_up() {
    for (const Slot slot : dropped_) give_back(slot);
    dropped_.clear();
}

void Partition::give_back(Slot slot) {
    flights_[slot].message = protocol::Prune{};  // lets go of what was shared
    own_flights_.give_back(slot);
}

}  // namespace coop::sim

// How a message gets from one board to another: uplink, the way between, downlink, and an open door at the
// end. Small ones take turns on the lines; large ones share them.
#include <utility>

#include "engine/sim/partition.hpp"
#include "engine/sim/streams.hpp"

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
    if (follows_messages_)
        observer_->on_send({now_, flight.decided, flight.from, flight.to, flight.line, &flight.message});
    sender.counters.up.add(flight.line);
    const std::size_t kind = flight.message.index();
    kinds_.up[kind].add(flight.line);
    if (sender.kinds) sender.kinds->up[kind].add(flight.line);

    const Path path = world_.network.path(flight.from, flight.to, now_);
    COOP_ASSERT(path.delay >= commons_.lookahead);
    const Resending again = resending(sender.network_rng, flight.line, path.loss_ppm, path.delay * 2);
    sender.counters.resent += again.bytes;
    flight.resent = again.bytes;
    flight.bulk = is_bulk(flight);
    const base::Duration time = time_on_line(flight.line + again.bytes, sender.rates.up);
    flight.leaves = flight.bulk ? now_ : sender.up.pass(now_, time);
    if (!path.open || flight.leaves.is_never() || (flight.bulk && !can_flow(flight)))
        return drop(slot, Dropped::cut);
    if (path.vanish_ppm > 0 && sender.network_rng.chance_ppm(path.vanish_ppm))
        return drop(slot, Dropped::vanished);
    if (!recode(flight)) return drop(slot, Dropped::undecodable);
    flight.on_way = path.delay + again.delay;
    if (path.jitter_max > base::Duration::zero())
        flight.on_way += sender.network_rng.between(base::Duration::zero(), path.jitter_max);
    flight.count = sender.count++;
    if (flight.leaves > now_) wait_for_turn(sender, slot);
    Stream* stream = sender.find_stream(flight.to);
    if (stream == nullptr && flight.bulk) stream = &sender.streams.emplace_back(Stream{.to = flight.to});
    if (stream != nullptr) return join_stream(*stream, slot);
    set_off(sender, slot);
}

/// Whether it shares its lines with others. On lines that take no time there is nothing to share.
bool Partition::is_bulk(const Flight& flight) {
    if (flight.line < bulk_from) return false;
    return host_of(flight.from).rates.up != instant_rate || host_of(flight.to).rates.down != instant_rate;
}

bool Partition::can_flow(const Flight& flight) {
    const base::ByteRate slowest = narrower(host_of(flight.from).rates.up, host_of(flight.to).rates.down);
    return time_on_line(flight.line, slowest) != base::Duration::max();
}

/// Until it leaves it can be lost with the power.
void Partition::wait_for_turn(Host& sender, Slot slot) {
    while (!sender.in_uplink.empty() && sender.in_uplink.front().leaves <= now_) sender.in_uplink.pop_front();
    sender.in_uplink.push_back({slot, flights_[slot].leaves});
}

void Partition::set_off(Host& sender, Slot slot) {
    const Flight& flight = flights_[slot];
    const base::Instant arrives = sender.pairs.not_before(flight.to, flight.leaves + flight.on_way, now_);
    const Event event{arrives, flight.from.index, flight.count, slot,
                      static_cast<std::uint32_t>(Happens::arrived)};
    const std::uint32_t to = commons_.division(flight.to);
    if (to == number_) return queue_.push(event);
    commons_.exchange.post(number_, to, event);
}

void Partition::join_stream(Stream& stream, Slot slot) {
    const Flight& flight = flights_[slot];
    ++stream.handed_over;
    order({now_, flight.from.index, flight.count, slot, static_cast<std::uint32_t>(Happens::joins_stream)});
}

/// For the streams. They send nothing on sooner than a way takes from now; then they must have been asked.
void Partition::order(const Event& event) {
    for_streams_.push_back(event);
    const Event answer{event.at + commons_.way()};
    commons_.window.shut_at(answer.at);
    if (answer.before(bound_)) bound_ = answer;
}

void Partition::hand_over_to(Streams& streams) {
    streams.take(for_streams_);
    for_streams_.clear();
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
        if (waiting.leaves > now_) flights_[waiting.flight].lost = Lost::with_sender;
    }
    order({now_, peer.index, host.count++, 0, static_cast<std::uint32_t>(Happens::cut_streams)});
}

void Partition::on_arrived(Slot slot) {
    Flight& flight = flights_[slot];
    if (flight.lost == Lost::with_sender) return drop(slot, Dropped::sender_off);
    if (flight.lost == Lost::with_receiver) return drop(slot, Dropped::receiver_off);
    Host& receiver = host_of(flight.to);
    if (!receiver.node) return drop(slot, Dropped::receiver_off);
    flight.generation = receiver.generation;
    // Of what is large all but the last segment has passed already, at its share of the line.
    const base::Bytes rest = flight.bulk ? last_segment : flight.line;
    const base::Instant through = receiver.down.pass(now_, time_on_line(rest, receiver.rates.down));
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
    if (follows_messages_) observer_->on_drop({now_, flight.from, flight.to, why, &flight.message});
    if (why == Dropped::receiver_off || why == Dropped::receiver_asleep)
        ++host_of(flight.to).counters.dropped_here;
    forget(slot);
}

/// What the observer is still to be told of stays until it has been.
void Partition::forget(Slot slot) { follows_messages_ ? forgotten_.push_back(slot) : give_back(slot); }

void Partition::clear_up() {
    for (const Slot slot : forgotten_) give_back(slot);
    forgotten_.clear();
}

void Partition::give_back(Slot slot) {
    flights_[slot].message = protocol::Prune{};  // lets go of what was shared
    own_flights_.give_back(slot);
}

}  // namespace coop::sim

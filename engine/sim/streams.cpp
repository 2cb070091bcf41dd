#include "engine/sim/streams.hpp"

#include <algorithm>
#include <utility>

namespace coop::sim {

void Streams::take(std::span<const Event> orders) {
    for (const Event& order : orders) orders_.push(order);
}

base::Instant Streams::next_at() {
    return std::min(orders_.empty() ? base::Instant::never() : orders_.next_at(), flows_.next_at());
}

// What begins at a moment shares the line with what ends at it.
void Streams::run_until(base::Instant horizon) {
    for (base::Instant at = next_at(); at < horizon; at = next_at()) {
        now_ = at;
        while (!orders_.empty() && orders_.next_at() == now_) obey(orders_.pop());
        flows_.finish(now_, [this](std::uint32_t flow) { on_flow_ended(flow); });
    }
    forget_idle();
}

void Streams::obey(const Event& order) {
    if (static_cast<Happens>(order.kind) == Happens::cut_streams) return cut(PeerId{order.origin});
    COOP_ASSERT(static_cast<Happens>(order.kind) == Happens::joins_stream);
    join(order.slot);
}

void Streams::join(Slot slot) {
    Flight& flight = commons_.flights[slot];
    Stream& stream = commons_.host_of(flight.from).stream_to(flight.to);
    --stream.handed_over;
    flight.next = no_slot;
    const bool alone = stream.first == no_slot;
    (alone ? stream.first : commons_.flights[stream.last].next) = slot;
    stream.last = slot;
    if (alone) advance(flight.from, stream);
}

/// What is small goes at once, until something large is first.
void Streams::advance(PeerId from, Stream& stream) {
    while (stream.first != no_slot) {
        const Slot slot = stream.first;
        const Flight& flight = commons_.flights[slot];
        if (flight.bulk) return start_flow(from, stream);
        stream.first = flight.next;
        arrive(slot, std::max(now_, flight.leaves));
    }
    idle_.push_back({from, stream.to});
}

void Streams::start_flow(PeerId from, Stream& stream) {
    const Flight& flight = commons_.flights[stream.first];
    Host& sender = commons_.host_of(from);
    Host& receiver = commons_.host_of(stream.to);
    if (sender.uplink.is_none()) sender.uplink = flows_.add_link(sender.rates.up);
    if (receiver.downlink.is_none()) receiver.downlink = flows_.add_link(receiver.rates.down);
    receiver.flows_from.push_back(from);
    stream.flow = ends_.take();
    ends_[stream.flow] = {from, stream.to};
    flows_.start(now_, {.id = stream.flow,
                        .order = std::uint64_t{from.index} << 32 | flight.count,
                        .size = flight.line + flight.resent,
                        .links = {sender.uplink, receiver.downlink}});
}

void Streams::on_flow_ended(std::uint32_t flow) {
    const Ends ends = ends_[flow];
    Stream& stream = commons_.host_of(ends.from).stream_to(ends.to);
    end_flow(ends.from, stream);
    const Slot slot = stream.first;
    stream.first = commons_.flights[slot].next;
    arrive(slot, now_);
    advance(ends.from, stream);
}

void Streams::end_flow(PeerId from, Stream& stream) {
    erase(commons_.host_of(stream.to).flows_from, from);
    ends_.give_back(stream.flow);
    stream.flow = no_slot;
}

// What had not left is gone with the power of either end: the connection ends.
void Streams::cut(PeerId board) {
    Host& host = commons_.host_of(board);
    for (Stream& stream : host.streams) cut(board, stream, Lost::with_sender);
    for (const PeerId from : std::exchange(host.flows_from, {}))
        cut(from, commons_.host_of(from).stream_to(board), Lost::with_receiver);
}

void Streams::cut(PeerId from, Stream& stream, Lost how) {
    if (stream.flow != no_slot) {
        flows_.cancel(now_, stream.flow);
        end_flow(from, stream);
    }
    while (stream.first != no_slot) {
        const Slot slot = stream.first;
        Flight& flight = commons_.flights[slot];
        stream.first = flight.next;
        flight.lost = how;
        send_on(flight, slot, std::max(now_, flight.leaves) + flight.on_way);
    }
    idle_.push_back({from, stream.to});
}

void Streams::arrive(Slot slot, base::Instant left) {
    const Flight& flight = commons_.flights[slot];
    PairOrder& pairs = commons_.host_of(flight.from).pairs;
    send_on(flight, slot, pairs.not_before(flight.to, left + flight.on_way, now_));
}

void Streams::send_on(const Flight& flight, Slot slot, base::Instant arrives) {
    send_on_({arrives, flight.from.index, flight.count, slot, static_cast<std::uint32_t>(Happens::arrived)},
             flight);
}

void Streams::forget_idle() {
    for (const Ends& ends : idle_) {
        erase_if(commons_.host_of(ends.from).streams, [&](const Stream& stream) {
            return stream.to == ends.to && stream.first == no_slot && stream.handed_over == 0;
        });
    }
    idle_.clear();
}

}  // namespace coop::sim

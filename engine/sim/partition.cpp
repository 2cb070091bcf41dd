#include "engine/sim/partition.hpp"

#include <utility>

#include "engine/base/fetch.hpp"

namespace coop::sim {
namespace {

// So many events take longer than fetching does. Measured: bench/README.md
constexpr std::size_t fetch_lead = 4;
// After so many events the others hear how far it has come. Guess. Study: scenarios/scale/million.toml
constexpr std::uint64_t say_every = 8;

/// A message that has come to a board.
bool carries(const Event& event) {
    const auto what = static_cast<Happens>(event.kind);
    return what == Happens::arrived || what == Happens::through;
}

}  // namespace

Partition::Partition(Commons& commons, std::uint32_t number, std::unique_ptr<crypto::MeteredCrypto> crypto)
    : commons_(commons),
      world_(commons.world),
      number_(number),
      observer_(&commons.world.observer),
      follows_steps_(commons.world.observer.follows_steps()),
      follows_messages_(commons.world.observer.follows_messages()),
      crypto_(std::move(crypto)),
      flights_(commons.flights),
      own_flights_(commons.flights) {}

bool Partition::advance() {
    const Event safe{commons_.exchange.safe(number_)};  // before taking, see there
    take();
    const Event end = commons_.window.end();
    bound_ = safe.before(end) ? safe : end;
    for (Event event; queue_.pop_before(bound_, event);) {
        now_ = event.at;
        if (reached_.before(event)) reached_ = event;
        if (++events_ % say_every == 0) commons_.exchange.come_to(number_, now_);
        fetch_ahead();
        happen(event);
    }
    commons_.exchange.come_to(number_, std::min(next_at(), bound_.at));
    return !bound_.before(commons_.window.end());
}

void Partition::take() {
    commons_.exchange.take(number_, taken_);
    // They come soon, so that they may find no place in what fetch_ahead() looks at.
    for (const Event& event : taken_) flights_[event.slot].fetch();
    for (const Event& event : taken_) base::fetch(&host_of(befalls(event)), sizeof(Host));
    queue_.push_all(taken_);
    taken_.clear();
}

// A board's state lies far from the one's before. What comes next is known, so it is asked for in three
// steps, each of which needs what the one before has brought: the message, the board, and the node's lists.
void Partition::fetch_ahead() {
    if (const Event* const event = queue_.ahead(3 * fetch_lead)) {
        if (carries(*event)) flights_[event->slot].fetch();
    }
    if (const Event* const event = queue_.ahead(2 * fetch_lead))
        base::fetch(&host_of(befalls(*event)), sizeof(Host));
    if (const Event* const event = queue_.ahead(fetch_lead)) host_of(befalls(*event)).fetch();
}

PeerId Partition::befalls(const Event& event) {
    return carries(event) ? flights_[event.slot].to : PeerId{event.origin};
}

void Partition::come_to(base::Instant now) {
    now_ = now;
    observer_ = &world_.observer;
}

void Partition::schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot) {
    if (at.is_never()) return;
    queue_.push({at, origin, commons_.hosts[origin].count++, slot, static_cast<std::uint32_t>(what)});
}

void Partition::happen(const Event& event) {
    const PeerId origin{event.origin};
    switch (static_cast<Happens>(event.kind)) {
        case Happens::joined: return join(origin);
        case Happens::booted:
            if (host_of(origin).generation == event.slot) start(origin);
            return;
        case Happens::switched_off: return on_switched_off(origin);
        case Happens::wake: return on_wake(origin, event.slot);
        case Happens::core_free:
            if (host_of(origin).generation == event.slot) on_core_free(origin);
            return;
        case Happens::released: return release(event.slot);
        case Happens::durable: return on_durable(event.slot);
        case Happens::arrived: return on_arrived(event.slot);
        case Happens::through: return on_through(event.slot);
        case Happens::task:
        case Happens::fault:
        case Happens::sample:
        case Happens::joins_stream:
        case Happens::cut_streams: break;
    }
    COOP_ASSERT(false);  // these are not of one partition
}

}  // namespace coop::sim

// Partition: some of the boards, with everything that one thread needs to simulate them for a while.
//
//     advance(): the events of its boards, one after the other, as far as the other partitions have come
//
// Three files: power.cpp is boards coming and going, step.cpp lets nodes act, and travel.cpp carries
// messages. Nothing outside this room includes it.
//
// Law: what happens to a board depends on the order of its own events alone; those that other partitions
// cause come through the exchange, before it goes as far as they are due.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/crypto/metered.hpp"
#include "engine/sim/commons.hpp"

namespace coop::sim {

class Streams;

class Partition {
  public:
    Partition(Commons& commons, std::uint32_t number, std::unique_ptr<crypto::MeteredCrypto> crypto);

    /// In a window: what happens is told to `observer`.
    void enter(Observer& observer) { observer_ = &observer; }
    /// Everything that no other partition can touch any more; whether that was the whole window.
    bool advance();
    /// Between two windows: what others have posted since it advanced.
    void take();
    /// Between two windows: what happens now happens to one of its boards. Told to the run's observer.
    void come_to(base::Instant now);
    /// Between two windows, when the observer has been told of messages that are forgotten.
    void clear_up();
    /// Between two windows: from the streams.
    void receive(const Event& event) { queue_.push(event); }
    /// Between two windows: what the streams should know since then.
    void hand_over_to(Streams& streams);

    // power.cpp: what may befall a board
    void schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot);
    void join(PeerId peer);
    void power_on(PeerId peer);
    void power_off(PeerId peer);
    void end_generation(PeerId peer);
    void start(PeerId peer);
    void ask_to_leave(PeerId peer);
    void request(PeerId peer, const protocol::Command& command);

    base::Instant now() const { return now_; }
    /// When the next of its events is due that it knows of; never without one.
    base::Instant next_at() { return queue_.empty() ? base::Instant::never() : queue_.next_at(); }
    /// The furthest event so far, in the order of all.
    const Event& reached() const { return reached_; }
    std::uint64_t events() const { return events_; }
    std::uint64_t steps() const { return steps_; }
    std::uint64_t violations() const { return violations_; }
    const KindCounters& kinds() const { return kinds_; }
    crypto::MeteredCrypto& crypto() { return *crypto_; }

  private:
    void happen(const Event& event);
    void fetch_ahead();
    void order(const Event& event);
    PeerId befalls(const Event& event);

    // power.cpp
    void boot(PeerId peer);
    void on_departed(PeerId peer);
    void on_switched_off(PeerId peer);

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
    void tell(const Violations& violations);

    // travel.cpp
    void release(Slot first);
    void enter_line(Slot slot);
    bool is_bulk(const Flight& flight);
    bool can_flow(const Flight& flight);
    void wait_for_turn(Host& sender, Slot slot);
    void set_off(Host& sender, Slot slot);
    void join_stream(Stream& stream, Slot slot);
    bool recode(Flight& flight);
    void on_arrived(Slot slot);
    void on_through(Slot slot);
    void drop(Slot slot, Dropped why);
    void forget(Slot slot);
    void give_back(Slot slot);
    void lose_uplink(PeerId peer);

    Host& host_of(PeerId peer) { return commons_.host_of(peer); }

    Commons& commons_;
    const World& world_;
    std::uint32_t number_;
    Observer* observer_;
    const bool follows_steps_;
    const bool follows_messages_;
    base::Instant now_ = base::Instant::zero();
    Event bound_;  // how far it may go now
    EventQueue queue_;
    std::vector<Event> taken_;  // from the exchange
    Event reached_{base::Instant::zero()};
    std::unique_ptr<crypto::MeteredCrypto> crypto_;
    protocol::Outbox out_;
    SharedPool<Flight>& flights_;
    SharedPool<Flight>::Share own_flights_;
    std::vector<Event> for_streams_;
    std::vector<Slot> forgotten_;  // since the last clearing up
    Pool<Commit> commits_;
    Pool<Waiting> waiting_;
    KindCounters kinds_;
    std::uint64_t events_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t violations_ = 0;
    std::uint64_t recode_turn_ = 0;
    base::Instant same_instant_;
    std::uint64_t same_instant_wakes_ = 0;
};

}  // namespace coop::sim

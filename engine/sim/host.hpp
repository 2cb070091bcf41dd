// Host: one simulated board with its node, and what is under way on it.
//
//     Flight     a message, from the step that said it to the step that hears it
//     Commit     one step's records
//     Waiting    an input that waits for a core
//     Stream     what one board sends to another while there is bulk among it; see streams.hpp
//
// Law: a generation begins with power and ends with it; what carries an older generation is void.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/fetch.hpp"
#include "engine/base/fifo.hpp"
#include "engine/base/rng.hpp"
#include "engine/protocol/node.hpp"
#include "engine/sim/counters.hpp"
#include "engine/sim/disk.hpp"
#include "engine/sim/fingerprint.hpp"
#include "engine/sim/flows.hpp"
#include "engine/sim/line.hpp"
#include "engine/sim/pool.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

/// Whether the power of an end was gone before it had left its sender's line.
enum class Lost : std::uint8_t { no, with_sender, with_receiver };

/// A message under way. What the receiver's side needs comes first: it may be another core's.
struct alignas(64) Flight {
    protocol::Message message;
    PeerId from;
    PeerId to;
    std::uint32_t generation = 0;  ///< the sender's until it is on the line, then the receiver's
    bool bulk = false;             ///< shares the lines instead of taking turns
    Lost lost = Lost::no;
    base::Bytes line;

    Slot next = no_slot;      ///< of the same step
    std::uint32_t count = 0;  ///< of its arrival's key
    base::Instant decided;
    base::Bytes resent;     ///< lost segments, sent again
    base::Instant leaves;   ///< the uplink, where it takes its turn
    base::Duration on_way;  ///< from there to the receiver's line

    /// As far as the receiver's side needs it.
    void fetch() const { base::fetch(this, 2 * 64); }
};
static_assert(sizeof(Flight) == 3 * 64);

struct Stream {
    PeerId to;
    Slot first = no_slot;  ///< flight; if it is bulk it is under way
    Slot last = no_slot;
    std::uint32_t flow = no_slot;
    std::uint32_t handed_over = 0;  ///< messages that the streams have not seen yet
};

struct Commit {
    PeerId node;
    std::uint32_t generation = 0;
    Slot sends = no_slot;
    base::SlimVector<protocol::Persist> records;
};

struct Waiting {
    enum class What : std::uint8_t { started, woken, received, persisted, requested };
    What what = What::woken;
    bool durable = true;
    Slot flight = no_slot;
    Slot next = no_slot;
    protocol::Ticket ticket;
    protocol::Command command;
};

/// The cores of one board: each input takes the one that is free first.
class Cores {
  public:
    explicit Cores(std::uint32_t count) {
        others_.reserve(std::max<std::uint32_t>(1, count) - 1);
        for (std::uint32_t i = 1; i < count; ++i) others_.push_back(first_);
    }
    base::Instant first_free() const {
        return others_.empty() ? first_ : std::min(first_, *std::min_element(others_.begin(), others_.end()));
    }
    /// When the work is done that starts now; a core must be free.
    base::Instant work(base::Instant now, base::Duration time) {
        base::Instant* free = &first_;
        for (base::Instant& other : others_) free = other < *free ? &other : free;
        return *free = now + time;
    }
    void reset() {
        first_ = base::Instant::zero();
        std::fill(others_.begin(), others_.end(), first_);
    }

  private:
    base::Instant first_ = base::Instant::zero();  // the first core is free
    base::SlimVector<base::Instant> others_;       // many boards have but one
};

struct InUplink {
    Slot flight = no_slot;
    base::Instant leaves;
};

struct Host {
    Host(std::uint64_t seed, PeerId self, const Board& board_, const protocol::Own& own_, bool keeps_records)
        : rng(seed, base::Purpose::node, self.index),
          network_rng(seed, base::Purpose::network, self.index),
          board(&board_),
          own(&own_),
          disk(self, keeps_records),
          cores(board_.cores) {}

    std::optional<protocol::Node> node;  // only while it runs
    base::Rng rng;
    base::Rng network_rng;
    const Board* board;
    const protocol::Own* own;
    Disk disk;
    Cores cores;
    LineRates rates;
    Turnstile up;
    Turnstile down;
    Turnstile disk_turn;
    PairOrder pairs;
    base::Fifo<InUplink> in_uplink;
    base::SlimVector<Stream> streams;
    base::SlimVector<PeerId> flows_from;  ///< whose streams are flowing to this board
    LinkId uplink;                        // as flows know it; none before the first
    LinkId downlink;

    /// Asks for what nearly every event here touches, once this host itself is in the cache.
    void fetch() const {
        pairs.fetch();
        if (node) node->fetch();
    }
    /// Null without one.
    Stream* find_stream(PeerId to) {
        Stream* const found =
            std::find_if(streams.begin(), streams.end(), [to](const Stream& each) { return each.to == to; });
        return found == streams.end() ? nullptr : found;
    }
    Stream& stream_to(PeerId to) {
        Stream* const found = find_stream(to);
        COOP_ASSERT(found != nullptr);
        return *found;
    }

    std::uint32_t generation = 0;
    std::uint32_t count = 0;  ///< events caused: with the node's number the key of each
    std::uint32_t armed = 0;  ///< the wake-up that is valid
    std::uint32_t waiting = 0;
    base::Instant armed_at = base::Instant::never();
    base::Instant released_at = base::Instant::zero();  ///< effects of later steps leave no earlier
    base::Instant powered_since;
    bool joined = false;  ///< it had power for the first time
    bool powered = false;
    bool leaves = false;    ///< its owner has said so, or will when it runs again
    bool departed = false;  ///< for good: its power never comes back
    bool wake_waits = false;
    bool core_event = false;
    DiskHealth health = DiskHealth::well;
    Slot waiting_first = no_slot;
    Slot waiting_last = no_slot;

    Fingerprint fingerprint;
    Counters counters;
    std::unique_ptr<KindCounters> kinds;
};

/// A million of them lie in one memory, so what seldom matters lies elsewhere. Measured: bench/README.md
static_assert(sizeof(void*) != 8 || sizeof(Host) <= sizeof(protocol::Node) + 360);

/// Time inside the hours between two moments.
constexpr base::Duration awake_between(policy::DailyHours hours, base::Instant from, base::Instant to) {
    if (hours.always()) return to - from;
    const auto until = [&](base::Instant moment) {
        const base::Duration since = base::Duration::of_ns(moment.ns()) - hours.start + base::days(1);
        const base::Duration rest = since % base::days(1);
        return hours.length * (since / base::days(1)) + (rest < hours.length ? rest : hours.length);
    };
    return until(to) - until(from);
}
static_assert(awake_between({base::hours(22), base::hours(4)}, base::Instant::zero(),
                            base::Instant::zero() + base::days(2)) == base::hours(8));
static_assert(awake_between({base::hours(22), base::hours(4)}, base::Instant::zero() + base::hours(1),
                            base::Instant::zero() + base::hours(23)) == base::hours(2));

/// Into its counters, up to now.
inline void account_power(Host& host, base::Instant now) {
    if (!host.powered) return;
    host.counters.powered += now - host.powered_since;
    host.counters.awake += awake_between(host.own->owner.hours, host.powered_since, now);
    host.powered_since = now;
}

}  // namespace coop::sim

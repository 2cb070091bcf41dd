// Flows: bulk transfers that share the lines of both ends fairly, and when each of them ends.
//
//     sender ──[uplink]──[share]──  …  ──[share]──[downlink]── receiver     a flow crosses 1 to 4 links
//
// Sharing is max-min fair: every flow has a link that is full and on which nobody goes faster (its
// bottleneck). Each link has a level, the rate of those that it holds back: how far water rises in it when
// every flow is a vessel as high as its other links allow.
//
//     level    ┊   ┊▓▓▓▓▓▓▓▓       a flow's rate is the lowest level on its way;
//       ───────┊───┊▓▓▓▓▓▓▓▓──     a link that holds back nobody has none (`unlimited`)
//          ▓▓▓▓┊▓▓▓┊▓▓▓▓▓▓▓▓
//
// A level depends on lower ones only. So a change is worked off from the lowest level upwards, and travels
// from a link to another only where a level moves that the other one feels. Each link is visited three times
// at most: raised to what it seems, raised out of the way when that was wrong, and lowered to what is true.
//
// Law: the levels follow from links and flows alone, whatever happened before and in whatever order: those
// of one instant are settled together, when somebody asks. Integers throughout; rates are rounded down to
// 1/64 byte a second, so a link with n flows may leave n/64 of a byte a second unused, but it never carries
// more than it can; bytes and time are exact (a product of both never leaves 128 bits). A flow ends in the
// first nanosecond in which its bytes are through. A flow whose rate stays is not touched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/id.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/sim/indexed_heap.hpp"

namespace coop::sim {

using LinkId = base::Id<struct FlowLinkTag>;

/// What is asked for. Links are distinct, at least one; those behind the last are none.
struct Flow {
    std::uint32_t id = 0;  ///< the caller's slot: dense, free again when the flow has ended
    std::uint64_t order =
        0;  ///< who comes first among those that end at the same instant; unique among flows
    base::Bytes size{};
    std::array<LinkId, 4> links{};
};

class Flows {
  public:
    /// Rates and levels count in units of 1/64 byte a second. Measured: bench/peers/README.md
    static constexpr std::uint64_t units_per_byte = 64;
    /// Faster than every rate; lines of 2^36 bytes a second (550 Gbit/s) and more are no limit at all.
    static constexpr std::uint64_t unlimited = (std::uint64_t{1} << 36) * units_per_byte;

    LinkId add_link(base::ByteRate capacity);
    void set_capacity(base::Instant now, LinkId link, base::ByteRate capacity);

    // Time never goes back, and never passes the end of a flow: `finish` comes first.
    void start(base::Instant now, const Flow& flow);
    /// What has not arrived yet, rounded up to whole bytes.
    base::Bytes cancel(base::Instant now, std::uint32_t id);

    /// When the next flow ends; never, when none does.
    base::Instant next_at();
    /// Calls visit(id) for every flow that ends now, in their order. Each is gone when it is visited, and the
    /// visitor may start and cancel others.
    template <class Visit>
    void finish(base::Instant now, Visit visit) {
        advance(now);
        settle();
        while (!ends_.empty() && ends_.first().at == now) {
            const std::uint32_t id = ends_.first().item;
            drop(id);
            visit(id);
        }
    }

    /// Flows under way.
    std::size_t size() const { return under_way_; }
    bool is_under_way(std::uint32_t id) const { return id < flows_.size() && flows_[id].hops != 0; }
    /// In units; `unlimited` when no link limits it.
    std::uint64_t rate(std::uint32_t id);
    /// What `link` grants those that it holds back, in units; `unlimited` when it holds back nobody.
    std::uint64_t level(LinkId link);
    /// Flows whose rate was changed, and links whose level was, since the beginning: for measurements.
    struct Work {
        std::uint64_t rates = 0;
        std::uint64_t levels = 0;
    };
    const Work& work() const { return work_; }

  private:
    static constexpr std::size_t hops_max = 4;
    static constexpr std::size_t flows_per_link_max = std::size_t{1} << 20;  // sums stay within 64 bits

    /// A flow at a link, which finds all that it needs for its level in a row.
    struct Crossing {
        std::uint64_t bound = 0;  // the lowest level of the flow's other links
        std::uint32_t flow = 0;
        std::uint32_t hop = 0;  // which of its links this is
    };
    struct Link {
        std::uint64_t capacity = unlimited;  // in units
        std::uint64_t level = unlimited;     // what the flows go by
        std::uint64_t wanted = unlimited;    // what follows from the bounds; settled when it is the level
        std::uint64_t queued = unlimited;    // as what it waits in unsettled_; unlimited: it does not
        std::uint64_t bounds = 0;            // their sum
        std::uint32_t raised_in = 0;         // the last round in which it was raised
        bool is_stale = false;  // bounds have changed that matter, so `wanted` must be found again
        std::vector<Crossing> crossings;
    };
    struct Hop {
        std::uint32_t link = 0;
        std::uint32_t place = 0;  // among the link's crossings
    };
    struct State {
        std::array<Hop, hops_max> way{};
        std::uint32_t hops = 0;  // 0: not under way
        bool is_touched = false;
        std::uint64_t rate = 0;
        base::Wide left = 0;  // in units times nanoseconds, as of `since`
        base::Instant since;
        std::uint64_t order = 0;
    };
    struct Unsettled {
        std::uint64_t level = 0;  // the lower of what is and what is wanted: below it all is settled
        std::uint32_t link = 0;
    };

    void advance(base::Instant now);
    void drop(std::uint32_t id);
    void touch(std::uint32_t id);
    void mark_stale(std::uint32_t link);
    base::Wide through(const State& flow) const;
    std::uint64_t bound(const State& flow, std::uint32_t hop) const;

    void settle();
    void refresh_stale();
    void refresh(std::uint32_t number);
    static std::uint64_t water_level(const Link& link);
    void move_level(std::uint32_t number, std::uint64_t level);
    void rebound(const State& flow, std::uint32_t hop);
    void change_rate(std::uint32_t id);

    base::Instant now_ = base::Instant::of_ns(std::numeric_limits<std::int64_t>::min());
    std::vector<Link> links_;
    std::vector<State> flows_;  // by id
    IndexedHeap ends_;
    std::size_t under_way_ = 0;

    std::vector<std::uint32_t> stale_;    // links
    std::vector<std::uint32_t> touched_;  // flows whose rate may be another one
    std::vector<Unsettled> unsettled_;    // a heap, the lowest first
    std::uint32_t round_ = 0;             // of settling
    Work work_;
};

}  // namespace coop::sim

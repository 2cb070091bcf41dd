#include "engine/sim/flows.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {
namespace {

constexpr std::uint64_t unit = Flows::units_per_byte;

base::Instant moment(base::Duration since_start) { return base::Instant::zero() + since_start; }
base::ByteRate bytes_a_second(std::int64_t n) { return {n}; }

/// Links of these rates, numbered from 0, and flows whose order is their number.
struct Lines {
    explicit Lines(std::vector<std::int64_t> rates) {
        for (const std::int64_t rate : rates) flows.add_link(bytes_a_second(rate));
    }
    void start(base::Duration when, std::uint32_t id, std::int64_t size, std::vector<std::uint32_t> way) {
        Flow flow{.id = id, .order = id, .size = {size}};
        for (std::size_t i = 0; i < way.size(); ++i) flow.links[i] = {way[i]};
        flows.start(moment(when), flow);
    }
    /// The next that end, and when.
    std::pair<base::Duration, std::vector<std::uint32_t>> end() {
        const base::Instant now = flows.next_at();
        std::vector<std::uint32_t> ended;
        flows.finish(now, [&](std::uint32_t id) { ended.push_back(id); });
        return {now - base::Instant::zero(), ended};
    }
    Flows flows;
};
using Ended = std::pair<base::Duration, std::vector<std::uint32_t>>;

TEST(Flows, ShareOneLinkInEqualParts) {
    Lines lines({1'000});
    for (std::uint32_t id = 0; id < 4; ++id) lines.start(base::Duration::zero(), id, 1'000, {0});
    for (std::uint32_t id = 0; id < 4; ++id) EXPECT_EQ(lines.flows.rate(id), 250 * unit);
    EXPECT_EQ(lines.end(), Ended(base::seconds(4), {0, 1, 2, 3}));
    EXPECT_EQ(lines.flows.size(), 0u);
    EXPECT_TRUE(lines.flows.next_at().is_never());
}

TEST(Flows, LeaveToOthersWhatTheyCannotUse) {
    // The long flow shares link 0 with two and gets a third; link 1 gives the rest to its neighbour.
    Lines lines({900, 1'000});
    lines.start(base::Duration::zero(), 0, 1'000, {0, 1});
    lines.start(base::Duration::zero(), 1, 1'000, {0});
    lines.start(base::Duration::zero(), 2, 1'000, {0});
    lines.start(base::Duration::zero(), 3, 1'000, {1});
    EXPECT_EQ(lines.flows.rate(0), 300 * unit);
    EXPECT_EQ(lines.flows.rate(1), 300 * unit);
    EXPECT_EQ(lines.flows.rate(2), 300 * unit);
    EXPECT_EQ(lines.flows.rate(3), 700 * unit);
    EXPECT_EQ(lines.flows.level({0}), 300 * unit);
    EXPECT_EQ(lines.flows.level({1}), 700 * unit);
}

TEST(Flows, ThatCrossThreeLinksShareEachWithOneLocalFlow) {
    // The parking lot: 0 crosses all; the narrowest link decides, and the others give away what is left.
    Lines lines({1'000, 600, 800, 5'000});
    lines.start(base::Duration::zero(), 0, 1'000, {0, 1, 2, 3});
    for (std::uint32_t id = 1; id <= 3; ++id) lines.start(base::Duration::zero(), id, 1'000, {id - 1});
    EXPECT_EQ(lines.flows.rate(0), 300 * unit);
    EXPECT_EQ(lines.flows.rate(1), 700 * unit);
    EXPECT_EQ(lines.flows.rate(2), 300 * unit);
    EXPECT_EQ(lines.flows.rate(3), 500 * unit);
    EXPECT_EQ(lines.flows.level({3}), Flows::unlimited);
}

TEST(Flows, EndWhenTheirSharesAddUpToTheirSize) {
    // 1 000 B/s. Alone for a second, 1 000 through; two until 0 has its last 2 000, each at 500: 4 s more;
    // then 1 has 1 000 left of 3 000, alone: 1 s.
    Lines lines({1'000});
    lines.start(base::Duration::zero(), 0, 3'000, {0});
    lines.start(base::seconds(1), 1, 3'000, {0});
    EXPECT_EQ(lines.end(), Ended(base::seconds(5), {0}));
    EXPECT_EQ(lines.flows.rate(1), 1'000 * unit);
    EXPECT_EQ(lines.end(), Ended(base::seconds(6), {1}));
}

TEST(Flows, EndInTheFirstNanosecondInWhichTheirBytesAreThrough) {
    Lines lines({3});
    lines.start(base::Duration::zero(), 0, 1, {0});
    EXPECT_EQ(lines.end(), Ended(base::nanoseconds(333'333'334), {0}));
}

TEST(Flows, ThatEndTogetherAreVisitedInTheirOrderNotThatOfTheirSlots) {
    Flows flows;
    flows.add_link(bytes_a_second(1'000));
    const std::uint64_t orders[] = {7, 3, 9, 1};
    for (std::uint32_t id = 0; id < 4; ++id) {
        flows.start(base::Instant::zero(),
                    {.id = id, .order = orders[id], .size = {10}, .links = {LinkId{0}}});
    }
    std::vector<std::uint32_t> ended;
    flows.finish(flows.next_at(), [&](std::uint32_t id) { ended.push_back(id); });
    EXPECT_EQ(ended, (std::vector<std::uint32_t>{3, 1, 0, 2}));
}

TEST(Flows, MayStartAndCancelOthersWhenTheyEnd) {
    Lines lines({900});
    for (std::uint32_t id = 0; id < 3; ++id) lines.start(base::Duration::zero(), id, 300, {0});
    std::vector<std::uint32_t> ended;
    const base::Instant now = lines.flows.next_at();
    lines.flows.finish(now, [&](std::uint32_t id) {
        ended.push_back(id);
        if (id != 0) return;
        EXPECT_EQ(lines.flows.cancel(now, 1).count, 0);  // it is through
        lines.start(now - base::Instant::zero(), 0, 450, {0});
    });
    EXPECT_EQ(ended, (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(lines.end(), Ended(base::milliseconds(1'500), {0}));
}

TEST(Flows, SayWhatIsLeftWhenTheyAreCancelled) {
    Lines lines({1'000});
    lines.start(base::Duration::zero(), 0, 3'000, {0});
    lines.start(base::Duration::zero(), 1, 3'000, {0});
    EXPECT_EQ(lines.flows.cancel(moment(base::nanoseconds(2'000'000'001)), 0).count,
              2'000);  // 500.5 ns a byte
    EXPECT_EQ(lines.flows.cancel(moment(base::milliseconds(2'500)), 1).count, 1'501);
    EXPECT_TRUE(lines.flows.next_at().is_never());
}

TEST(Flows, FollowTheCapacityOfTheirLink) {
    Lines lines({1'000});
    lines.start(base::Duration::zero(), 0, 4'000, {0});
    lines.flows.set_capacity(moment(base::seconds(1)), {0}, bytes_a_second(0));
    EXPECT_TRUE(lines.flows.next_at().is_never());
    lines.flows.set_capacity(moment(base::hours(1)), {0}, bytes_a_second(300));
    EXPECT_EQ(lines.end(), Ended(base::hours(1) + base::seconds(10), {0}));
}

TEST(Flows, OverALinkWithoutCapacityNeverEnd) {
    Lines lines({0, 1'000});
    lines.start(base::Duration::zero(), 0, 1, {0, 1});
    lines.start(base::Duration::zero(), 1, 1'000, {1});
    EXPECT_EQ(lines.end(), Ended(base::seconds(1), {1}));  // the one that stands still takes nothing from it
    EXPECT_TRUE(lines.flows.next_at().is_never());
    EXPECT_EQ(lines.flows.cancel(moment(base::days(10'000)), 0).count, 1);
}

TEST(Flows, OfNoBytesEndAtOnce) {
    Lines lines({0, 1'000});
    lines.start(base::seconds(3), 0, 0, {0});
    lines.start(base::seconds(3), 1, 0, {1});
    EXPECT_EQ(lines.end(), Ended(base::seconds(3), {0, 1}));
}

TEST(Flows, OverInstantLinksEndAtOnceAndOthersTakeTheirTime) {
    Lines lines({instant_rate.per_second, instant_rate.per_second, 10});
    lines.start(base::seconds(1), 0, 1'000'000'000'000, {0, 1});
    lines.start(base::seconds(1), 1, 100, {0, 2});
    EXPECT_EQ(lines.flows.rate(0), Flows::unlimited);
    EXPECT_EQ(lines.end(), Ended(base::seconds(1), {0}));
    EXPECT_EQ(lines.end(), Ended(base::seconds(11), {1}));
}

TEST(Flows, StayExactOverTheLargestSizesAndTheSlowestRates) {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    Lines lines({1, 1'000'000'000});
    lines.start(base::Duration::zero(), 0, most, {0});
    lines.start(base::Duration::zero(), 1, most, {1});
    EXPECT_EQ(lines.flows.next_at(), moment(base::Duration::of_ns(most)));
    EXPECT_EQ(lines.flows.cancel(moment(base::seconds(9)), 0).count, most - 9);
    EXPECT_EQ(lines.flows.cancel(moment(base::seconds(9)), 1).count, most - 9'000'000'000);
}

TEST(Flows, LeaveAUnitUnusedRatherThanAskWhoComesFirst) {
    // Link 0 has 64 units for three: 21 each, and one is left. Elsewhere two of them could have 21 (64 units
    // for three) and one 22 (704 for 32), which adds up to 64; but link 0 stops all three at 21, as do links
    // 1 and 2.
    Lines lines({instant_rate.per_second, 1, 1, 11});
    std::uint32_t id = 0;
    for (std::uint32_t link = 1; link <= 3; ++link) lines.start(base::Duration::zero(), id++, 9, {0, link});
    for (int i = 0; i < 4; ++i) lines.start(base::Duration::zero(), id++, 9, {i < 2 ? 1U : 2U});
    for (int i = 0; i < 31; ++i) lines.start(base::Duration::zero(), id++, 9, {3});
    EXPECT_EQ(lines.flows.rate(2), 22u);
    lines.flows.set_capacity(moment(base::Duration::zero()), {0}, bytes_a_second(1));
    for (std::uint32_t each = 0; each < 3; ++each) EXPECT_EQ(lines.flows.rate(each), 21u);
    EXPECT_EQ(lines.flows.level({0}), 21u);
    EXPECT_EQ(lines.flows.rate(id - 1), 22u);
}

TEST(Flows, LeaveOthersAloneWhoseRateStays) {
    // Two homes: slow up, fast down. What happens at one uplink never reaches the flows of the other.
    Lines lines({1'000, 1'000, 100'000});
    lines.start(base::Duration::zero(), 0, 10'000, {0, 2});
    lines.start(base::Duration::zero(), 1, 10'000, {1, 2});
    lines.flows.next_at();
    const std::uint64_t before = lines.flows.work().rates;
    lines.start(base::seconds(1), 2, 10'000, {1, 2});
    lines.flows.next_at();
    EXPECT_EQ(lines.flows.work().rates, before + 2);
}

// --- random instances ------------------------------------------------------------------------------------

struct Instance {
    std::vector<base::ByteRate> capacities;
    std::map<std::uint32_t, Flow> flows;  // under way, by id
};

bool crosses(const Flow& flow, std::size_t link) {
    return std::any_of(flow.links.begin(), flow.links.end(), [&](LinkId each) { return each.index == link; });
}

std::uint64_t capacity_in_units(base::ByteRate rate) {
    return rate == instant_rate ? Flows::unlimited : static_cast<std::uint64_t>(rate.per_second) * unit;
}

/// Progressive filling, from scratch: all rates rise together by whole units; when a link cannot give one
/// more to all that still rise on it, those stop, and all links that come to that at once stop together.
std::map<std::uint32_t, std::uint64_t> fill(const Instance& instance) {
    std::map<std::uint32_t, std::uint64_t> rates;
    while (rates.size() < instance.flows.size()) {
        std::uint64_t lowest = Flows::unlimited;
        std::vector<std::uint64_t> stops_at(instance.capacities.size(), Flows::unlimited);
        for (std::size_t link = 0; link < stops_at.size(); ++link) {
            std::uint64_t rest = capacity_in_units(instance.capacities[link]);
            std::uint64_t rising = 0;
            if (rest == Flows::unlimited) continue;
            for (const auto& [id, flow] : instance.flows) {
                if (!crosses(flow, link)) continue;
                const auto rate = rates.find(id);
                rising += rate == rates.end();
                rest -= rate == rates.end() ? 0 : rate->second;
            }
            if (rising > 0) stops_at[link] = rest / rising;
            lowest = std::min(lowest, stops_at[link]);
        }
        std::set<std::uint32_t> stopped;
        for (const auto& [id, flow] : instance.flows) {
            for (std::size_t link = 0; link < stops_at.size(); ++link) {
                if (stops_at[link] == lowest && crosses(flow, link)) stopped.insert(id);
            }
        }
        for (const std::uint32_t id : stopped) rates.emplace(id, lowest);
    }
    return rates;
}

void expect_max_min_fair(const Instance& instance, const std::map<std::uint32_t, std::uint64_t>& rates) {
    std::map<std::uint32_t, bool> has_bottleneck;
    for (std::size_t link = 0; link < instance.capacities.size(); ++link) {
        const std::uint64_t capacity = capacity_in_units(instance.capacities[link]);
        std::uint64_t sum = 0;
        std::uint64_t count = 0;
        std::uint64_t largest = 0;
        for (const auto& [id, flow] : instance.flows) {
            if (!crosses(flow, link)) continue;
            sum += rates.at(id);
            largest = std::max(largest, rates.at(id));
            ++count;
        }
        if (capacity == Flows::unlimited) continue;
        ASSERT_LE(sum, capacity) << "link " << link;
        if (capacity - sum >= count) continue;  // not full, even but for the rounding
        for (const auto& [id, flow] : instance.flows) {
            if (crosses(flow, link) && rates.at(id) == largest) has_bottleneck[id] = true;
        }
    }
    for (const auto& [id, rate] : rates) {
        ASSERT_TRUE(has_bottleneck[id] || rate == Flows::unlimited) << "flow " << id;
    }
}

/// A world of links and flows that changes at random; what is drawn does not depend on what is asked.
class Changes {
  public:
    Changes(std::uint64_t seed, std::size_t links, std::uint32_t flows_max)
        : rng_(seed, base::Purpose::test, 0), flows_max_(flows_max), is_even_(seed % 3 == 0) {
        for (std::size_t i = 0; i < links; ++i) instance.capacities.push_back(capacity());
    }
    base::ByteRate capacity() {
        const std::uint64_t kind = rng_.below(20);
        if (kind == 0) return instant_rate;
        if (kind == 1) return {0};
        const std::uint64_t most = is_even_ ? 4 : 1'000'000;  // many ties, or hardly any
        return {static_cast<std::int64_t>(1 + rng_.below(most))};
    }
    Flow flow(std::uint32_t id) {
        Flow flow{.id = id, .order = ++orders_};
        flow.size = {static_cast<std::int64_t>(rng_.below(rng_.below(10) == 0 ? 2 : 3'000'000))};
        const std::uint64_t hops = 1 + rng_.below(std::min<std::size_t>(4, instance.capacities.size()));
        for (std::size_t hop = 0; hop < hops;) {
            const LinkId link{static_cast<std::uint32_t>(rng_.below(instance.capacities.size()))};
            if (!crosses(flow, link.index)) flow.links[hop++] = link;
        }
        return flow;
    }
    struct Change {
        std::optional<Flow> start;
        std::optional<std::uint32_t> cancel;
        std::optional<std::pair<LinkId, base::ByteRate>> capacity;
    };
    /// One change, already made to the instance.
    Change next() {
        Change change;
        const std::uint64_t kind = rng_.below(10);
        const auto id = static_cast<std::uint32_t>(rng_.below(flows_max_));
        if (kind == 0) {
            const auto link = static_cast<std::uint32_t>(rng_.below(instance.capacities.size()));
            change.capacity = {LinkId{link}, capacity()};
            instance.capacities[link] = change.capacity->second;
        } else if (instance.flows.erase(id) > 0) {
            change.cancel = id;
        } else {
            change.start = instance.flows[id] = flow(id);
        }
        return change;
    }
    std::uint64_t below(std::uint64_t bound) { return rng_.below(bound); }

    Instance instance;

  private:
    base::Rng rng_;
    std::uint32_t flows_max_;
    bool is_even_;
    std::uint64_t orders_ = 0;
};

void make(Flows& flows, base::Instant now, const Changes::Change& change) {
    if (change.start) flows.start(now, *change.start);
    if (change.cancel) flows.cancel(now, *change.cancel);
    if (change.capacity) flows.set_capacity(now, change.capacity->first, change.capacity->second);
}

Flows with_links_of(const Instance& instance) {
    Flows flows;
    for (const base::ByteRate capacity : instance.capacities) flows.add_link(capacity);
    return flows;
}

TEST(Flows, AreFilledAsFromScratchAfterEveryChange) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        Changes changes(seed, 1 + seed % 25, 5 + static_cast<std::uint32_t>(seed) % 60);
        Flows flows = with_links_of(changes.instance);
        base::Instant now = base::Instant::zero();
        for (int round = 0; round < 150; ++round) {
            // To the next end or a moment before it, and then a few changes in that instant.
            const base::Instant due = flows.next_at();
            now = due.is_never() || due - now > base::days(1000)
                      ? now + base::seconds(1)
                      : now + (due - now) / static_cast<std::int64_t>(1 + changes.below(2));
            flows.finish(now, [&](std::uint32_t id) { changes.instance.flows.erase(id); });
            for (std::uint64_t i = 1 + changes.below(4); i > 0; --i) make(flows, now, changes.next());
            const std::uint64_t moved = flows.work().levels;
            const auto expected = fill(changes.instance);
            std::map<std::uint32_t, std::uint64_t> rates;
            for (const auto& [id, flow] : changes.instance.flows) rates[id] = flows.rate(id);
            ASSERT_EQ(rates, expected) << "seed " << seed << ", round " << round;
            ASSERT_NO_FATAL_FAILURE(expect_max_min_fair(changes.instance, rates)) << "seed " << seed;
            ASSERT_EQ(flows.size(), expected.size());
            ASSERT_LE(flows.work().levels, moved + 3 * changes.instance.capacities.size());
        }
    }
}

TEST(Flows, GetEveryByteThroughAndNotOneNanosecondLate) {
    Changes changes(7, 12, 40);
    Flows flows = with_links_of(changes.instance);
    std::map<std::uint32_t, base::Wide> through;  // in units times nanoseconds
    base::Instant now = base::Instant::zero();
    int ended = 0;
    while (ended < 2'000) {
        for (std::uint64_t i = 1 + changes.below(3); i > 0; --i) {
            const Changes::Change change = changes.next();
            make(flows, now, change);
            if (change.start) through[change.start->id] = 0;
        }
        const base::Instant due = flows.next_at();
        if (due.is_never() || due - now > base::days(1000)) continue;
        std::map<std::uint32_t, std::uint64_t> rates;
        for (const auto& [id, flow] : changes.instance.flows) {
            rates[id] = flows.rate(id);
            through[id] += base::Wide{rates[id]} * (due - now).ns();
        }
        now = due;
        flows.finish(now, [&](std::uint32_t id) {
            const base::Wide size =
                base::Wide{changes.instance.flows.at(id).size.count} * unit * 1'000'000'000;
            if (rates[id] != Flows::unlimited) {
                ASSERT_GE(through[id], size);
                ASSERT_LT(through[id] - size, std::max<base::Wide>(rates[id], 1));
            }
            changes.instance.flows.erase(id);
            ++ended;
        });
    }
}

/// Who ended when, by order, in a run of random changes that are made in another order and under other
/// slots when `otherwise`, and with questions in between.
std::vector<std::pair<base::Instant, std::uint64_t>> ends_of_a_run(std::uint64_t seed, bool otherwise) {
    constexpr std::uint32_t flows_max = 50;
    Changes changes(seed, 15, flows_max);
    Flows flows = with_links_of(changes.instance);
    const auto slot = [&](std::uint32_t id) { return otherwise ? flows_max - 1 - id : id; };
    std::vector<std::pair<base::Instant, std::uint64_t>> ends;
    base::Instant now = base::Instant::zero();
    for (int round = 0; round < 300; ++round) {
        std::vector<Changes::Change> batch;
        std::set<std::uint32_t>
            touched;  // those that touch each flow and link once mean the same in any order
        bool is_free = true;
        for (std::uint64_t i = changes.below(5); i > 0; --i) {
            Changes::Change change = changes.next();
            const std::uint32_t what = change.start    ? change.start->id
                                       : change.cancel ? *change.cancel
                                                       : 1'000 + change.capacity->first.index;
            is_free &= touched.insert(what).second;
            batch.push_back(std::move(change));
        }
        if (otherwise && is_free) std::reverse(batch.begin(), batch.end());
        for (Changes::Change& change : batch) {
            if (change.start) change.start->id = slot(change.start->id);
            if (change.cancel) change.cancel = slot(*change.cancel);
            make(flows, now, change);
            if (otherwise) flows.next_at();
        }
        const base::Instant due = flows.next_at();
        now = due.is_never() || due - now > base::days(1000) ? now + base::seconds(1) : due;
        flows.finish(now, [&](std::uint32_t ended) {
            const auto flow = changes.instance.flows.find(slot(ended));
            ends.emplace_back(now, flow->second.order);
            changes.instance.flows.erase(flow);
        });
    }
    return ends;
}

TEST(Flows, EndAlikeWhateverTheirSlotsAndTheOrderOfCallsWithinAnInstant) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto ends = ends_of_a_run(seed, false);
        ASSERT_GT(ends.size(), 100u);
        ASSERT_EQ(ends, ends_of_a_run(seed, true)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace coop::sim

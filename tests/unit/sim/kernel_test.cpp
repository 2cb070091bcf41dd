#include "engine/sim/kernel.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop::sim {
namespace {

base::Instant at(std::int64_t ns) { return base::Instant::of_ns(ns); }

bool same(const Event& a, const Event& b) {
    return a.at == b.at && a.origin == b.origin && a.count == b.count && a.slot == b.slot && a.kind == b.kind;
}

struct ComesAfter {
    bool operator()(const Event& a, const Event& b) const { return b.before(a); }
};

/// The obvious queue: keep everything sorted.
struct Obvious {
    std::vector<Event> events;
    void push(const Event& event) {
        events.insert(std::upper_bound(events.begin(), events.end(), event,
                                       [](const Event& a, const Event& b) { return a.before(b); }),
                      event);
    }
    Event pop() {
        const Event first = events.front();
        events.erase(events.begin());
        return first;
    }
};

TEST(EventQueue, IsTheObviousQueueForRandomPushesAndPops) {
    base::Rng rng(1, base::Purpose::test, 0);
    EventQueue queue;
    Obvious obvious;
    std::array<std::uint32_t, 16> counts{};
    for (int round = 0; round < 20'000; ++round) {
        if (obvious.events.empty() || rng.below(5) < 3) {
            const auto origin = static_cast<std::uint32_t>(rng.below(counts.size()));
            const std::int64_t now = std::max<std::int64_t>(queue.now().ns(), 0);
            const auto later = static_cast<std::int64_t>(rng.below(50));  // many at the same instant
            const Event event{at(now + later), origin, counts[origin]++, static_cast<std::uint32_t>(round),
                              0};
            queue.push(event);
            obvious.push(event);
        } else {
            ASSERT_TRUE(same(queue.pop(), obvious.pop()));
        }
        ASSERT_EQ(queue.size(), obvious.events.size());
    }
}

TEST(EventQueue, OrdersBySourceNotByWhoPushedFirst) {
    std::vector<Event> events;
    for (std::uint32_t origin = 0; origin < 6; ++origin)
        for (std::uint32_t count = 0; count < 6; ++count) events.push_back({at(7), origin, count, 0, 0});
    base::Rng rng(2, base::Purpose::test, 0);
    for (int shuffle = 0; shuffle < 50; ++shuffle) {
        for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[rng.below(i)]);
        EventQueue queue;
        for (const Event& event : events) queue.push(event);
        for (std::uint32_t expected = 0; expected < 36; ++expected) {
            const Event event = queue.pop();
            ASSERT_EQ(event.origin * 6 + event.count, expected);
        }
    }
}

TEST(EventQueue, KnowsNoTwoEqualEvents) {
    const Event a{at(1), 2, 3, 4, 5};
    EXPECT_FALSE(a.before(a));
    for (const Event& b : {Event{at(2), 2, 3, 0, 0}, Event{at(1), 3, 0, 0, 0}, Event{at(1), 2, 4, 0, 0}}) {
        EXPECT_TRUE(a.before(b));
        EXPECT_FALSE(b.before(a));
    }
}

TEST(EventQueue, IsTheObviousQueueOverEveryScaleOfTime) {
    constexpr std::array<std::uint64_t, 5> spans{1, 4, 1'000, 1ULL << 30, 1ULL << 50};
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        base::Rng rng(seed, base::Purpose::test, 0);
        EventQueue queue;
        std::priority_queue<Event, std::vector<Event>, ComesAfter> obvious;
        std::uint32_t count = 0;
        for (int round = 0; round < 10'000; ++round) {
            const bool grows = round / 2000 % 2 == 0;  // bursts, and what comes after them
            if (obvious.empty() || rng.below(10) < (grows ? 7U : 3U)) {
                const std::int64_t now = std::max<std::int64_t>(queue.now().ns(), 0);
                const auto later = static_cast<std::int64_t>(rng.below(spans[rng.below(spans.size())]));
                const Event event{at(now + later), static_cast<std::uint32_t>(rng.below(5)), count++, 0, 0};
                queue.push(event);
                obvious.push(event);
            } else if (rng.below(50) == 0) {
                const std::uint64_t span = spans[rng.below(spans.size())];
                std::vector<Event> many(rng.below(60));
                for (Event& each : many) {
                    const std::int64_t now = std::max<std::int64_t>(queue.now().ns(), 0);
                    each = {at(now + static_cast<std::int64_t>(rng.below(span))), 7, count++, 0, 0};
                    obvious.push(each);
                }
                queue.push_all(many);
            } else {
                if (rng.below(4) == 0) {
                    ASSERT_EQ(queue.next_at(), obvious.top().at);
                }
                ASSERT_TRUE(same(queue.pop(), obvious.top())) << "seed " << seed << ", round " << round;
                obvious.pop();
            }
        }
    }
}

TEST(EventQueue, TakesWhatIsDueBeforeWhatItHasLookedAtAlready) {
    EventQueue queue;
    queue.push({at(1'000'000), 1, 0, 0, 0});
    EXPECT_EQ(queue.next_at(), at(1'000'000));
    queue.push({at(5), 2, 0, 0, 0});
    EXPECT_EQ(queue.pop().at, at(5));
    EXPECT_EQ(queue.pop().at, at(1'000'000));
}

TEST(EventQueue, GivesBackWhatABurstNeeded) {
    EventQueue queue;
    const auto hold = [&queue](std::uint32_t pending) {
        base::Rng rng(3, base::Purpose::test, 0);
        std::uint32_t count = 0;
        const std::int64_t now = std::max<std::int64_t>(queue.now().ns(), 0);
        while (queue.size() < pending)
            queue.push({at(now + static_cast<std::int64_t>(rng.below(1 << 30))), 0, count++, 0, 0});
        for (std::uint32_t i = 0; i < 2 * pending; ++i) {
            const Event event = queue.pop();
            queue.push({event.at + base::nanoseconds(static_cast<std::int64_t>(rng.below(1 << 30))), 0,
                        count++, 0, 0});
            if (i % 100 != 0) continue;
            std::vector<Event> soon;  // within what is open: merged
            for (int j = 0; j < 50; ++j) soon.push_back({queue.pop().at, 1, count++, 0, 0});
            for (Event& each : soon) each.at = queue.now();
            queue.push_all(soon);
        }
    };
    hold(1000);
    const std::size_t small = queue.bytes();
    hold(300'000);
    EXPECT_GT(queue.bytes(), 300'000 * sizeof(Event));
    while (queue.size() > 1000) queue.pop();
    for (int again = 0; again < 4; ++again) hold(1000);  // until nothing is left of the burst
    EXPECT_LE(queue.bytes(), 2 * small);
}

TEST(EventQueue, BearsACrowdInWhatLookedEmpty) {
    EventQueue queue;
    std::priority_queue<Event, std::vector<Event>, ComesAfter> obvious;
    std::uint32_t count = 0;
    const auto push = [&](std::int64_t ns) {
        const Event event{at(ns), 0, count++, 0, 0};
        queue.push(event);
        obvious.push(event);
    };
    constexpr std::int64_t hour = 3'600'000'000'000;
    for (std::int64_t i = 0; i < 10; ++i) push(i * hour);
    base::Rng rng(4, base::Purpose::test, 0);
    for (int round = 0; round < 20'000; ++round) {
        ASSERT_TRUE(same(queue.pop(), obvious.top()));
        obvious.pop();
        for (int more = 0; more < (round < 3'000 ? 3 : 1); ++more)
            push(queue.now().ns() + static_cast<std::int64_t>(rng.below(1'000'000'000)));
    }
    while (!obvious.empty()) {
        ASSERT_TRUE(same(queue.pop(), obvious.top()));
        obvious.pop();
    }
}

TEST(EventQueueDeathTest, NeverGoesBackInTime) {
    EventQueue queue;
    queue.push({at(10), 0, 0, 0, 0});
    queue.pop();
    EXPECT_DEATH(queue.push({at(9), 0, 1, 0, 0}), "event.at >= now_");
}

}  // namespace
}  // namespace coop::sim

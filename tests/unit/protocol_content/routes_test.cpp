// Routes against every way there is, tried one by one.
#include <gtest/gtest.h>

#include "tests/unit/protocol_content/pool.hpp"

namespace coop::protocol::test {
namespace {

using base::Duration;
using base::hours;
using base::minutes;

constexpr Duration meeting_min = minutes(10);

/// Counted minute by minute, over one day.
bool meet_by_counting(DailyHours a, DailyHours b) {
    std::int64_t together = 0;
    for (std::int64_t minute = 0; minute < 24 * 60; ++minute) {
        const base::Instant now = base::Instant::zero() + minutes(minute);
        together += a.contains(now) && b.contains(now) ? 1 : 0;
    }
    return minutes(together) >= meeting_min;
}

/// Every way without a circle, by depth first.
class EveryWay {
  public:
    explicit EveryWay(std::vector<DailyHours> boards) : boards_(std::move(boards)) {}

    Duration shortest(std::uint32_t from, std::uint32_t to) {
        best_ = Duration::max();
        passed_.assign(boards_.size(), false);
        walk(from, to, Duration::zero());
        return best_;
    }

  private:
    void walk(std::uint32_t at, std::uint32_t to, Duration so_far) {
        if (at == to) {
            best_ = std::min(best_, so_far);
            return;
        }
        passed_[at] = true;
        for (std::uint32_t next = 0; next < boards_.size(); ++next) {
            if (passed_[next] || !meet_by_counting(boards_[at], boards_[next])) continue;
            Duration wait = boards_[next].start - boards_[at].start;
            if (wait < Duration::zero()) wait += base::days(1);
            walk(next, to, so_far + wait + base::nanoseconds(1));
        }
        passed_[at] = false;
    }

    std::vector<DailyHours> boards_;
    std::vector<bool> passed_;
    Duration best_;
};

TEST(Routes, AreTheShortestOfAllWays) {
    base::Rng rng(5, base::Purpose::test, 0);
    constexpr std::uint32_t boards = 6;
    int ways = 0;
    int dead_ends = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<DailyHours> hours_of;
        std::vector<Announcement> offers;
        for (std::uint32_t i = 0; i < boards; ++i) {
            const Duration start = minutes(static_cast<std::int64_t>(rng.below(24 * 60)));
            const Duration length = minutes(static_cast<std::int64_t>(10 + rng.below(6 * 60)));
            hours_of.push_back({start, length});
            offers.push_back(offer(hours_of.back()));
        }
        const Pool pool(offers);
        const Roster roster = pool.roster();
        content::Routes routes(meeting_min);
        EveryWay every_way(hours_of);
        for (std::uint32_t target = 0; target < boards; ++target) {
            const std::vector<Duration> found = routes.to(roster, target);
            for (std::uint32_t from = 0; from < boards; ++from) {
                const Duration expected = every_way.shortest(from, target);
                EXPECT_EQ(found[from], expected) << "round " << round << ": " << from << " to " << target;
                (expected == Duration::max() ? dead_ends : ways) += 1;
            }
        }
    }
    EXPECT_GT(ways, 500);
    EXPECT_GT(dead_ends, 100);
}

TEST(Routes, GoRoundMidnightThroughBoardsThatBeginLater) {
    // 0 is awake in the evening, 1 over midnight, 2 in the early morning; 0 and 2 never meet.
    const Pool pool(
        {offer({hours(20), hours(3)}), offer({hours(22), hours(5)}), offer({hours(2), hours(3)})});
    const Roster roster = pool.roster();
    content::Routes routes(meeting_min);
    EXPECT_FALSE(routes.meets(roster, 0, 2));
    const Duration step = base::nanoseconds(1);
    EXPECT_EQ(routes.to(roster, 2)[0], hours(2) + step + hours(4) + step);
    EXPECT_EQ(routes.to(roster, 0)[2], hours(20) + step + hours(22) + step);
}

TEST(Routes, AreFoundAnewWhenTheRosterChanges) {
    Pool pool({offer({hours(1), hours(2)}), offer({hours(12), hours(2)})});
    content::Routes routes(meeting_min);
    EXPECT_EQ(routes.to(pool.roster(), 1)[0], Duration::max());
    pool.announce(0, offer({hours(11), hours(2)}));
    routes.forget();
    EXPECT_EQ(routes.to(pool.roster(), 1)[0], hours(1) + base::nanoseconds(1));
}

}  // namespace
}  // namespace coop::protocol::test

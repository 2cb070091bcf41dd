// Stories of a disk that is full for a while: nothing more is promised, and nothing that was promised is
// lost.
#include <gtest/gtest.h>

#include "tests/story/street.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::kib;
using base::minutes;

TEST(DiskStory, AFullBoardPromisesNothingAndLosesNothing) {
    Street story(std::vector<Config>(6, household()), 3);
    story.run_until(hours(1));
    std::vector<base::Digest> early;
    for (std::uint32_t i = 0; i < 12; ++i) early.push_back(story.put(i % 6, kib(100)));
    story.run_until(hours(2));
    const auto held_by = [&](std::uint32_t who) {
        std::vector<base::Digest> held;
        for (const base::Digest& each : early) {
            const auto holders = story.holders(each);
            if (std::count(holders.begin(), holders.end(), who) > 0) held.push_back(each);
        }
        return held;
    };
    const std::vector<base::Digest> before = held_by(3);
    ASSERT_FALSE(before.empty());

    story.befall(3, sim::FaultKind::disk_full);
    story.run_until(hours(2) + minutes(1));
    story.reports.clear();
    const base::Digest own = story.put(3, kib(100));
    std::vector<base::Digest> late;
    for (std::uint32_t i = 0; i < 12; ++i) late.push_back(story.put(i % 3, kib(100)));
    story.run_until(hours(6));
    ASSERT_EQ(story.told(What::put_refused).size(), 1u);
    EXPECT_EQ(story.told(What::put_refused)[0].who, PeerId{3});
    EXPECT_TRUE(story.holders(own).empty());
    EXPECT_FALSE(story.told(What::disk_trouble).empty());
    for (const auto& each : story.told(What::disk_trouble)) EXPECT_EQ(each.who, PeerId{3});
    for (const auto& each : story.told(What::stored)) EXPECT_NE(each.who, PeerId{3});
    EXPECT_EQ(held_by(3), before) << "what it acknowledged is there";

    // Somebody makes room. Within two hours the board, that never sleeps, takes what is its own.
    story.befall(3, sim::FaultKind::disk_well);
    story.run_until(hours(8));
    EXPECT_EQ(held_by(3), before);
    std::size_t taken = 0;
    for (const base::Digest& each : late) {
        const auto chosen = story.best(each, 3);
        const bool its_own = std::count(chosen.begin(), chosen.end(), 3u) > 0;
        const auto holders = story.holders(each);
        taken += its_own && std::count(holders.begin(), holders.end(), 3u) > 0 ? 1 : 0;
        EXPECT_GE(holders.size(), 3u);
    }
    EXPECT_GT(taken, 0u);
    story.befall(3, sim::FaultKind::power_off);
    story.run_until(hours(9));
    story.befall(3, sim::FaultKind::power_on);
    story.run_until(hours(10));
    EXPECT_EQ(held_by(3), before) << "and after a power cut, too";
    EXPECT_EQ(story.violations(), 0u);
}

}  // namespace
}  // namespace coop::protocol::test

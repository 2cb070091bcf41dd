// Stories of news: a third of the street vanishes at once, and everybody awake still hears everything.
#include <set>

#include <gtest/gtest.h>

#include "tests/story/street.hpp"

namespace coop::protocol::test {
namespace {

using base::hours;
using base::minutes;
using base::seconds;

constexpr std::uint32_t members = 30;

/// Who has heard each of an author's notices, in the order in which they were published; the author first.
std::vector<std::set<std::uint32_t>> hearers(const Street& story) {
    std::vector<std::set<std::uint32_t>> heard;
    for (const auto& said : story.told(What::published)) {
        heard.push_back({said.who.index});
        for (const auto& each : story.told(What::delivered)) {
            if (each.what.id == said.what.id) heard.back().insert(each.who.index);
        }
    }
    return heard;
}

class ThirdVanishes : public testing::Test {
  protected:
    /// Every third, but not the first, at one o'clock.
    ThirdVanishes() {
        for (std::uint32_t i = 0; i < members; ++i) (i % 3 == 2 ? gone : there).insert(i);
        story.run_until(hours(1));
        for (const std::uint32_t each : gone) story.befall(each, sim::FaultKind::power_off);
    }
    Street story{std::vector<Config>(members, household()), 3};
    std::set<std::uint32_t> gone;
    std::set<std::uint32_t> there;
};

TEST_F(ThirdVanishes, AndNewsReachesAllWhoAreThereBeforeAnybodyHasNoticed) {
    story.run_until(hours(1) + seconds(1));
    story.publish(0);
    story.run_until(hours(1) + minutes(10));
    EXPECT_EQ(hearers(story), std::vector{there});
    EXPECT_EQ(story.violations(), 0u);
}

TEST_F(ThirdVanishes, AndNewsIsAsFastAsEverOnceTheLinksAreMended) {
    story.run_until(hours(1) + minutes(5));
    story.publish(0);
    story.run_until(hours(1) + minutes(5) + seconds(10));
    EXPECT_EQ(hearers(story), std::vector{there});
    EXPECT_EQ(story.violations(), 0u);
}

TEST_F(ThirdVanishes, AndHearsWhatItMissedWhenItComesBack) {
    for (int i = 0; i < 5; ++i) {
        story.run_until(hours(1) + minutes(10 * (i + 1)));
        story.publish(static_cast<std::uint32_t>(i * 3));
    }
    story.run_until(hours(3));
    EXPECT_EQ(hearers(story), (std::vector{there, there, there, there, there}));
    for (const std::uint32_t each : gone) story.befall(each, sim::FaultKind::power_on);
    story.run_until(hours(3) + minutes(10));
    std::set<std::uint32_t> all = there;
    all.insert(gone.begin(), gone.end());
    EXPECT_EQ(hearers(story), (std::vector{all, all, all, all, all}));
    for (const auto& heard : hearers(story)) EXPECT_EQ(heard.size(), members);
    EXPECT_EQ(story.violations(), 0u);
}

}  // namespace
}  // namespace coop::protocol::test

// Stories of objects: put, copied, read while the author sleeps; a member that fails, and one that comes
// back.
#include <gtest/gtest.h>

#include "tests/story/street.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::kib;
using base::minutes;

TEST(ContentStory, APhotoIsReadElsewhereWhileItsAuthorSleeps) {
    std::vector<Config> street(8, household());
    street[6].owner.hours = {hours(8), hours(4)};
    Street story(street, 3);

    story.run_until(hours(9));
    const base::Digest photo = story.put(6, kib(300));
    story.run_until(hours(9) + base::seconds(1));
    ASSERT_EQ(story.told(What::put_accepted).size(), 1u);
    EXPECT_EQ(story.told(What::object_safe).size(), 0u);

    // The three that everybody would name have fetched it; the author then lets its own copy go.
    story.run_until(hours(10));
    const auto chosen = story.best(photo, 3);
    ASSERT_EQ(std::count(chosen.begin(), chosen.end(), 6u), 0) << "else the story is another one";
    EXPECT_EQ(story.holders(photo), chosen);
    ASSERT_EQ(story.told(What::object_safe).size(), 1u);
    EXPECT_EQ(story.told(What::object_safe)[0].who, PeerId{6});
    EXPECT_EQ(story.told(What::released).size(), 1u);
    EXPECT_EQ(story.told(What::repair_started).size(), 0u) << "a first copy is no repair";
    EXPECT_EQ(story.chunks_asked().size(), 3u * 10) << "300 KiB are ten chunks; each copy is fetched once";

    // In the afternoon the author sleeps, and a neighbour wants to see it.
    story.run_until(hours(15));
    const std::uint32_t reader = story.ranking(photo)[6];
    ASSERT_NE(reader, 6u);
    story.get(reader, photo);
    story.run_until(hours(15) + minutes(5));
    const auto got = story.told(What::got);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].who, PeerId{reader});
    EXPECT_EQ(got[0].what.size, kib(300));
    std::size_t asked = 0;
    for (const auto& question : story.chunks_asked()) {
        if (question.from != PeerId{reader}) continue;
        ++asked;
        EXPECT_EQ(std::count(chosen.begin(), chosen.end(), question.to.index), 1) << question.to.index;
    }
    EXPECT_EQ(asked, 10u);

    // What was only read is not kept.
    story.run_until(hours(16));
    EXPECT_EQ(story.holders(photo), chosen);
    EXPECT_EQ(story.violations(), 0u);
}

TEST(ContentStory, TwentyCopiesAreTwenty) {
    Street story(std::vector<Config>(24, household()), 20);
    story.run_until(hours(1));
    const base::Digest photo = story.put(6, kib(100));
    story.run_until(hours(2));
    EXPECT_EQ(story.best(photo, 20).size(), 20u);
    std::vector<std::uint32_t> chosen = story.holders(photo);
    for (const std::uint32_t each : story.best(photo, 20)) EXPECT_EQ(std::erase(chosen, each), 1u) << each;
    EXPECT_TRUE(chosen.empty()) << "and nobody else has one";
}

TEST(ContentStory, AnAuthorThatNeverMeetsTheHoldersIsHelpedByACourier) {
    std::vector<Config> street(5, household());
    for (Config& each : street) each.owner.hours = {hours(18), hours(4)};
    street[0].owner.hours = {};                    // always awake: whom all join through
    street[4].owner.hours = {hours(6), hours(3)};  // the author, in the morning
    Street story(street, 2);
    story.run_until(days(1) + hours(6) + minutes(30));
    base::Digest photo = story.put(4, kib(100));
    for (int i = 0; i < 50 && story.best(photo, 2) != std::vector<std::uint32_t>{1, 2}; ++i)
        photo = story.put(4, kib(100));
    ASSERT_EQ(story.best(photo, 2), (std::vector<std::uint32_t>{1, 2}));
    story.run_until(days(1) + hours(9));
    EXPECT_EQ(story.holders(photo), (std::vector<std::uint32_t>{0, 4})) << "0 carries it";
    story.run_until(days(1) + hours(20));
    EXPECT_EQ(story.holders(photo), (std::vector<std::uint32_t>{1, 2, 4})) << "and lets go; 4 sleeps";
    story.run_until(days(2) + hours(8));
    EXPECT_EQ(story.holders(photo), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(story.violations(), 0u);
}

/// Six households, three copies; a member counts as failed after a day of silence. One of the holders, by
/// rank the first, vanishes at noon.
class Vanishing : public testing::Test {
  protected:
    Vanishing() {
        photo = story.put(0, kib(300));
        story.run_until(hours(12));
        holders = story.best(photo, 3);
        lost = story.ranking(photo)[0];
        if (lost == 0) lost = story.ranking(photo)[1];  // the first member is whom all join through
    }
    static std::vector<Config> street() {
        Config config = household();
        config.content.failed_after = days(1);
        return std::vector<Config>(6, config);
    }
    std::vector<std::uint32_t> without_lost() const {
        std::vector<std::uint32_t> rest = holders;
        std::erase(rest, lost);
        return rest;
    }

    Street story{street(), 3};
    base::Digest photo;
    std::vector<std::uint32_t> holders;
    std::uint32_t lost = 0;
};

TEST_F(Vanishing, ForGoodIsRepairedOnceOnTheNextRanked) {
    ASSERT_EQ(story.holders(photo), holders);
    const std::size_t chunks = story.chunks_asked().size();
    story.befall(lost, sim::FaultKind::power_off);

    story.run_until(hours(12) + days(1) - minutes(5));
    EXPECT_EQ(story.holders(photo), without_lost()) << "nothing is repaired before the timeout";
    EXPECT_TRUE(story.told(What::member_failed).empty());

    story.run_until(hours(12) + days(1) + hours(1));
    std::vector<std::uint32_t> again = without_lost();
    again.push_back(story.ranking(photo)[3]);
    std::sort(again.begin(), again.end());
    EXPECT_EQ(story.holders(photo), again);
    const auto repairs = story.told(What::repair_started);
    ASSERT_EQ(repairs.size(), 1u);
    EXPECT_EQ(repairs[0].who, PeerId{story.ranking(photo)[3]});
    EXPECT_EQ(story.told(What::member_failed).size(), 5u) << "each of the others says so once";
    EXPECT_EQ(story.chunks_asked().size(), chunks + 10) << "one copy, made once";

    story.run_until(days(3));
    EXPECT_EQ(story.holders(photo), again);
    EXPECT_EQ(story.told(What::repair_started).size(), 1u);
    EXPECT_EQ(story.violations(), 0u);
}

TEST_F(Vanishing, AndComingBackInTimeCostsNothing) {
    const std::size_t chunks = story.chunks_asked().size();
    story.befall(lost, sim::FaultKind::power_off);
    story.run_until(hours(12) + days(1) - hours(1));
    story.befall(lost, sim::FaultKind::power_on);
    story.run_until(days(3));
    EXPECT_EQ(story.holders(photo), holders) << "it is still one of the three";
    EXPECT_TRUE(story.told(What::repair_started).empty());
    EXPECT_TRUE(story.told(What::member_failed).empty());
    EXPECT_EQ(story.chunks_asked().size(), chunks) << "not one chunk was moved";
    EXPECT_EQ(story.violations(), 0u);
}

TEST_F(Vanishing, AndComingBackTooLateKeepsBothCopies) {
    story.befall(lost, sim::FaultKind::power_off);
    story.run_until(hours(12) + days(1) + hours(6));
    const std::size_t chunks = story.chunks_asked().size();
    ASSERT_EQ(story.holders(photo).size(), 3u);
    story.befall(lost, sim::FaultKind::power_on);
    story.run_until(days(2));
    std::vector<std::uint32_t> four = story.best(photo, 4);
    EXPECT_EQ(story.holders(photo), four);
    EXPECT_EQ(story.told(What::member_returned).size(), 5u);
    EXPECT_EQ(story.told(What::repair_started).size(), 1u);
    EXPECT_EQ(story.chunks_asked().size(), chunks) << "a copy that returns costs nothing";

    // The spare copy is worth something: when another fails, nothing has to be moved either.
    std::uint32_t next = four[0] == 0 || four[0] == lost ? four[1] : four[0];
    if (next == lost) next = four[2];
    story.befall(next, sim::FaultKind::power_off);
    story.run_until(days(3) + hours(1));
    EXPECT_EQ(story.holders(photo).size(), 3u);
    EXPECT_EQ(story.chunks_asked().size(), chunks);
    EXPECT_EQ(story.told(What::repair_started).size(), 1u);
    EXPECT_EQ(story.violations(), 0u);
}

TEST_F(Vanishing, OfOneThatSaidFarewellIsRepairedAtOnce) {
    story.befall(lost, sim::FaultKind::leave);
    story.run_until(hours(12) + minutes(10));
    const std::uint32_t next = story.ranking(photo)[3];
    const auto held = story.holders(photo);
    EXPECT_EQ(std::count(held.begin(), held.end(), next), 1);
    EXPECT_EQ(story.told(What::repair_started).size(), 1u);
    EXPECT_TRUE(story.told(What::member_failed).empty()) << "who leaves does not fail";
    EXPECT_EQ(story.violations(), 0u);
}

// Whoever restarts knows only its own words, and asks others who know no more than theirs. What each of them
// has said long ago must come together again, or a copy that is lost later is missed by nobody.
TEST(ContentStory, AfterAPowerCutForEverybodyCopiesAreStillMadeAgain) {
    std::vector<Config> street(8, household());
    for (Config& each : street) each.content.failed_after = hours(6);
    Street story(street, 2);
    std::vector<base::Digest> photos;
    // Each says more than a hundred words, more than one list of numbers can name.
    for (int i = 0; i < 500; ++i) {
        story.run_until(hours(1) + base::seconds(30) * i);
        photos.push_back(story.put(static_cast<std::uint32_t>(i % 8), kib(4)));
    }
    story.run_until(hours(7));
    for (std::uint32_t who = 0; who < 8; ++who) story.befall(who, sim::FaultKind::power_off);
    story.run_until(hours(7) + minutes(1));
    for (std::uint32_t who = 0; who < 8; ++who) story.befall(who, sim::FaultKind::power_on);
    story.run_until(hours(8));
    story.befall(3, sim::FaultKind::power_off);  // for good
    story.run_until(hours(18));
    for (const base::Digest& photo : photos) EXPECT_GE(story.holders(photo).size(), 2u);
    EXPECT_EQ(story.violations(), 0u);
}

}  // namespace
}  // namespace coop::protocol::test

// Stories of members that leave for good: what only they hold is handed over first, if anybody takes it.
#include <gtest/gtest.h>

#include "tests/story/street.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::kib;
using base::minutes;

/// Member 0, whom all join through, never sleeps; 1 to 4 share their evenings; 5, who leaves, its mornings:
/// it meets nobody but 0.
std::vector<Config> street() {
    std::vector<Config> street(6, household());
    for (std::size_t i = 1; i < 5; ++i) street[i].owner.hours = {hours(18), hours(4)};
    street[5].owner.hours = {hours(6), hours(2)};
    return street;
}

TEST(LeavingStory, WhatOnlyTheLeaverHoldsIsSafeWhenItGoes) {
    Street story(street(), 2);
    story.run_until(days(1) + hours(12));  // all have met; the leaver sleeps
    const base::Digest photo = story.put(5, kib(300));
    story.run_until(days(1) + hours(13));
    ASSERT_EQ(story.holders(photo), (std::vector<std::uint32_t>{5}));
    story.befall(5, sim::FaultKind::leave);
    story.run_until(days(2) + hours(5));
    ASSERT_EQ(story.holders(photo), (std::vector<std::uint32_t>{5})) << "asleep, it is told to nobody";
    EXPECT_TRUE(story.told(What::departed).empty());

    story.run_until(days(5));
    ASSERT_EQ(story.told(What::departed).size(), 1u);
    EXPECT_EQ(story.told(What::departed)[0].who, PeerId{5});
    const base::Instant gone = story.told(What::departed)[0].at;
    std::size_t stored_before = 0;
    for (const auto& each : story.told(What::stored)) {
        const bool keeper = each.what.value == static_cast<std::int64_t>(Custody::keeper);
        if (keeper && each.at <= gone) ++stored_before;
    }
    EXPECT_GE(stored_before, 2u) << "two copies stood when it went";
    EXPECT_EQ(story.told(What::object_safe).size(), 1u);
    EXPECT_GE(story.holders(photo).size(), 2u);
    for (const std::uint32_t each : story.holders(photo)) EXPECT_NE(each, 5u);
    for (const auto& each : story.told(What::member_failed))
        EXPECT_NE(each.what.peer, PeerId{5}) << "who leaves does not fail";

    // Its power is gone a minute later, and nobody waits for it: a reader gets the photo from others.
    story.run_until(days(5) + hours(19));
    EXPECT_FALSE(story.runs(5));
    const std::vector<std::uint32_t> held = story.holders(photo);
    std::uint32_t reader = 0;
    while (std::count(held.begin(), held.end(), reader) > 0) ++reader;
    story.get(reader, photo);
    story.run_until(days(5) + hours(19) + minutes(1));
    EXPECT_EQ(story.told(What::got).size(), 1u);
    EXPECT_EQ(story.violations(), 0u);
}

TEST(LeavingStory, APowerCutOnTheWayOutChangesNothing) {
    Street story(street(), 2);
    story.run_until(days(1) + hours(12));
    const base::Digest photo = story.put(5, kib(300));
    story.befall(5, sim::FaultKind::leave);
    story.run_until(days(1) + hours(13));
    story.befall(5, sim::FaultKind::power_off);
    story.run_until(days(2) + hours(7));
    story.befall(5, sim::FaultKind::power_on);
    story.run_until(days(6));
    EXPECT_EQ(story.told(What::departed).size(), 1u);
    EXPECT_GE(story.holders(photo).size(), 2u);
    story.befall(5, sim::FaultKind::power_on);
    story.run_until(days(7));
    EXPECT_FALSE(story.runs(5)) << "gone is gone";
    EXPECT_EQ(story.violations(), 0u);
}

TEST(LeavingStory, WhenNobodyTakesItItGoesAtTheEndOfItsTime) {
    std::vector<Config> full = street();
    for (std::size_t i = 0; i < full.size(); ++i) {
        full[i].content.leave_within = days(3);
        if (i != 5) full[i].owner.disk = kib(100);  // less than the photo
    }
    Street story(full, 2);
    story.run_until(days(1) + hours(7));
    const base::Digest photo = story.put(5, kib(300));
    story.befall(5, sim::FaultKind::leave);
    story.run_until(days(4) + hours(6));
    EXPECT_TRUE(story.told(What::departed).empty()) << "it waits";
    EXPECT_EQ(story.holders(photo), (std::vector<std::uint32_t>{5}));
    story.run_until(days(4) + hours(8));
    ASSERT_EQ(story.told(What::departed).size(), 1u);
    EXPECT_TRUE(story.holders(photo).empty());
    EXPECT_EQ(story.violations(), 0u);
}

}  // namespace
}  // namespace coop::protocol::test

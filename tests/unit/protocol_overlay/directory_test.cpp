#include "engine/protocol/membership/directory.hpp"

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::Instant;
using base::minutes;
using membership::Directory;

constexpr base::Duration failed_after = days(4);

struct DirectoryTest : testing::Test {
    MembershipConfig config;
    Bench bench;
    Directory directory{peer(0), config, failed_after};

    void at(base::Duration time) { bench.now = Instant::zero() + time; }
    bool announce(std::uint32_t who, std::uint32_t number, Announcement body = {}) {
        Env env = bench.env();
        return directory.on_announcement(announcement(who, number, bench.now, body), env);
    }
    void hear(std::uint32_t who) {
        Env env = bench.env();
        directory.heard(peer(who), bench.now, env);
    }
    void look() {
        Env env = bench.env();
        directory.on_deadline(env);
    }
};

TEST_F(DirectoryTest, TakesTheNewestAnnouncementOfAMemberOnly) {
    EXPECT_TRUE(announce(1, 5));
    EXPECT_FALSE(announce(1, 5));
    EXPECT_FALSE(announce(1, 4));
    EXPECT_TRUE(announce(1, 6));
    EXPECT_EQ(directory.size(), 1u);
    EXPECT_EQ(directory.find(peer(1))->latest->statement.id.sequence, 6u);
}

TEST_F(DirectoryTest, RefusesHoursThatAreNotOfADay) {
    EXPECT_FALSE(announce(1, 1, {.hours = {days(1), hours(3)}, .disk = {}}));
    EXPECT_FALSE(announce(1, 1, {.hours = {-hours(1), hours(3)}, .disk = {}}));
    EXPECT_FALSE(announce(1, 1, {.hours = {hours(1), hours(25)}, .disk = {}}));
    EXPECT_FALSE(announce(1, 1, {.hours = {}, .disk = {-1}}));
    Env env = bench.env();
    EXPECT_FALSE(directory.on_announcement(notice(1, 1), env));
    EXPECT_EQ(directory.size(), 0u);
}

TEST_F(DirectoryTest, ExpectsAMemberWithinItsAnnouncedHours) {
    announce(1, 1, {.hours = {hours(22), hours(3)}, .disk = {}});
    EXPECT_TRUE(directory.expected_awake(peer(1), Instant::zero() + hours(23)));
    EXPECT_TRUE(directory.expected_awake(peer(1), Instant::zero() + hours(24) + minutes(59)));
    EXPECT_FALSE(directory.expected_awake(peer(1), Instant::zero() + hours(25)));
    EXPECT_TRUE(directory.expected_awake(peer(99), Instant::zero())) << "of a stranger nothing is known";
}

TEST_F(DirectoryTest, IsAsQuickAsItIsTold) {
    Directory quick{peer(0), config, base::seconds(30)};
    Env env = bench.env();
    quick.wake(bench.now);
    quick.on_announcement(announcement(1, 1, bench.now), env);
    quick.on_announcement(announcement(2, 1, bench.now), env);
    at(base::seconds(31));
    Env later = bench.env();
    quick.heard(peer(2), bench.now, later);
    EXPECT_LE(quick.deadline(), bench.now);
    quick.on_deadline(later);
    EXPECT_TRUE(quick.failed(peer(1)));
    EXPECT_FALSE(quick.failed(peer(2)));
}

TEST_F(DirectoryTest, CallsASilentMemberFailedOnceAndWelcomesItBack) {
    announce(1, 1);
    announce(2, 1);
    at(days(3));
    hear(2);
    look();
    EXPECT_FALSE(directory.failed(peer(1))) << "three days are no failure";
    at(days(4) + minutes(1));
    hear(2);
    const auto before = directory.version();
    look();
    look();
    EXPECT_TRUE(directory.failed(peer(1)));
    EXPECT_FALSE(directory.failed(peer(2)));
    EXPECT_EQ(bench.reported(What::member_failed), 1u);
    EXPECT_NE(directory.version(), before);
    EXPECT_FALSE(directory.expected_awake(peer(1), bench.now));
    hear(1);
    EXPECT_FALSE(directory.failed(peer(1)));
    EXPECT_EQ(bench.reported(What::member_returned), 1u);
}

TEST_F(DirectoryTest, WakesItselfWhenAMemberMayHaveFailed) {
    announce(1, 1);
    announce(2, 1);
    at(days(2));
    hear(2);
    at(days(5));
    hear(2);
    for (int i = 0; i < 3 && !directory.failed(peer(1)); ++i) {
        ASSERT_FALSE(directory.deadline().is_never());
        bench.now = std::max(bench.now, directory.deadline());
        look();
    }
    EXPECT_TRUE(directory.failed(peer(1)));
}

TEST_F(DirectoryTest, AccusesNobodyWhenItHeardNothingItself) {
    for (std::uint32_t i = 1; i <= 5; ++i) announce(i, 1);
    at(days(30));
    look();
    EXPECT_EQ(bench.reported(What::member_failed), 0u) << "a board that was cut off cannot tell";
    EXPECT_GT(directory.deadline(), bench.now) << "and does not spin";
}

TEST_F(DirectoryTest, GivesItselfTimeToCatchUpAfterWaking) {
    for (std::uint32_t i = 1; i <= 5; ++i) announce(i, 1);
    at(days(30));
    directory.wake(bench.now);
    hear(1);
    look();
    EXPECT_EQ(bench.reported(What::member_failed), 0u);
    at(days(30) + minutes(5));
    for (std::uint32_t i = 1; i <= 4; ++i) announce(i, 2);
    at(days(30) + minutes(20));
    look();
    EXPECT_EQ(bench.reported(What::member_failed), 1u);
    EXPECT_TRUE(directory.failed(peer(5)));
}

TEST_F(DirectoryTest, ADepartureIsNotUndoneByOlderWords) {
    announce(1, 4);
    announce(1, 7, {.hours = {}, .disk = {}, .accepting = false, .leaving = true});
    EXPECT_TRUE(directory.failed(peer(1)));
    EXPECT_FALSE(announce(1, 6));
    hear(1);
    EXPECT_TRUE(directory.failed(peer(1)));
    EXPECT_EQ(bench.reported(What::member_failed), 0u) << "it said goodbye, it did not fail";
}

TEST_F(DirectoryTest, BelievesNoTimeBeyondTheSkewOfClocks) {
    Env env = bench.env();
    directory.on_announcement(announcement(1, 1, Instant::zero() + days(1000)), env);
    EXPECT_EQ(directory.find(peer(1))->said, Instant::zero() + clock_skew_max);
    directory.on_announcement(announcement(2, 1, Instant::never()), env);
    directory.on_announcement(announcement(3, 1, Instant::of_ns(std::numeric_limits<std::int64_t>::min())),
                              env);
    EXPECT_EQ(directory.find(peer(3))->said, Instant::zero());
}

TEST_F(DirectoryTest, AFullDirectoryKeepsTheLivingAndForgetsTheLongSilent) {
    config.members_max = 3;
    announce(1, 1);
    at(days(5));
    announce(2, 1);
    announce(3, 1);
    EXPECT_FALSE(directory.full(bench.now));
    EXPECT_TRUE(announce(4, 1)) << "the one silent for five days makes room";
    EXPECT_TRUE(directory.full(bench.now));
    EXPECT_EQ(directory.find(peer(1)), nullptr);
    EXPECT_FALSE(announce(5, 1)) << "the rest live";
    Env env = bench.env();
    EXPECT_FALSE(directory.on_announcement(announcement(1, 1, Instant::zero()), env))
        << "a replay gets no place";
    EXPECT_EQ(directory.size(), 3u);
}

TEST_F(DirectoryTest, DoesNotTryAMemberThatDidNotAnswerForAsLongAgain) {
    announce(1, 1);
    at(minutes(4));
    directory.unanswered(peer(1), bench.now);
    EXPECT_FALSE(directory.expected_awake(peer(1), bench.now + minutes(3)));
    EXPECT_FALSE(directory.lost(*directory.find(peer(1)), bench.now + minutes(3)));
    EXPECT_TRUE(directory.expected_awake(peer(1), bench.now + minutes(4)));
    EXPECT_TRUE(directory.lost(*directory.find(peer(1)), bench.now + minutes(4))) << "worth a knock";
    hear(1);
    EXPECT_TRUE(directory.expected_awake(peer(1), bench.now));
    EXPECT_FALSE(directory.lost(*directory.find(peer(1)), bench.now));
}

TEST_F(DirectoryTest, ChangesItsVersionOnlyWithWhatPlacementSees) {
    announce(1, 1);
    const auto version = directory.version();
    announce(1, 2);
    hear(1);
    EXPECT_EQ(directory.version(), version);
    announce(1, 3, {.hours = {}, .disk = base::gigabytes(8)});
    EXPECT_NE(directory.version(), version);
}

}  // namespace
}  // namespace coop::protocol::test

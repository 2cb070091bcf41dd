#include "engine/protocol/quota/meter.hpp"

#include <gtest/gtest.h>

namespace coop::protocol::test {
namespace {

using base::Bytes;
using base::hours;
using base::Instant;
using base::kib;
using base::seconds;
using policy::Verdict;
using quota::Meter;

policy::Contribution owner_of(base::ByteRate up, base::ByteRate down, std::int64_t share_ppm = 1'000'000) {
    policy::Contribution owner;
    owner.line_up = up;
    owner.line_down = down;
    owner.share = {share_ppm};
    owner.disk = base::mib(1);
    return owner;
}

const std::unique_ptr<policy::Quota> quota_policy = policy::make_fixed_share(kib(64));
constexpr Instant noon = Instant::zero() + hours(12);

TEST(Meter, LeavesAnEighthOfTheBucketToWhatIsMoreUrgentThanBulk) {
    Meter meter(*quota_policy, owner_of({1000}, {1000}));
    EXPECT_EQ(meter.may_send(kib(56), Urgency::bulk, noon), Verdict::granted);
    EXPECT_EQ(meter.may_send(kib(56) + Bytes{1}, Urgency::bulk, noon), Verdict::wait_for_tokens);
    EXPECT_EQ(meter.may_send(kib(64), Urgency::news, noon), Verdict::granted);
    meter.sent(kib(56), noon);
    EXPECT_EQ(meter.may_send(kib(8), Urgency::control, noon), Verdict::granted);
    EXPECT_EQ(meter.may_send(kib(8) + Bytes{1}, Urgency::control, noon), Verdict::wait_for_tokens);
}

TEST(Meter, NamesTheMomentAtWhichItWillSayYes) {
    Meter meter(*quota_policy, owner_of({1000}, {500}));
    meter.sent(kib(64), noon);
    EXPECT_EQ(meter.when_sendable({3000}, Urgency::control, noon), noon + seconds(3));
    EXPECT_EQ(meter.when_sendable({1000}, Urgency::bulk, noon), noon + base::milliseconds(1000 + 8192));
    EXPECT_TRUE(meter.when_sendable(kib(65), Urgency::control, noon).is_never());
    meter.asked(kib(64), noon);
    EXPECT_EQ(meter.when_fetchable({3000}, noon), noon + seconds(6));
    EXPECT_EQ(meter.time_to_send({5000}), seconds(5));
}

TEST(Meter, BeginsWithNothingInHand) {
    Meter meter(*quota_policy, owner_of({1000}, {1000}));
    meter.start(noon);
    EXPECT_EQ(meter.may_send({1}, Urgency::control, noon), Verdict::wait_for_tokens);
    EXPECT_EQ(meter.may_fetch({1}, noon), Verdict::wait_for_tokens);
    EXPECT_EQ(meter.may_send({1000}, Urgency::control, noon + seconds(1)), Verdict::granted);
    EXPECT_EQ(meter.may_fetch({1001}, noon + seconds(1)), Verdict::wait_for_tokens);
}

TEST(Meter, PaysOffWhatCameUnaskedBeforeItAsks) {
    Meter meter(*quota_policy, owner_of({1000}, {1000}));
    meter.received_unasked(kib(64) + Bytes{2000}, noon);
    EXPECT_EQ(meter.may_fetch({1}, noon + seconds(2)), Verdict::wait_for_tokens);
    EXPECT_EQ(meter.may_fetch({1000}, noon + seconds(3)), Verdict::granted);
}

TEST(Meter, LetsNothingThroughWhereNothingIsLent) {
    // One part in a million of a line of 1 Mbit/s comes to nothing.
    Meter meter(*quota_policy, owner_of(base::bits_per_second(1'000'000), {125'000}, 1));
    for (const bool started : {false, true}) {
        if (started) meter.start(noon);
        for (const Instant now : {noon, noon + base::days(10'000)}) {
            EXPECT_EQ(meter.may_send({1}, Urgency::control, now), Verdict::wait_for_tokens);
            EXPECT_EQ(meter.may_fetch({1}, now), Verdict::wait_for_tokens);
            EXPECT_FALSE(meter.grant_refusal({1}, now));
            EXPECT_TRUE(meter.when_sendable({1}, Urgency::control, now).is_never());
            meter.received_unasked(kib(1), now);
        }
    }
}

TEST(Meter, SaysNoAloudForASixteenthOfTheShare) {
    Meter meter(*quota_policy, owner_of({16'000}, {1000}));
    constexpr Bytes refusal{120};
    std::int64_t said = 0;
    for (int i = 0; i < 60'000; ++i) {  // a minute long, a thousand a second
        if (meter.grant_refusal(refusal, noon + base::milliseconds(i))) ++said;
    }
    const std::int64_t allowed = (kib(4).count + 1000 * 60) / refusal.count;
    EXPECT_LE(said, allowed);
    EXPECT_GE(said, allowed - 1);
}

TEST(Meter, KeepsToTheHoursAndTheDisk) {
    policy::Contribution owner = owner_of({1000}, {1000});
    owner.hours = {hours(9), hours(3)};
    Meter meter(*quota_policy, owner);
    EXPECT_EQ(meter.may_send({1}, Urgency::control, noon - seconds(1)), Verdict::granted);
    EXPECT_EQ(meter.may_send({1}, Urgency::control, noon), Verdict::outside_hours);
    EXPECT_EQ(meter.may_fetch({1}, noon), Verdict::outside_hours);
    EXPECT_EQ(meter.may_store(base::mib(1), true), Verdict::granted);
    meter.stored({1});
    EXPECT_EQ(meter.may_store(base::mib(1), true), Verdict::disk_full);
    meter.freed({1});
    EXPECT_EQ(meter.may_store(base::mib(1), true), Verdict::granted);
    EXPECT_EQ(meter.may_store(base::mib(1), false), Verdict::outside_hours);
}

}  // namespace
}  // namespace coop::protocol::test

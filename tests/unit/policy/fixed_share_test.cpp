#include <gtest/gtest.h>

#include "engine/policy/quota.hpp"

namespace coop::policy {
namespace {

using base::bits_per_second;
using base::kib;

const Contribution owner{bits_per_second(1'400'000),
                         bits_per_second(5'000'000),
                         base::percent(3),
                         {base::hours(19), base::hours(3)},
                         base::gigabytes(8)};

TEST(FixedShare, IsThatShareOfEachDirectionOfTheLine) {
    const Limits limits = make_fixed_share(kib(64))->limits(owner);
    EXPECT_EQ(limits.up.per_second, 5'250);     // 1.4 Mbit/s * 3 % / 8
    EXPECT_EQ(limits.down.per_second, 18'750);  // 5 Mbit/s * 3 % / 8
    EXPECT_EQ(limits.burst, kib(64));
    EXPECT_EQ(limits.disk, base::gigabytes(8));
}

TEST(FixedShare, GrantsNothingOutsideTheHours) {
    const auto policy = make_fixed_share(kib(64));
    for (const Act act : {Act::send, Act::fetch, Act::store}) {
        const QuotaView view{act, {1}, false, kib(64), {0}, base::gigabytes(8)};
        EXPECT_EQ(policy->decide(view), Verdict::outside_hours);
    }
}

TEST(FixedShare, WaitsUntilTheBucketHoldsTheWholeMessage) {
    const auto policy = make_fixed_share(kib(64));
    QuotaView view{Act::send, {1000}, true, {999}, {0}, {0}};
    EXPECT_EQ(policy->decide(view), Verdict::wait_for_tokens);
    view.tokens = {1000};
    EXPECT_EQ(policy->decide(view), Verdict::granted);
}

TEST(NoQuota, GivesTheWholeLineAtAnyHour) {
    const auto policy = make_no_quota(kib(64));
    const Limits limits = policy->limits(owner);
    EXPECT_EQ(limits.up, owner.line_up);
    EXPECT_EQ(limits.down, owner.line_down);
    EXPECT_EQ(policy->decide({Act::send, {1000}, false, {0}, {0}, {0}}), Verdict::granted);
}

}  // namespace
}  // namespace coop::policy

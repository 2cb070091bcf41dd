#include "engine/sim/quota_checker.hpp"

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/crypto/phantom.hpp"
#include "engine/protocol/message_size.hpp"

namespace coop::sim {
namespace {

using base::Bytes;
using base::Instant;
using base::milliseconds;
using base::seconds;

Instant at(base::Duration since) { return Instant::zero() + since; }

struct Sending {
    std::int64_t ms;
    std::int64_t bytes;
};

/// The law as it is written: bytes in every closed interval between two sendings <= b + r * t.
bool holds_in_every_interval(const std::vector<Sending>& sent, std::int64_t rate, std::int64_t burst) {
    for (std::size_t from = 0; from < sent.size(); ++from) {
        std::int64_t sum = 0;
        for (std::size_t to = from; to < sent.size(); ++to) {
            sum += sent[to].bytes;
            if (sum * 1000 > burst * 1000 + rate * (sent[to].ms - sent[from].ms)) return false;
        }
    }
    return true;
}

TEST(RateLaw, IsTheLawOverAllIntervals) {
    base::Rng rng(7, base::Purpose::test, 0);
    int kept = 0;
    for (int round = 0; round < 2000; ++round) {
        constexpr std::int64_t rate = 5000;
        constexpr std::int64_t burst = 3000;
        RateLaw law(base::ByteRate{rate}, Bytes{burst});
        std::vector<Sending> sent;
        bool broken = false;
        std::int64_t now = 0;
        for (int i = 0; i < 12; ++i) {
            now += static_cast<std::int64_t>(rng.below(250));
            sent.push_back({now, static_cast<std::int64_t>(rng.below(1300))});
            broken = law.excess_after(Bytes{sent.back().bytes}, at(milliseconds(now))).count > 0 || broken;
        }
        ASSERT_EQ(!broken, holds_in_every_interval(sent, rate, burst));
        kept += broken ? 0 : 1;
    }
    EXPECT_GT(kept, 100);
    EXPECT_LT(kept, 1900);
}

TEST(RateLaw, CountsToTheByte) {
    RateLaw law(base::ByteRate{1000}, Bytes{500});
    EXPECT_EQ(law.excess_after(Bytes{500}, at(seconds(0))), Bytes{0});
    EXPECT_EQ(law.excess_after(Bytes{100}, at(milliseconds(100))), Bytes{0});
    EXPECT_EQ(law.excess_after(Bytes{101}, at(milliseconds(200))), Bytes{1});
}

class Checked : public testing::Test {
  protected:
    Checked() {
        owner_.line_up = {100'000};
        owner_.line_down = {1'000'000};
        owner_.share = base::percent(10);
        owner_.hours = {base::hours(8), base::hours(3)};
        owner_.disk = base::kib(100);
        checker_.add_member(owner_);
    }
    Instant morning_{at(base::hours(8))};
    policy::Contribution owner_;
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(64));
    QuotaChecker checker_{{nullptr, quota_.get()}};
    std::vector<Violation> seen_;

    void see(const Violations& found) { seen_.insert(seen_.end(), found.begin(), found.end()); }
};

TEST_F(Checked, LetsAMemberPassThatKeepsToItsShare) {
    const protocol::Message message = protocol::Prune{};
    for (int i = 0; i < 1000; ++i)
        see(checker_.on_send(morning_ + milliseconds(10 * i), PeerId{0}, message, Bytes{100}));
    EXPECT_TRUE(seen_.empty());
}

TEST_F(Checked, CatchesAMemberThatSendsMoreThanItsShare) {
    const protocol::Message message = protocol::Prune{};
    for (int i = 0; i < 1000; ++i)
        see(checker_.on_send(morning_ + milliseconds(10 * i), PeerId{0}, message, Bytes{200}));
    ASSERT_FALSE(seen_.empty());
    EXPECT_EQ(seen_[0].law, Broken::quota_up);
    // 64 KiB deep, 200 in and 100 out at a time: the first 655 fit.
    EXPECT_NEAR(static_cast<double>(seen_.size()), 1000.0 - 655.0, 1.0);
}

TEST_F(Checked, CatchesAMemberThatAsksForMoreThanItsShare) {
    const protocol::Manifest manifest = crypto::phantom_manifest({1, PeerId{0}, 1}, base::kib(32 * 40));
    checker_.on_put(manifest);
    for (std::uint16_t i = 0; i < 40; ++i)
        see(checker_.on_send(morning_ + seconds(i / 4), PeerId{0}, protocol::FetchChunk{manifest.object, i},
                             Bytes{100}));
    ASSERT_FALSE(seen_.empty());  // 131 KB/s asked for, 100 KB/s shared
    EXPECT_EQ(seen_[0].law, Broken::quota_down);
}

TEST_F(Checked, CatchesAMemberThatTalksAtNight) {
    see(checker_.on_send(at(base::hours(7)), PeerId{0}, protocol::Prune{}, Bytes{100}));
    ASSERT_EQ(seen_.size(), 1u);
    EXPECT_EQ(seen_[0].law, Broken::outside_hours);
}

TEST_F(Checked, AllowsAFarewellShortlyAfterTheHours) {
    const protocol::Message farewell = protocol::Disconnect{protocol::Farewell::sleeping};
    const Instant closing = at(base::hours(11));
    see(checker_.on_send(closing + seconds(1), PeerId{0}, farewell, Bytes{100}));
    EXPECT_TRUE(seen_.empty());
    see(checker_.on_send(closing + seconds(1), PeerId{0}, protocol::Prune{}, Bytes{100}));
    see(checker_.on_send(closing + base::minutes(5), PeerId{0}, farewell, Bytes{100}));
    EXPECT_EQ(seen_.size(), 2u);
}

TEST_F(Checked, CatchesAFullerDiskThanWasLent) {
    see(checker_.on_disk(morning_, PeerId{0}, base::kib(100)));
    EXPECT_TRUE(seen_.empty());
    see(checker_.on_disk(morning_, PeerId{0}, base::kib(101)));
    ASSERT_EQ(seen_.size(), 1u);
    EXPECT_EQ(seen_[0].law, Broken::over_disk);
    EXPECT_EQ(seen_[0].actual, base::kib(1));
}

TEST_F(Checked, BindsNobodyToHoursWhenThePolicyDoesNot) {
    const auto none = policy::make_no_quota(base::kib(64));
    QuotaChecker free({nullptr, none.get()});
    free.add_member(owner_);
    see(free.on_send(at(base::hours(2)), PeerId{0}, protocol::Prune{}, Bytes{100}));
    EXPECT_TRUE(seen_.empty());
}

}  // namespace
}  // namespace coop::sim

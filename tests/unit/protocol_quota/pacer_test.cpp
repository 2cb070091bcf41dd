#include "engine/protocol/quota/pacer.hpp"

#include <map>

#include <gtest/gtest.h>

#include "engine/crypto/priced.hpp"
#include "engine/protocol/message_size.hpp"

namespace coop::protocol::test {
namespace {

using base::Bytes;
using base::Instant;
using base::kib;
using base::milliseconds;
using base::seconds;

const std::unique_ptr<policy::Quota> share_policy = policy::make_fixed_share(kib(64));

Message chunk(std::uint16_t number, Bytes size = kib(32)) {
    return ChunkReply{{}, number, {{}, size, nullptr}};
}
Message news(std::uint16_t number) {
    Statement statement{{PeerId{1}, number}, {}, Notice{kib(1), nullptr}};
    return Gossip{share(Signed{statement, {}}), number};
}
Message control(std::uint32_t number) { return Graft{{PeerId{1}, number}}; }

std::uint32_t number_of(const Message& message) {
    if (const auto* m = std::get_if<ChunkReply>(&message)) return m->index;
    if (const auto* m = std::get_if<Gossip>(&message)) return m->hops;
    return std::get<Graft>(message).id.sequence;
}

class Pacing : public testing::Test {
  protected:
    /// A line of 1000 bytes a second, with an empty bucket.
    Pacing() {
        policy::Contribution owner;
        owner.line_up = owner.line_down = {1000};
        owner.share = base::percent(100);
        meter.emplace(*share_policy, owner);
        meter->start(now);
    }
    void offer(Message message) { out.send(PeerId{2}, std::move(message)); }
    /// What leaves now, by number.
    std::vector<std::uint32_t> release() {
        Env env{now, rng, out, crypto};
        pacer.release(*meter, env);
        std::vector<std::uint32_t> left;
        for (const Effect& effect : out.effects()) {
            if (const auto* send = std::get_if<Send>(&effect)) left.push_back(number_of(send->message));
            if (const auto* report = std::get_if<Report>(&effect)) {
                EXPECT_EQ(report->what, What::dropped_over_quota);
                EXPECT_EQ(report->reason, Reason::over_quota);
                EXPECT_GT(report->size.count, 0);
                ++dropped;
            }
        }
        out.clear();
        return left;
    }

    QuotaConfig config;
    quota::Pacer pacer{config};
    std::optional<quota::Meter> meter;
    const crypto::PricedCrypto crypto{1};
    base::Rng rng{1, base::Purpose::test, 0};
    Outbox out;
    Instant now = Instant::zero() + base::days(1);
    std::size_t dropped = 0;
};

TEST_F(Pacing, LetsTheUrgentGoFirstAndEqualsInTheirOrder) {
    for (std::uint16_t i = 0; i < 3; ++i) {
        offer(chunk(static_cast<std::uint16_t>(30 + i), kib(1)));
        offer(news(static_cast<std::uint16_t>(20 + i)));
        offer(control(10u + i));
    }
    EXPECT_TRUE(release().empty());
    now = now + seconds(60);
    EXPECT_EQ(release(), (std::vector<std::uint32_t>{10, 11, 12, 20, 21, 22, 30, 31, 32}));
}

TEST_F(Pacing, WakesWhenTheFirstOfThemMayLeave) {
    offer(control(1));
    const Bytes line = line_size(control(1));
    release();
    const Instant due = pacer.deadline(*meter);
    EXPECT_EQ(due, now + milliseconds(line.count));
    now = due - base::nanoseconds(1);
    EXPECT_TRUE(release().empty());
    now = due;
    EXPECT_EQ(release().size(), 1u);
    EXPECT_TRUE(pacer.deadline(*meter).is_never());
}

TEST_F(Pacing, IsBoundedAndCountsWhatItDrops) {
    for (std::uint32_t i = 0; i < config.queue_max + 100; ++i) offer(control(i));
    EXPECT_TRUE(release().empty());
    EXPECT_EQ(dropped, 100u);
    now = now + seconds(100);
    EXPECT_EQ(release().size(), config.queue_max) << "48 KB in 100 s";
}

TEST_F(Pacing, HasRoomForWhatKeepsLinksAliveHoweverMuchNewsWaits) {
    for (std::uint32_t i = 0; i < config.queue_max; ++i) offer(news(static_cast<std::uint16_t>(i)));
    release();
    EXPECT_EQ(dropped, config.queue_max / 8);
    for (std::uint32_t i = 0; i < config.queue_max / 8; ++i) offer(control(i));
    release();
    EXPECT_EQ(dropped, config.queue_max / 8);
}

TEST_F(Pacing, DropsWhatIsStaleAndNeverSendsIt) {
    offer(chunk(1));  // 34 s of the line, and 8 s more for what it leaves to others
    offer(chunk(2));
    config.wait_max = seconds(50);
    release();
    now = now + seconds(45);
    EXPECT_EQ(release(), std::vector<std::uint32_t>{1});
    now = now + seconds(6);
    EXPECT_TRUE(release().empty());
    EXPECT_EQ(dropped, 1u);
    now = now + seconds(100);
    EXPECT_TRUE(release().empty());
    EXPECT_EQ(pacer.bulk_wait(*meter), base::Duration::zero());
}

TEST_F(Pacing, DropsWhatCanNeverLeaveWhenItIsStale) {
    policy::Contribution owner;
    owner.line_up = owner.line_down = {1000};
    owner.share = base::percent(100);
    const auto narrow = policy::make_fixed_share(base::kib(40));
    meter.emplace(*narrow, owner);
    offer(chunk(1, kib(39)));  // with the eighth for others it exceeds the bucket
    release();
    EXPECT_EQ(pacer.deadline(*meter), now + config.wait_max + base::nanoseconds(1));
    now = pacer.deadline(*meter);
    EXPECT_TRUE(release().empty());
    EXPECT_EQ(dropped, 1u);
}

TEST_F(Pacing, TellsHowLongAFurtherChunkWouldWait) {
    EXPECT_EQ(pacer.bulk_wait(*meter), base::Duration::zero());
    offer(chunk(1));
    offer(control(2));
    release();
    EXPECT_EQ(pacer.bulk_wait(*meter), milliseconds(line_size(chunk(1)).count));
    pacer.clear();
    EXPECT_EQ(pacer.bulk_wait(*meter), base::Duration::zero());
    EXPECT_TRUE(pacer.deadline(*meter).is_never());
    now = now + seconds(60);
    EXPECT_TRUE(release().empty()) << "what waited when the day ended does not leave next morning";
}

TEST_F(Pacing, LetsBulkThroughWhileTheUrgentLeavePartOfTheLine) {
    std::size_t chunks = 0;
    for (std::uint16_t second = 0; second < 600; ++second) {  // control and news take half of the line
        for (int i = 0; i < 4; ++i) offer(control(9999));
        if (second % 60 == 0) offer(chunk(7));
        now = now + seconds(1);
        for (const std::uint32_t each : release()) chunks += each == 7 ? 1 : 0;
    }
    EXPECT_GE(chunks, 7u) << "half of 600 s, at 34 s each";
    EXPECT_EQ(dropped, 0u);
}

TEST_F(Pacing, LosesNothingSilently) {
    std::map<std::uint32_t, int> left;
    std::size_t offered = 0;
    for (int step = 0; step < 5'000; ++step) {
        for (std::uint64_t n = rng.below(4); n > 0; --n) {
            const auto number = static_cast<std::uint16_t>(offered++);
            const std::uint64_t kind = rng.below(20);
            if (kind == 0) {
                offer(chunk(number, kib(static_cast<std::int64_t>(1 + rng.below(32)))));
            } else if (kind < 4) {
                offer(news(number));
            } else {
                offer(control(number));
            }
        }
        now = now + milliseconds(static_cast<std::int64_t>(rng.below(800)));
        for (const std::uint32_t each : release()) ++left[each];
    }
    for (int i = 0; i < 10; ++i) {
        now = now + seconds(70);
        for (const std::uint32_t each : release()) ++left[each];
    }
    for (const auto& [number, times] : left) EXPECT_EQ(times, 1) << number;
    EXPECT_TRUE(pacer.deadline(*meter).is_never());
    EXPECT_GT(dropped, 0u);
    EXPECT_EQ(left.size() + dropped, offered);
}

TEST_F(Pacing, PassesReportsAndRecordsOnUntouched) {
    out.report({.what = What::woke_up});
    offer(control(1));
    out.persist({5}, ForgottenObject{});
    Env env{now, rng, out, crypto};
    pacer.release(*meter, env);
    ASSERT_EQ(out.effects().size(), 2u);
    EXPECT_EQ(std::get<Report>(out.effects()[0]).what, What::woke_up);
    EXPECT_EQ(std::get<Persist>(out.effects()[1]).ticket.number, 5u);
}

}  // namespace
}  // namespace coop::protocol::test

// A member that leaves for good: what it says, what it still does, and when it is gone.
#include <gtest/gtest.h>

#include "tests/unit/protocol_node/desk.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::kib;
using base::minutes;
using base::seconds;

/// What it last said of itself, durably.
Announcement word_on_disk(const Desk& desk) {
    Announcement last;
    for (const SignedRef& each : desk.statements_kept()) {
        const auto* said = std::get_if<Announcement>(&each->statement.body);
        if (said != nullptr) last = *said;
    }
    return last;
}

/// Awake from 18 to 20 o'clock.
Config evenings() {
    Config config = generous();
    config.owner.hours = {hours(18), hours(2)};
    return config;
}

/// The only one who holds the object, with a neighbour that should have it as well.
struct Holder {
    explicit Holder(const Config& config = generous()) : desk(config, 1) {
        desk.start();
        desk.run_until(base::Instant::zero() + hours(18));
        meet();
        desk.request(object);
        desk.forget();
    }
    void meet() {
        desk.join(1);
        desk.run_for(seconds(1));
    }
    /// The neighbour says that it holds it now.
    void take() {
        const Holding holding{object.manifest->object, object.manifest->size, Custody::keeper};
        desk.receive(1, Gossip{desk.said_by(1, ++said, holding), 1});
    }
    /// The neighbour stays there all the time.
    void run_for(base::Duration time) {
        for (const base::Instant end = desk.now + time; desk.now < end;) {
            desk.run_for(minutes(1));
            desk.receive(1, KeepAlive{});
            if (desk.node->awake()) meet();
        }
    }
    bool departed() const { return !desk.reported(What::departed).empty(); }

    Desk desk;
    Put object = desk.object(1, kib(40));
    std::uint32_t said = 1;
};

TEST(NodeLeaving, SaysFarewellAndIsGoneWhenItHoldsNothing) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    desk.forget();
    desk.request(Leave{});
    desk.run_for(minutes(2));
    const auto words = desk.sent<Gossip>();
    ASSERT_EQ(words.size(), 2u) << "I leave, and: I am gone";
    const auto& first = std::get<Announcement>(words[0].second.statement->statement.body);
    EXPECT_TRUE(first.leaving);
    EXPECT_FALSE(first.departed());
    EXPECT_TRUE(std::get<Announcement>(words[1].second.statement->statement.body).departed());
    ASSERT_EQ(desk.sent<Disconnect>().size(), 1u);
    EXPECT_EQ(desk.sent<Disconnect>()[0].second.why, Farewell::leaving);
    EXPECT_EQ(desk.reported(What::departed).size(), 1u);
    EXPECT_FALSE(desk.node->awake());
    EXPECT_TRUE(desk.node->deadline().is_never());

    desk.forget();
    desk.request(desk.object(1, kib(1)));
    desk.request(sim::phantom_notice(kib(1)));
    desk.request(Get{desk.object(1, kib(1), 1).manifest->object});
    desk.request(Leave{});
    desk.run_for(days(3));
    EXPECT_TRUE(desk.left.empty());
    EXPECT_EQ(desk.reported(What::put_refused).size(), 1u);
    ASSERT_EQ(desk.reported(What::get_failed).size(), 1u);
    EXPECT_EQ(desk.reported(What::get_failed)[0].reason, Reason::leaving);
    desk.restart();
    desk.run_for(days(3));
    EXPECT_TRUE(desk.left.empty()) << "and it stays gone";
    EXPECT_TRUE(desk.node->deadline().is_never());
}

TEST(NodeLeaving, IsNotGoneBeforeItsLastWordHasLeftTheBoard) {
    Config narrow = generous();
    narrow.owner.line_up = base::ByteRate{60};
    Desk desk(narrow, 1);
    desk.start();
    desk.run_for(minutes(1));
    for (std::uint32_t i = 1; i <= 4; ++i) desk.join(i);
    for (int i = 0; i < 3; ++i) desk.request(sim::phantom_notice(kib(1)));
    desk.request(Leave{});
    for (int minute = 0; minute < 9; ++minute) {
        desk.run_for(minutes(1));
        for (std::uint32_t i = 1; i <= 4 && desk.node->awake(); ++i) desk.receive(i, KeepAlive{});
    }
    std::size_t told = 0;
    for (const auto& [to, gossip] : desk.sent<Gossip>()) {
        const auto* said = std::get_if<Announcement>(&gossip.statement->statement.body);
        told += said != nullptr && said->departed() ? 1 : 0;
    }
    EXPECT_EQ(told, 4u);
    EXPECT_EQ(desk.reported(What::departed).size(), 1u);
    EXPECT_TRUE(desk.reported(What::dropped_over_quota).empty());
}

TEST(NodeLeaving, StaysAndServesUntilSomebodyHoldsWhatOnlyItHeld) {
    Holder holder;
    Desk& desk = holder.desk;
    desk.request(Leave{});
    holder.run_for(days(2));
    EXPECT_FALSE(holder.departed());
    EXPECT_TRUE(desk.node->awake());
    desk.forget();
    desk.receive(1, FetchChunk{holder.object.manifest->object, 0});
    EXPECT_EQ(desk.sent<ChunkReply>().size(), 1u);
    desk.request(desk.object(2, kib(1)));
    ASSERT_EQ(desk.reported(What::put_refused).size(), 1u) << "nothing new";
    EXPECT_EQ(desk.reported(What::put_refused)[0].reason, Reason::leaving);
    EXPECT_EQ(desk.node->stay(), Stay::leaving);
    EXPECT_EQ(desk.node->to_hand_over(), 1u);

    holder.take();
    holder.run_for(minutes(3));
    EXPECT_TRUE(holder.departed());
    EXPECT_EQ(desk.node->stay(), Stay::left);
    EXPECT_EQ(desk.node->to_hand_over(), 0u);
    desk.restart();
    EXPECT_EQ(desk.node->stay(), Stay::left) << "also for its owner, after a restart";
    EXPECT_EQ(desk.reported(What::object_safe).size(), 1u);
    EXPECT_TRUE(desk.node->deadline().is_never());
}

TEST(NodeLeaving, TakesNothingOverAnyMore) {
    Desk desk(generous(), 2);
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    desk.request(desk.object(1, kib(40)));  // keeps it here: one neighbour is not two copies
    desk.request(Leave{});
    desk.forget();
    const Put other = desk.object(7, kib(40), 1);
    desk.receive(1, Gossip{desk.said_by(1, 2, Holding{other.manifest->object, kib(40), Custody::author}), 1});
    desk.run_for(seconds(30));
    EXPECT_TRUE(desk.sent<FetchManifest>().empty());
    EXPECT_FALSE(word_on_disk(desk).accepting);
}

TEST(NodeLeaving, GoesWithoutHandingOverWhenTheTimeIsOver) {
    Holder holder;
    holder.desk.request(Leave{});
    holder.run_for(days(14) - minutes(5));
    EXPECT_FALSE(holder.departed());
    holder.run_for(minutes(10));
    EXPECT_TRUE(holder.departed());
    EXPECT_TRUE(word_on_disk(holder.desk).departed());
    EXPECT_EQ(holder.desk.node->to_hand_over(), 1u) << "nobody came for it";
    holder.desk.restart();
    EXPECT_EQ(holder.desk.node->to_hand_over(), 0u) << "what others hold by now it does not know";
}

TEST(NodeLeaving, IsNotForgottenByARestartAndTheDaysGoOnCounting) {
    Holder holder(evenings());
    Desk& desk = holder.desk;
    desk.request(Leave{});
    for (int day = 1; day < 14; ++day) {
        desk.run_until(base::Instant::zero() + hours(18) + days(day));
        desk.restart();
        ASSERT_TRUE(desk.node->awake()) << day;
        EXPECT_TRUE(word_on_disk(desk).leaving);
        desk.request(sim::phantom_notice(kib(1)));
        EXPECT_TRUE(desk.reported(What::published).empty()) << "it remembers";
        holder.run_for(hours(1));
        ASSERT_FALSE(holder.departed()) << day;
    }
    desk.run_until(base::Instant::zero() + hours(18) + days(14));
    holder.run_for(minutes(15));
    EXPECT_TRUE(holder.departed()) << "fourteen days after it was said first";
}

TEST(NodeLeaving, AskedAsleepItTellsAtItsNextWaking) {
    Holder holder(evenings());
    Desk& desk = holder.desk;
    desk.run_until(base::Instant::zero() + hours(23));
    ASSERT_FALSE(desk.node->awake());
    desk.forget();
    desk.request(Leave{});
    desk.restart();  // what was said at night is not forgotten either
    EXPECT_TRUE(desk.left.empty());
    desk.run_until(base::Instant::zero() + days(1) + hours(18));
    EXPECT_TRUE(desk.node->awake());
    desk.join(1);
    desk.receive(1, SyncAsk{std::make_shared<const std::vector<Heard>>(), false});
    desk.run_for(seconds(1));
    std::size_t told = 0;
    for (const auto& [to, gossip] : desk.sent<Gossip>()) {
        const auto* said = std::get_if<Announcement>(&gossip.statement->statement.body);
        const bool own = gossip.statement->statement.id.origin == PeerId{0};
        if (own && said != nullptr && said->leaving && !said->departed()) ++told;
    }
    EXPECT_GE(told, 1u);
    EXPECT_FALSE(holder.departed());
}

TEST(NodeLeaving, GoesAlsoWhenTheDiskDoesNotTakeItsLastWord) {
    Holder holder;
    holder.desk.request(Leave{});
    holder.run_for(minutes(1));
    holder.desk.disk_is = DiskIs::failing;
    holder.take();
    holder.run_for(minutes(3));
    EXPECT_TRUE(holder.departed());
    ASSERT_FALSE(holder.desk.sent<Disconnect>().empty());
    EXPECT_EQ(holder.desk.sent<Disconnect>().back().second.why, Farewell::leaving);
}

TEST(NodeLeaving, AskedAgainItTriesAgainToWriteItDown) {
    Holder holder;
    holder.desk.disk_is = DiskIs::failing;
    holder.desk.request(Leave{});
    EXPECT_EQ(holder.desk.node->stay(), Stay::member);
    holder.desk.disk_is = DiskIs::prompt;
    holder.desk.request(Leave{});
    EXPECT_EQ(holder.desk.node->stay(), Stay::leaving);
    EXPECT_TRUE(word_on_disk(holder.desk).leaving);
}

TEST(NodeLeaving, EndsInTimeAlsoWithADiskThatNeverTookItsWord) {
    Holder holder;
    holder.desk.disk_is = DiskIs::failing;
    holder.desk.request(Leave{});
    EXPECT_EQ(holder.desk.node->stay(), Stay::member) << "a restart would forget it";
    holder.run_for(days(14) - hours(1));
    EXPECT_FALSE(holder.departed());
    holder.run_for(hours(3));
    EXPECT_TRUE(holder.departed());
}

}  // namespace
}  // namespace coop::protocol::test

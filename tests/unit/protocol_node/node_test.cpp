// Node: every input, the owner's day, farewells, and whatever strangers may send.
#include <gtest/gtest.h>

#include "tests/unit/protocol_node/desk.hpp"
#include "tests/unit/wire/random_message.hpp"

namespace coop::protocol::test {
namespace {

using base::hours;
using base::kib;
using base::minutes;
using base::seconds;

TEST(Node, AnnouncesItselfUnderItsFirstNumberAndAsksToBeLetIn) {
    Config config = generous();
    config.contacts = {PeerId{5}};
    Desk desk(config);
    desk.start();
    desk.run_for(seconds(1));
    const auto joins = desk.sent<Join>();
    ASSERT_EQ(joins.size(), 1u);
    EXPECT_EQ(joins[0].first, PeerId{5});
    EXPECT_EQ(joins[0].second.announcement->statement.id, (StatementId{PeerId{0}, 1}));
    EXPECT_TRUE(desk.node->awake());
    desk.receive(5, NeighborReply{true});
    EXPECT_TRUE(desk.node->neighbours().contains(PeerId{5}));
}

TEST(Node, MindsNotBeingWokenForNothingOrToldOfTicketsItDoesNotKnow) {
    Desk desk(generous());
    desk.start();
    desk.forget();
    base::Rng rng(1, base::Purpose::test, 0);
    Outbox out;
    Env env{desk.now, rng, out, desk.crypto};
    for (int i = 0; i < 10; ++i) desk.node->step(Woken{}, env);
    desk.node->step(Persisted{{12'345}, true}, env);
    desk.node->step(Persisted{{12'345}, false}, env);
    EXPECT_TRUE(out.effects().empty());
}

TEST(Node, SleepsAndWakesWithItsOwnersHours) {
    Config config = generous();
    config.owner.hours = {hours(18), hours(3)};
    Desk desk(config);
    desk.start();
    EXPECT_FALSE(desk.node->awake());
    EXPECT_EQ(desk.node->deadline(), base::Instant::zero() + hours(18));
    desk.join(1);
    EXPECT_TRUE(desk.left.empty()) << "asleep, it hears nothing";
    for (int day = 0; day < 3; ++day) {
        const base::Instant midnight = base::Instant::zero() + base::days(day);
        desk.run_until(midnight + hours(18));
        ASSERT_TRUE(desk.node->awake());
        desk.join(1);
        desk.forget();
        desk.run_until(midnight + hours(18) + seconds(20));
        desk.receive(1, KeepAlive{});
        while (desk.now < midnight + hours(21) - seconds(30)) {
            desk.run_for(seconds(20));
            desk.receive(1, KeepAlive{});
        }
        ASSERT_TRUE(desk.sent<Disconnect>().empty());
        desk.run_until(midnight + hours(21));
        EXPECT_FALSE(desk.node->awake());
        const auto farewells = desk.sent<Disconnect>();
        ASSERT_EQ(farewells.size(), 1u);
        EXPECT_EQ(farewells[0].second.why, Farewell::sleeping);
        EXPECT_EQ(desk.left.back().at, midnight + hours(21) - config.quota.farewell_lead);
        desk.forget();
        desk.receive(1, KeepAlive{});
        EXPECT_TRUE(desk.left.empty());
    }
}

TEST(Node, TakesItsOwnersObjectsAlsoWhileItSleeps) {
    Config config = generous();
    config.owner.hours = {hours(18), hours(3)};
    Desk desk(config);
    desk.start();
    desk.request(desk.object(1, kib(40)));
    desk.request(sim::phantom_notice(kib(1)));
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_EQ(desk.reported(What::published).size(), 1u);
    EXPECT_TRUE(desk.left.empty());
    desk.run_until(base::Instant::zero() + hours(18));
    desk.join(1);
    desk.receive(1, SyncAsk{std::make_shared<const std::vector<Heard>>(), false});
    desk.run_for(base::milliseconds(500));
    EXPECT_EQ(desk.sent<Gossip>().size(), 4u) << "two words of its own, two announcements";
}

TEST(Node, RefusesObjectsThatAreNotWellFormed) {
    Desk desk(generous());
    desk.start();
    const Put good = desk.object(1, kib(100));
    Put no_chunks = good;
    no_chunks.chunks = nullptr;
    Put one_missing = good;
    one_missing.chunks =
        std::make_shared<const std::vector<Chunk>>(good.chunks->begin() + 1, good.chunks->end());
    Manifest empty = *good.manifest;
    empty.size = {0};
    const Put nothing{std::make_shared<const Manifest>(empty), good.chunks};
    for (const Put& bad : {no_chunks, one_missing, nothing}) desk.request(bad);
    const auto refused = desk.reported(What::put_refused);
    ASSERT_EQ(refused.size(), 3u);
    for (const Report& each : refused) EXPECT_EQ(each.reason, Reason::malformed);
    desk.request(good);
    desk.request(good);
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 2u) << "twice is once";
    EXPECT_EQ(desk.node->shelf().size(), 1u);
}

TEST(Node, PassesOnNothingWhoseSignatureDoesNotHold) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.join(2);
    desk.run_for(seconds(1));
    desk.forget();
    const SignedRef good = desk.said_by(1, 2, Notice{kib(1), nullptr});
    Signed forged = *good;
    std::get<Notice>(forged.statement.body).size = kib(2);
    desk.receive(1, Gossip{share(forged), 1});
    EXPECT_EQ(desk.reported(What::bad_signature).size(), 1u);
    EXPECT_TRUE(desk.sent<Gossip>().empty());
    desk.receive(1, Gossip{good, 1});
    ASSERT_EQ(desk.sent<Gossip>().size(), 1u);
    EXPECT_EQ(desk.sent<Gossip>()[0].first, PeerId{2});
    EXPECT_EQ(desk.reported(What::delivered).size(), 1u);
}

TEST(Node, CutsOffWhoForgesAgainAndAgain) {
    Config config = generous();
    config.membership.cut_off_for = base::hours(1);
    Desk desk(config);
    desk.start();
    desk.join(1);
    desk.join(2);
    desk.run_for(seconds(1));
    const auto forge = [&](std::uint32_t from, std::uint32_t number) {
        desk.receive(
            from, Gossip{share(Signed{desk.said_by(7, number, Notice{kib(1), nullptr})->statement, {}}), 1});
    };
    for (std::uint32_t i = 1; i < config.membership.forged_max; ++i) forge(1, i);
    EXPECT_TRUE(desk.node->neighbours().contains(PeerId{1})) << "once may be an accident";
    EXPECT_TRUE(desk.reported(What::cut_off).empty());
    forge(2, 1);
    EXPECT_TRUE(desk.node->neighbours().contains(PeerId{2})) << "each answers for itself";

    desk.forget();
    forge(1, config.membership.forged_max);
    EXPECT_FALSE(desk.node->neighbours().contains(PeerId{1}));
    ASSERT_EQ(desk.reported(What::cut_off).size(), 1u);
    EXPECT_EQ(desk.reported(What::cut_off)[0].peer, PeerId{1});
    EXPECT_EQ(desk.sent<Disconnect>().size(), 1u);

    desk.forget();
    desk.receive(1, Gossip{desk.said_by(1, 2, Notice{kib(1), nullptr}), 1});
    desk.receive(1, Neighbor{true});
    EXPECT_TRUE(desk.reported(What::delivered).empty()) << "nor is what it signs itself heard from it";
    EXPECT_FALSE(desk.node->neighbours().contains(PeerId{1}));
    desk.receive(2, Gossip{desk.said_by(1, 2, Notice{kib(1), nullptr}), 1});
    EXPECT_EQ(desk.reported(What::delivered).size(), 1u) << "but from others";

    desk.run_for(base::hours(1));
    desk.receive(1, Neighbor{true});
    EXPECT_TRUE(desk.node->neighbours().contains(PeerId{1})) << "an hour later it may try again";
}

TEST(Node, LetsNobodyJoinInAnothersName) {
    Desk desk(generous());
    desk.start();
    desk.receive(1, Join{desk.said_by(2, 1, Announcement{.hours = {}, .disk = {}})});
    desk.receive(1, Join{desk.said_by(1, 1, Notice{kib(1), nullptr})});
    EXPECT_EQ(desk.reported(What::bad_message).size(), 2u);
    EXPECT_TRUE(desk.node->neighbours().empty());
    EXPECT_EQ(desk.node->directory().find(PeerId{2}), nullptr);
}

TEST(Node, GivesUpAWishThatNobodyFulfils) {
    Desk desk(generous());
    desk.start();
    const Put object = desk.object(1, kib(1), 3);
    desk.request(Get{object.manifest->object});
    desk.run_for(base::days(7));
    EXPECT_TRUE(desk.reported(What::get_failed).empty());
    desk.run_for(minutes(2));
    ASSERT_EQ(desk.reported(What::get_failed).size(), 1u);
    EXPECT_TRUE(desk.reported(What::got).empty());
}

/// Every message that the codec can let through, well or badly signed, with power cuts and a disk of moods in
/// between: the node answers or ignores, keeps within its bounds, and never stands still.
TEST(Node, ComesThroughWhateverIsSentToIt) {
    constexpr std::uint32_t peers = 40;
    Config config = generous(base::mib(2));
    config.contacts = {PeerId{1}, PeerId{2}};
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Desk desk(config, 3);
        coop::test::RandomMessages random(seed, peers);
        desk.start();
        for (int i = 0; i < 6'000; ++i) {
            const auto from = static_cast<std::uint32_t>(random.below(peers));
            const std::size_t kind = random.below(message_kinds);
            Message message = random.message(kind);
            if (random.below(2) == 0) {  // rightly signed, by whoever it is from
                Signed made = random.statement();
                made.statement.id.origin =
                    PeerId{random.below(2) == 0 ? from : made.statement.id.origin.index};
                made.signature = desk.crypto.sign(made.statement);
                const auto shared = share(made);
                if (kind % 3 == 0) message = Gossip{shared, static_cast<std::uint16_t>(kind)};
                if (kind % 3 == 1) message = Join{shared};
                if (kind % 3 == 2) message = ForwardJoin{made.statement.id.origin, shared, 3};
            }
            desk.receive(from, std::move(message));
            if (random.below(50) == 0) desk.request(desk.object(static_cast<std::uint32_t>(i), kib(70)));
            if (random.below(50) == 0)
                desk.request(Get{desk.object(static_cast<std::uint32_t>(i), kib(9), 5).manifest->object});
            if (random.below(200) == 0) desk.disk_is = static_cast<DiskIs>(random.below(3));
            if (random.below(100) == 0) desk.write_all();
            if (random.below(1'000) == 0) desk.restart();
            const base::Instant before = desk.now;
            desk.run_for(base::milliseconds(static_cast<std::int64_t>(random.below(3'000))));
            ASSERT_GE(desk.now, before);
            ASSERT_LE(desk.node->neighbours().size(), config.membership.active_max);
            ASSERT_LE(desk.node->directory().size(), peers + 1u);
            ASSERT_LE(desk.node->disk_used().count, base::mib(2).count);
            ASSERT_GE(desk.node->disk_used().count, 0);
            if (desk.left.size() > 10'000) desk.forget();
        }
    }
}

TEST(Node, GivesNoNumberTwiceThatOthersHaveHeardThoughItsDiskForgotIt) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(base::seconds(1));
    desk.forget();
    const SignedRef forgotten = desk.said_by(0, 70, Notice{base::kib(1), nullptr});
    SignedRef forged = share(Signed{forgotten->statement, {}});
    desk.receive(1, Gossip{forged, 1});
    desk.receive(1, Gossip{desk.said_by(0, 50, Notice{base::kib(1), nullptr}), 1});
    desk.receive(1, Gossip{forgotten, 1});
    desk.request(sim::phantom_notice(base::kib(1)));
    desk.run_for(base::seconds(1));
    ASSERT_EQ(desk.sent<Gossip>().size(), 1u);
    EXPECT_EQ(desk.sent<Gossip>()[0].second.statement->statement.id.sequence, 71u);
    EXPECT_EQ(desk.reported(What::bad_signature).size(), 1u);
}

TEST(Node, SaysWhenItAsksWhetherItHasAPlaceForStrangers) {
    for (const std::uint32_t members_max : {2U, 3U}) {
        Config config = generous();
        config.membership.members_max = members_max;
        Desk desk(config);
        desk.start();
        desk.join(1);
        desk.run_for(base::milliseconds(500));
        const auto asked = desk.sent<SyncAsk>();
        ASSERT_FALSE(asked.empty());
        EXPECT_EQ(asked.back().second.full, members_max == 2) << "itself, and one";
    }
}

TEST(Node, NamesItsMembersBeforeItSaysThatItWantsNoOthers) {
    Config config = generous();
    config.membership.members_max = 3;
    Desk desk(config);
    desk.start();
    desk.join(1), desk.join(2);
    desk.run_for(base::milliseconds(500));
    desk.restart();
    desk.forget();
    desk.join(1);
    desk.run_for(base::milliseconds(500));
    const auto asked = desk.sent<SyncAsk>();
    ASSERT_FALSE(asked.empty());
    EXPECT_FALSE(asked.back().second.full) << "of 2 it knows who it is, and not what it has said";
    desk.run_for(base::seconds(15));  // until that exchange is over
    desk.forget();
    desk.receive(1, Gossip{desk.said_by(2, 2, Announcement{{}, {}, true}), 1});
    desk.receive(1, SyncAsk{std::make_shared<const std::vector<Heard>>(1, Heard{{9}, 1, 0}), true, 1});
    desk.run_for(base::seconds(1));
    ASSERT_FALSE(desk.sent<SyncAsk>().empty());
    EXPECT_TRUE(desk.sent<SyncAsk>().back().second.full);
}

TEST(Node, SaysOnceThatItHasNoRoomToRememberMoreCopies) {
    Config config = generous();
    config.broadcast.copies_max = 16;  // one for each member
    Desk desk(config);
    desk.start();
    desk.join(1), desk.join(2);
    desk.run_for(base::seconds(1));
    desk.forget();
    const auto holds = [&](std::uint32_t who, std::uint32_t number, std::uint32_t object) {
        const auto manifest = desk.object(object, base::kib(1), who).manifest;
        const Holding holding{manifest->object, manifest->size, Custody::keeper};
        desk.receive(who, Gossip{desk.said_by(who, number, holding), 1});
    };
    for (std::uint32_t i = 1; i <= 5; ++i) holds(1, 1 + i, i);
    holds(2, 2, 9);
    EXPECT_EQ(desk.reported(What::catalogue_full).size(), 1u);
    EXPECT_EQ(desk.reported(What::delivered).size(), 2u) << "one of each";
    // Who has left for good makes room.
    desk.receive(2, Gossip{desk.said_by(2, 3, Announcement{{}, {}, false, true}), 1});
    holds(2, 4, 10);
    EXPECT_EQ(desk.reported(What::delivered).size(), 4u);
}

}  // namespace
}  // namespace coop::protocol::test

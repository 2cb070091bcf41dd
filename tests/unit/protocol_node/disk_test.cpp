// What a node says it keeps, and what it may have lost: the disk that is slow, fails, or is full.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/protocol_node/desk.hpp"

namespace coop::protocol::test {
namespace {

using base::kib;
using base::minutes;
using base::seconds;

TEST(NodeDisk, AcknowledgesAnObjectOnlyOnceAllOfItIsDurable) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    const Put object = desk.object(1, kib(100));
    desk.request(object);
    desk.run_for(minutes(5));
    EXPECT_TRUE(desk.reported(What::put_accepted).empty());
    EXPECT_FALSE(desk.node->shelf().whole(object.manifest->object));
    desk.write_all();
    ASSERT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_TRUE(desk.node->shelf().whole(object.manifest->object));
    desk.restart();
    EXPECT_TRUE(desk.node->shelf().whole(object.manifest->object));
    EXPECT_EQ(desk.node->disk_used(), kib(100));
}

TEST(NodeDisk, TakesAnObjectOnceHoweverOftenItIsPut) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    const Put object = desk.object(1, kib(100));
    desk.request(object);
    desk.request(object);
    ASSERT_EQ(desk.reported(What::put_refused).size(), 1u);
    EXPECT_EQ(desk.reported(What::put_refused)[0].reason, Reason::busy);
    EXPECT_TRUE(desk.reported(What::released).empty()) << "what is being written stays";
    desk.write_all();
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_EQ(desk.node->disk_used(), kib(100));
}

TEST(NodeDisk, SpeaksOfANoticeOnlyOnceItIsDurable) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    desk.forget();
    desk.disk_is = DiskIs::slow;
    desk.request(sim::phantom_notice(kib(1)));
    desk.run_for(seconds(10));
    EXPECT_TRUE(desk.sent<Gossip>().empty());
    EXPECT_TRUE(desk.reported(What::published).empty());
    desk.write_all();
    desk.run_for(seconds(1));
    ASSERT_EQ(desk.sent<Gossip>().size(), 1u);
    EXPECT_EQ(desk.reported(What::published).size(), 1u);
}

TEST(NodeDisk, RefusesWhatTheDiskDoesNotTakeAndForgetsItsParts) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    const Put object = desk.object(1, kib(100));
    desk.request(object);
    desk.disk_is = DiskIs::failing;
    desk.fail_all();
    ASSERT_EQ(desk.reported(What::put_refused).size(), 1u);
    EXPECT_EQ(desk.reported(What::put_refused)[0].reason, Reason::disk_failing);
    EXPECT_EQ(desk.reported(What::disk_trouble).size(), 1u) << "said once, not for every chunk";
    EXPECT_TRUE(desk.reported(What::put_accepted).empty());
    EXPECT_EQ(desk.node->shelf().size(), 0u);
    EXPECT_EQ(desk.node->disk_used(), base::Bytes{0});
    desk.request(desk.object(2, kib(1)));
    EXPECT_EQ(desk.reported(What::put_refused).size(), 2u) << "nothing new is promised";
}

TEST(NodeDisk, IsTriedAgainEveryHourByABoardThatNeverSleeps) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.disk_is = DiskIs::failing;
    desk.request(sim::phantom_notice(kib(1)));
    ASSERT_EQ(desk.reported(What::disk_trouble).size(), 1u);
    for (int minute = 0; minute < 299; ++minute) {
        desk.run_for(minutes(1));
        desk.receive(1, KeepAlive{});
    }
    EXPECT_EQ(desk.reported(What::disk_trouble).size(), 1u + 4) << "not quite five hours: four more tries";
    desk.request(desk.object(1, kib(1)));
    EXPECT_EQ(desk.reported(What::put_refused).size(), 1u);

    desk.disk_is = DiskIs::prompt;
    desk.forget();
    desk.run_for(minutes(59));
    desk.request(desk.object(1, kib(1)));
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    desk.run_for(base::hours(9));
    EXPECT_TRUE(desk.reported(What::disk_trouble).empty());
    desk.restart();
    EXPECT_TRUE(desk.node->shelf().whole(desk.object(1, kib(1)).manifest->object));
}

TEST(NodeDisk, SaysNothingThatItCouldNotWriteDown) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    desk.forget();
    desk.disk_is = DiskIs::failing;
    desk.request(sim::phantom_notice(kib(1)));
    desk.run_for(seconds(10));
    EXPECT_TRUE(desk.sent<Gossip>().empty());
    EXPECT_TRUE(desk.reported(What::published).empty());
    EXPECT_EQ(desk.reported(What::disk_trouble).size(), 1u);
}

/// Whatever happens to the board, one number stands for one statement; also the ones that only a dead disk
/// heard of may be used again, for nobody else did.
TEST(NodeDisk, NeverUsesANumberTwiceOverRestarts) {
    Desk desk(generous());
    base::Rng rng(3, base::Purpose::test, 0);
    std::map<std::uint32_t, Signature> said;
    std::size_t seen = 0;
    const auto read_lips = [&] {
        for (; seen < desk.left.size(); ++seen) {
            SignedRef one;
            if (const auto* m = std::get_if<Gossip>(&desk.left[seen].message)) one = m->statement;
            if (const auto* m = std::get_if<Join>(&desk.left[seen].message)) one = m->announcement;
            if (one == nullptr || one->statement.id.origin != PeerId{0}) continue;
            const auto [at, fresh] = said.emplace(one->statement.id.sequence, one->signature);
            EXPECT_TRUE(fresh || at->second == one->signature) << one->statement.id.sequence;
        }
    };
    desk.start();
    std::uint32_t number = 0;
    for (int i = 0; i < 2'000; ++i) {
        desk.now = desk.now + base::milliseconds(static_cast<std::int64_t>(rng.below(5'000)));
        desk.run_until(desk.now);
        switch (rng.below(8)) {
            case 0: desk.request(sim::phantom_notice(kib(1))); break;
            case 1: desk.request(desk.object(++number, kib(40))); break;
            case 2: desk.disk_is = DiskIs::slow; break;
            case 3: desk.write_all(), desk.disk_is = DiskIs::prompt; break;
            case 4:
                if (rng.below(4) == 0) desk.fail_all();
                break;
            case 5:
                if (rng.below(3) == 0) desk.restart();
                break;
            case 6: desk.join(1); break;
            default: desk.receive(1, SyncAsk{std::make_shared<const std::vector<Heard>>(), false}); break;
        }
        read_lips();
    }
    EXPECT_GT(said.size(), 100u);
}

TEST(NodeDisk, RefusesAnObjectThatDoesNotFit) {
    Desk desk(generous(kib(200)));
    desk.start();
    desk.request(desk.object(1, kib(150)));
    desk.request(desk.object(2, kib(51)));
    ASSERT_EQ(desk.reported(What::put_refused).size(), 1u);
    EXPECT_EQ(desk.reported(What::put_refused)[0].reason, Reason::disk_full);
    desk.request(desk.object(3, kib(50)));
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 2u);
    EXPECT_EQ(desk.node->disk_used(), kib(200));
}

/// Answers every question for these objects at once.
void answer(Desk& desk, const std::vector<Put>& objects) {
    for (std::size_t i = 0; i < desk.left.size(); ++i) {
        const Left question = desk.left[i];
        for (const Put& each : objects) {
            const Manifest& manifest = *each.manifest;
            const auto* wanted = std::get_if<FetchManifest>(&question.message);
            const auto* chunk = std::get_if<FetchChunk>(&question.message);
            if (wanted != nullptr && wanted->object == manifest.object)
                desk.receive(1, ManifestReply{each.manifest});
            if (chunk != nullptr && chunk->object == manifest.object)
                desk.receive(1, desk.chunk_of(manifest, chunk->index));
        }
    }
    desk.left.clear();
}

TEST(NodeDisk, KeepsCopiesForOthersWithinWhatItsOwnerLends) {
    for (const bool lies : {false, true}) {
        Desk desk(generous(kib(300)), 2);
        desk.start();
        desk.join(1);
        std::vector<Put> objects;
        for (std::uint32_t i = 0; i < 10; ++i) objects.push_back(desk.object(i, kib(64), 1));
        std::uint32_t said = 1;
        for (const Put& each : objects) {
            const base::Bytes size = lies ? base::Bytes{100} : each.manifest->size;
            desk.receive(
                1, Gossip{desk.said_by(1, ++said, Holding{each.manifest->object, size, Custody::author}), 1});
        }
        for (int second = 0; second < 600; ++second) {
            desk.run_for(seconds(1));
            answer(desk, objects);
            desk.receive(1, KeepAlive{});
            ASSERT_LE(desk.node->disk_used().count, kib(300).count);
        }
        EXPECT_EQ(desk.reported(What::stored).size(), 4u) << "four times 64 KiB fit into 300";
        EXPECT_EQ(desk.node->disk_used(), kib(256));
        desk.restart();
        EXPECT_EQ(desk.node->disk_used(), kib(256)) << "and it is counted alike after a restart";
    }
}

/// Everything that was on its way while the disk was full is fetched once it is not.
TEST(NodeDisk, FetchesAgainWhatItCouldNotWriteDown) {
    for (const bool read : {false, true}) {
        Desk desk(generous(), 2);
        desk.start();
        desk.join(1);
        const Put object = desk.object(1, kib(64), 1);
        const Holding holding{object.manifest->object, kib(64), Custody::author};
        desk.receive(1, Gossip{desk.said_by(1, 2, holding), 1});
        if (read) desk.request(Get{object.manifest->object});
        desk.disk_is = DiskIs::failing;
        std::size_t asked = 0;
        const auto live = [&](base::Duration time) {
            for (const base::Instant end = desk.now + time; desk.now < end;) {
                desk.run_for(seconds(10));
                asked += desk.sent<FetchManifest>().size() + desk.sent<FetchChunk>().size();
                answer(desk, {object});
                desk.receive(1, KeepAlive{});
            }
        };
        live(base::hours(3));
        EXPECT_EQ(desk.node->shelf().size(), 0u);
        EXPECT_EQ(desk.node->disk_used(), base::Bytes{0});
        EXPECT_GE(asked, 1u);
        EXPECT_LE(asked, 8u) << "a few questions an hour, not one after the other";
        desk.disk_is = DiskIs::prompt;
        live(base::hours(1) + minutes(2));
        EXPECT_TRUE(desk.node->shelf().whole(object.manifest->object));
        EXPECT_EQ(desk.reported(read ? What::got : What::stored).size(), 1u);
    }
}

TEST(NodeDisk, GoesOnWithThePartsOfAnEarlierLife) {
    Desk desk(generous(), 2);
    const Put object = desk.object(1, kib(320), 1);
    const Holding holding{object.manifest->object, object.manifest->size, Custody::author};
    std::multiset<std::uint16_t> asked;
    const auto live = [&](int answers) {
        desk.join(1);
        desk.receive(1, Gossip{desk.said_by(1, 2, holding), 1});
        desk.run_for(seconds(3));
        for (std::size_t i = 0; i < desk.left.size() && answers > 0; ++i) {
            const Left question = desk.left[i];
            if (std::holds_alternative<FetchManifest>(question.message))
                desk.receive(1, ManifestReply{object.manifest});
            const auto* chunk = std::get_if<FetchChunk>(&question.message);
            if (chunk == nullptr) continue;
            asked.insert(chunk->index);
            desk.receive(1, desk.chunk_of(*object.manifest, chunk->index));
            desk.run_for(seconds(1));
            --answers;
        }
        desk.left.clear();
    };
    desk.start();
    live(4);
    desk.restart();
    desk.run_for(seconds(30));  // in which nobody tells it what it fetched and why
    live(100);
    EXPECT_EQ(asked, (std::multiset<std::uint16_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})) << "none of them twice";
    EXPECT_EQ(desk.reported(What::stored).size(), 1u);
}

TEST(NodeDisk, DropsThePartsThatNobodyWantsAnyMore) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    desk.request(desk.object(1, kib(100)));
    desk.write_step();
    desk.restart();
    desk.disk_is = DiskIs::prompt;
    EXPECT_EQ(desk.node->disk_used(), kib(100));
    desk.run_for(minutes(12));
    EXPECT_EQ(desk.node->disk_used(), base::Bytes{0}) << "it was never acknowledged";
    EXPECT_TRUE(desk.reported(What::put_accepted).empty());
}

TEST(NodeDisk, TakesAnObjectAgainThatACrashCutShort) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    const Put object = desk.object(1, kib(100));
    desk.request(object);
    desk.write_step();
    desk.restart();
    desk.disk_is = DiskIs::prompt;
    desk.request(object);
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_EQ(desk.node->disk_used(), kib(100));
}

TEST(NodeDisk, FreesWhatItCounted) {
    Desk desk(generous(kib(300)), 1);
    desk.start();
    desk.join(1);
    const Put object = desk.object(1, kib(64), 1);
    desk.request(Get{object.manifest->object});
    std::uint32_t said = 1;
    desk.receive(
        1, Gossip{desk.said_by(1, ++said, Holding{object.manifest->object, kib(64), Custody::keeper}), 1});
    for (int second = 0; second < 40; ++second) {
        desk.run_for(seconds(1));
        answer(desk, {object});
    }
    ASSERT_EQ(desk.reported(What::got).size(), 1u);
    EXPECT_EQ(desk.node->disk_used(), kib(64));
    for (int minute = 0; minute < 35; ++minute) {
        desk.run_for(minutes(1));
        desk.receive(1, KeepAlive{});
    }
    EXPECT_EQ(desk.reported(What::released).size(), 1u) << "a copy that was read is kept half an hour";
    EXPECT_EQ(desk.node->disk_used(), base::Bytes{0});
}

TEST(NodeDisk, GivesAReaderItsOwnObjectWhenItIsPutWhileItIsFetched) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    const Put object = desk.object(1, kib(64));
    desk.request(Get{object.manifest->object});
    desk.run_for(seconds(2));
    desk.request(object);
    desk.run_for(seconds(2));
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_EQ(desk.reported(What::got).size(), 1u);
}

std::vector<Custody> said_of(const Desk& desk, const base::Digest& object) {
    std::vector<Custody> said;
    for (const auto& [to, gossip] : desk.sent<Gossip>()) {
        const auto* const holding = std::get_if<Holding>(&gossip.statement->statement.body);
        if (holding != nullptr && holding->object == object) said.push_back(holding->custody);
    }
    return said;
}

TEST(NodeDisk, TakesItsWordBackForACopyThatRotted) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    const Put object = desk.object(1, kib(100));
    const base::Digest name = object.manifest->object;
    desk.request(object);
    desk.request(desk.object(2, kib(40)));
    desk.forget();
    desk.damage(name);
    desk.damage(name);
    desk.run_for(seconds(1));
    EXPECT_EQ(said_of(desk, name), std::vector<Custody>{Custody::released});
    ASSERT_EQ(desk.reported(What::released).size(), 1u);
    EXPECT_EQ(desk.reported(What::released)[0].object, name);
    EXPECT_EQ(desk.node->shelf().find(name), nullptr);
    EXPECT_EQ(desk.node->disk_used(), kib(40)) << "the other one is sound";
    desk.restart();
    EXPECT_EQ(desk.node->shelf().find(name), nullptr) << "nor comes it back";
}

TEST(NodeDisk, FetchesAgainWhatRottedIfItIsItsTurnToKeepIt) {
    Desk desk(generous(), 2);
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    const Put object = desk.object(1, kib(40));
    const Manifest& manifest = *object.manifest;
    desk.request(object);
    desk.receive(1, Gossip{desk.said_by(1, 2, Holding{manifest.object, manifest.size, Custody::keeper}), 1});
    desk.run_for(seconds(10));
    desk.forget();
    desk.damage(manifest.object);
    desk.run_for(seconds(10));
    ASSERT_FALSE(desk.sent<FetchManifest>().empty());
    EXPECT_EQ(desk.sent<FetchManifest>()[0].first, PeerId{1});
}

TEST(NodeDisk, BeginsAWishAnewWhenWhatHadComeOfItRotted) {
    Desk desk(generous());
    desk.start();
    desk.join(1);
    desk.run_for(seconds(1));
    const Put object = desk.object(1, kib(60), 1);
    const Manifest& manifest = *object.manifest;
    desk.receive(1, Gossip{desk.said_by(1, 2, Holding{manifest.object, manifest.size, Custody::author}), 1});
    desk.request(Get{manifest.object});
    desk.run_for(seconds(1));
    desk.receive(1, ManifestReply{object.manifest});
    desk.receive(1, desk.chunk_of(manifest, 0));
    desk.forget();
    desk.damage(manifest.object);
    desk.run_for(seconds(1));
    EXPECT_FALSE(desk.sent<FetchManifest>().empty());
    desk.receive(1, ManifestReply{object.manifest});
    desk.receive(1, desk.chunk_of(manifest, 0));
    desk.receive(1, desk.chunk_of(manifest, 1));
    EXPECT_EQ(desk.reported(What::got).size(), 1u);
}

TEST(NodeDisk, LetsNothingGoWhileTheDiskIsInTrouble) {
    Desk desk(generous());
    desk.start();
    const Put object = desk.object(1, kib(40));
    desk.request(object);
    desk.disk_is = DiskIs::failing;
    desk.request(sim::phantom_notice(kib(1)));
    ASSERT_TRUE(desk.node->disk_trouble());
    desk.damage(object.manifest->object);
    EXPECT_TRUE(desk.node->shelf().whole(object.manifest->object));
    EXPECT_TRUE(desk.reported(What::released).empty());
}

TEST(NodeDisk, DoesNotTakeBackAWordThatIsOnlyBeingWritten) {
    Desk desk(generous());
    desk.start();
    desk.disk_is = DiskIs::slow;
    const Put object = desk.object(1, kib(40));
    desk.request(object);
    desk.damage(object.manifest->object);
    desk.write_all();
    desk.damage({});
    EXPECT_EQ(desk.reported(What::put_accepted).size(), 1u);
    EXPECT_TRUE(desk.node->shelf().whole(object.manifest->object));
}

}  // namespace
}  // namespace coop::protocol::test

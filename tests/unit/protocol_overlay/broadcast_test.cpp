#include "engine/protocol/broadcast/broadcast.hpp"

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::milliseconds;
using base::seconds;
using broadcast::hops_unpushed;

struct BroadcastTest : testing::Test {
    Config config;
    policy::Plumtree tree;  // as everybody has it
    Bench bench;
    TreeBoard board{peer(0), config};

    BroadcastTest() {
        PeerList four;
        for (std::uint32_t i = 1; i <= 4; ++i) four.push_back(peer(i));
        board.broadcast.neighbours(four);
    }
    bool receive(std::uint32_t from, const Message& message) {
        bench.out.clear();
        Env env = bench.env();
        return board.receive(peer(from), message, env);
    }
    void pass(base::Duration time) {
        bench.out.clear();
        bench.now += time;
        Env env = bench.env();
        board.due(env);
    }
};

TEST_F(BroadcastTest, ForwardsEagerlyAndAnnouncesLazily) {
    receive(4, Prune{});
    EXPECT_TRUE(receive(1, Gossip{notice(9, 1), 3}));
    const auto payloads = bench.sent<Gossip>();
    ASSERT_EQ(payloads.size(), 2u);
    EXPECT_EQ(payloads[0].first, peer(2));
    EXPECT_EQ(payloads[0].second.hops, 4u);
    EXPECT_EQ(payloads[1].first, peer(3));
    ASSERT_EQ(bench.sent<IHave>().size(), 1u);
    EXPECT_EQ(bench.sent<IHave>()[0].first, peer(4));
}

TEST_F(BroadcastTest, PrunesWhoSendsWhatIsKnown) {
    EXPECT_TRUE(receive(1, Gossip{notice(9, 1), 1}));
    EXPECT_FALSE(receive(2, Gossip{notice(9, 1), 1}));
    ASSERT_EQ(bench.sent<Prune>().size(), 1u);
    EXPECT_EQ(bench.reported(What::duplicate), 1u);
    EXPECT_TRUE(board.broadcast.lazy().contains(peer(2)));
    EXPECT_FALSE(receive(7, Gossip{notice(9, 1), 1}));
    EXPECT_TRUE(bench.sent<Prune>().empty()) << "no link, nothing to prune";
}

TEST_F(BroadcastTest, AsksTheNextAnnouncerWhenTheTreeIsSilent) {
    receive(2, Prune{}), receive(3, Prune{});
    receive(2, IHave{{peer(9), 1}, 2});
    receive(3, IHave{{peer(9), 1}, 2});
    EXPECT_TRUE(bench.sent<Graft>().empty());
    EXPECT_EQ(board.deadline(), bench.now + tree.graft_after);
    pass(tree.graft_after);
    ASSERT_EQ(bench.sent<Graft>().size(), 1u);
    EXPECT_EQ(bench.sent<Graft>()[0].first, peer(2));
    EXPECT_TRUE(board.broadcast.eager().contains(peer(2))) << "the tree is mended";
    pass(tree.graft_again);
    EXPECT_EQ(bench.sent<Graft>()[0].first, peer(3));
    pass(tree.graft_again);
    EXPECT_EQ(board.broadcast.missing(), 0u) << "nobody is left to ask";
    EXPECT_TRUE(board.deadline().is_never());
}

TEST_F(BroadcastTest, DoesNotAskForWhatComesInTime) {
    receive(2, IHave{{peer(9), 1}, 2});
    EXPECT_TRUE(receive(1, Gossip{notice(9, 1), 1}));
    EXPECT_EQ(board.broadcast.missing(), 0u);
    EXPECT_TRUE(board.deadline().is_never());
    receive(3, IHave{{peer(9), 1}, 2});
    EXPECT_EQ(board.broadcast.missing(), 0u) << "known already";
}

TEST_F(BroadcastTest, AnswersAGraftAndPushesFromThenOn) {
    receive(2, Prune{});
    receive(1, Gossip{notice(9, 1), 1});
    receive(2, Graft{{peer(9), 1}});
    ASSERT_EQ(bench.sent<Gossip>().size(), 1u);
    EXPECT_EQ(bench.sent<Gossip>()[0].second.hops, 2u);
    EXPECT_TRUE(board.broadcast.eager().contains(peer(2)));
    receive(2, Graft{{peer(9), 77}});
    EXPECT_TRUE(bench.sent<Gossip>().empty());
    receive(8, Graft{{peer(9), 1}});
    EXPECT_TRUE(bench.sent<Gossip>().empty()) << "strangers are not served";
}

TEST_F(BroadcastTest, AnnouncesOldNewsOnEveryLinkAndLeavesTheTreeAlone) {
    EXPECT_TRUE(receive(1, Gossip{notice(9, 1), hops_unpushed}));
    EXPECT_TRUE(bench.sent<Gossip>().empty());
    EXPECT_EQ(bench.sent<IHave>().size(), 3u);
    for (const auto& [to, announced] : bench.sent<IHave>()) EXPECT_EQ(announced.hops, hops_unpushed);
    receive(2, Graft{{peer(9), 1}});
    EXPECT_EQ(bench.sent<Gossip>()[0].second.hops, hops_unpushed);

    receive(3, Gossip{notice(9, 1), 5});
    EXPECT_TRUE(bench.sent<Prune>().empty())
        << "that it came by catching up first says nothing against the tree";
    EXPECT_EQ(board.broadcast.eager().size(), 4u);
}

TEST_F(BroadcastTest, AsksForOldNewsAtOnceAndOnlyOnce) {
    receive(2, Prune{});
    receive(2, IHave{{peer(9), 1}, hops_unpushed});
    EXPECT_EQ(bench.sent<Graft>().size(), 1u);
    EXPECT_TRUE(board.broadcast.lazy().contains(peer(2)));
    receive(3, IHave{{peer(9), 1}, hops_unpushed});
    EXPECT_TRUE(bench.sent<Graft>().empty());
    pass(tree.graft_again);
    EXPECT_EQ(bench.sent<Graft>()[0].first, peer(3)) << "when the first does not answer";
}

TEST_F(BroadcastTest, KeepsQuietlyWhatAWokenMemberFetches) {
    Env env = bench.env();
    EXPECT_TRUE(board.broadcast.keep(peer(1), Gossip{notice(9, 1), hops_unpushed}, {board.log, nobody}, env));
    EXPECT_TRUE(bench.out.effects().empty());
    EXPECT_NE(board.log.find({peer(9), 1}), nullptr);
    receive(2, IHave{{peer(9), 2}, hops_unpushed});
    Env later = bench.env();
    EXPECT_TRUE(
        board.broadcast.keep(peer(2), Gossip{notice(9, 2), hops_unpushed}, {board.log, nobody}, later));
    EXPECT_EQ(bench.sent<IHave>().size(), 3u) << "what a neighbour announces is news, to be announced on";
}

TEST_F(BroadcastTest, ForgetsNeighboursThatAreGone) {
    receive(2, Prune{});
    receive(2, IHave{{peer(9), 1}, 2});
    PeerList left;
    left.push_back(peer(1)), left.push_back(peer(5));
    board.broadcast.neighbours(left);
    EXPECT_EQ(board.broadcast.eager(), left);
    EXPECT_TRUE(board.broadcast.lazy().empty());
    pass(tree.graft_after);
    EXPECT_TRUE(bench.sent<Graft>().empty());
    EXPECT_EQ(board.broadcast.missing(), 0u);
}

TEST_F(BroadcastTest, InventedAnnouncementsCannotCrowdOutOthers) {
    for (std::uint32_t i = 1; i <= 5000; ++i) receive(1, IHave{{peer(9), i}, 1});
    EXPECT_EQ(board.broadcast.missing(), config.broadcast.missing_max / 2);
    receive(2, IHave{{peer(8), 1}, 1});
    EXPECT_EQ(board.broadcast.missing(), config.broadcast.missing_max / 2 + 1);
    for (std::uint32_t i = 1; i <= 5000; ++i) receive(1 + i % 4, IHave{{peer(10 + i % 50), i}, 1});
    EXPECT_LE(board.broadcast.missing(), config.broadcast.missing_max);
}

TEST(Broadcast, GoesRoundACutLinkByTheOtherWay) {
    Village<TreeBoard> village(3);
    link(village, {{0, 1}, {1, 2}, {0, 2}});
    publish(village, 0, 1);
    village.run_for(seconds(10));
    village.cut(0, 2);
    publish(village, 0, 2);
    village.run_for(seconds(10));
    EXPECT_EQ(village.delivered(), 4u) << "two messages, two receivers each";
    village.forget_counts();
    publish(village, 0, 3);
    village.run_for(milliseconds(20));
    EXPECT_EQ(village.delivered(), 2u) << "the graft mended the tree: no waiting any more";
}

}  // namespace
}  // namespace coop::protocol::test

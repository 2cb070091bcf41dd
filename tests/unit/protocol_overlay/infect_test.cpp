#include "engine/protocol/broadcast/infect.hpp"

#include <gtest/gtest.h>

#include "engine/protocol/broadcast/broadcast.hpp"
#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using broadcast::hops_unpushed;

/// Knows 20 to 29, and says them in order.
class Ten final : public broadcast::Company {
  public:
    PeerList some(std::size_t count, PeerId except, Env&) const override {
        PeerList list;
        for (std::uint32_t i = 20; i < 30 && list.size() < count; ++i)
            if (peer(i) != except) list.push_back(peer(i));
        return list;
    }
};

/// A board with the neighbours 1 to 3.
struct Board {
    explicit Board(std::unique_ptr<policy::Gossip> way)
        : gossip(std::move(way)), log(config.broadcast, 100), broadcast(config.broadcast, *gossip) {
        PeerList three;
        for (std::uint32_t i = 1; i <= 3; ++i) three.push_back(peer(i));
        broadcast.neighbours(three);
    }
    template <class What>
    auto hear(std::uint32_t from, const What& message) {
        bench.out.clear();
        Env env = bench.env();
        if constexpr (std::is_same_v<What, Gossip>) return broadcast.on(peer(from), message, {log, ten}, env);
        if constexpr (std::is_same_v<What, Prune>) return broadcast.on(peer(from), message, env);
        if constexpr (std::is_same_v<What, IHave> || std::is_same_v<What, Graft>)
            return broadcast.on(peer(from), message, log, env);
    }
    std::vector<std::uint32_t> told() const {
        std::vector<std::uint32_t> peers;
        for (const auto& [to, message] : bench.sent<Gossip>()) peers.push_back(to.index);
        return peers;
    }

    Config config;
    std::unique_ptr<policy::Gossip> gossip;
    Bench bench;
    Ten ten;
    broadcast::StatementLog log;
    broadcast::Broadcast broadcast;
};

using Peers = std::vector<std::uint32_t>;

TEST(Flood, GoesAlongEveryLinkButTheOneItCameBy) {
    Board board(policy::make_flood());
    EXPECT_TRUE(board.hear(2, Gossip{notice(9, 1), 3}));
    EXPECT_EQ(board.told(), (Peers{1, 3}));
    EXPECT_EQ(board.bench.sent<Gossip>()[0].second.hops, 4u);
    EXPECT_TRUE(board.bench.sent<IHave>().empty());
}

TEST(Flood, IsPassedOnOnceAndPrunesNobody) {
    Board board(policy::make_flood());
    board.hear(2, Gossip{notice(9, 1), 3});
    EXPECT_FALSE(board.hear(1, Gossip{notice(9, 1), 3}));
    EXPECT_TRUE(board.told().empty());
    EXPECT_TRUE(board.bench.sent<Prune>().empty());
    EXPECT_EQ(board.bench.reported(What::duplicate), 1u);
    board.hear(3, Prune{});  // means nothing here
    board.hear(2, Gossip{notice(9, 2), 1});
    EXPECT_EQ(board.told(), (Peers{1, 3}));
}

TEST(Push, TellsAFewWhoAreNoNeighbours) {
    Board board(policy::make_push({.fanout = 4}));
    EXPECT_TRUE(board.hear(21, Gossip{notice(9, 1), 1}));
    EXPECT_EQ(board.told(), (Peers{20, 22, 23, 24}));
    EXPECT_FALSE(board.hear(1, Gossip{notice(9, 1), 1}));
    EXPECT_TRUE(board.told().empty()) << "who has told is done with it";
}

TEST(Push, TellsAllThatThereAreWhereTheyAreFewer) {
    Board board(policy::make_push({.fanout = 16}));
    Env env = board.bench.env();
    board.broadcast.publish(notice(0, 1), {board.log, board.ten}, env);
    EXPECT_EQ(board.told().size(), 10u);
    EXPECT_EQ(board.bench.sent<Gossip>()[0].second.hops, broadcast::first_hop);
    EXPECT_EQ(board.log.size(), 1u) << "its own is kept for others";
}

// What somebody brings from its sleep is announced to neighbours under every policy, and asked for at once.
TEST(Infect, AnnouncesWhatWasCaughtUpWith) {
    for (auto make :
         {+[] { return policy::make_flood(); }, +[] { return policy::make_push({.fanout = 2}); }}) {
        Board board(make());
        EXPECT_TRUE(board.hear(2, Gossip{notice(9, 1), hops_unpushed}));
        EXPECT_TRUE(board.told().empty());
        EXPECT_EQ(board.bench.sent<IHave>().size(), 2u);

        board.hear(1, IHave{{peer(9), 2}, hops_unpushed});
        ASSERT_EQ(board.bench.sent<Graft>().size(), 1u);
        EXPECT_EQ(board.bench.sent<Graft>()[0].first, peer(1));
        board.hear(3, IHave{{peer(9), 2}, hops_unpushed});
        EXPECT_TRUE(board.bench.sent<Graft>().empty()) << "one is asked at a time";
        board.bench.now = board.broadcast.deadline();
        Env env = board.bench.env();
        board.bench.out.clear();
        board.broadcast.on_deadline(board.log, env);
        ASSERT_EQ(board.bench.sent<Graft>().size(), 1u);
        EXPECT_EQ(board.bench.sent<Graft>()[0].first, peer(3)) << "the first did not answer";

        board.hear(3, Graft{{peer(9), 1}});
        EXPECT_EQ(board.told(), (Peers{3}));
        board.hear(7, Graft{{peer(9), 1}});
        EXPECT_TRUE(board.told().empty()) << "strangers are not served";
    }
}

TEST(Infect, ForgetsAnnouncersThatAreGone) {
    Board board(policy::make_flood());
    board.hear(1, IHave{{peer(9), 1}, hops_unpushed});
    board.hear(2, IHave{{peer(9), 1}, hops_unpushed});
    PeerList left;
    left.push_back(peer(3));
    board.broadcast.neighbours(left);
    board.bench.now = board.broadcast.deadline();
    Env env = board.bench.env();
    board.bench.out.clear();
    board.broadcast.on_deadline(board.log, env);
    EXPECT_TRUE(board.bench.sent<Graft>().empty());
    EXPECT_EQ(board.broadcast.missing(), 0u) << "nobody is left to ask";
    EXPECT_TRUE(board.broadcast.deadline().is_never());
}

}  // namespace
}  // namespace coop::protocol::test

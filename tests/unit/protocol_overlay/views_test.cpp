#include "engine/protocol/membership/views.hpp"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::Duration;
using base::hours;
using base::milliseconds;
using base::minutes;
using base::seconds;
using membership::Directory;
using membership::Views;

/// One board and whatever others say to it.
struct ViewsTest : testing::Test {
    MembershipConfig config;
    Bench bench;
    Directory directory{peer(0), config, base::days(4)};
    Views views{peer(0), config};
    SignedRef own = announcement(0, 1);
    base::SlimVector<PeerId> contacts;

    void wake() {
        Env env = bench.env();
        views.wake({directory, contacts, own}, env);
    }
    template <class Kind>
    void hear(std::uint32_t from, Kind message) {
        bench.out.clear();
        Env env = bench.env();
        views.heard_from(peer(from), bench.now);
        views.on(peer(from), message, env);
    }
    void pass(Duration time) {
        bench.out.clear();
        const base::Instant end = bench.now + time;
        while (views.deadline() <= end) {
            bench.now = std::max(bench.now, views.deadline());
            due();
        }
        bench.now = end;
    }
    void due() {
        Env env = bench.env();
        views.on_deadline({directory, contacts, own}, env);
    }
    void fill() {
        for (std::uint32_t i = 1; i <= config.active_max; ++i) hear(i, Neighbor{true});
    }
};

TEST_F(ViewsTest, JoinsThroughAContactAndLinksWhenItSaysYes) {
    contacts = {peer(7)};
    wake();
    ASSERT_EQ(bench.sent<Join>().size(), 1u);
    EXPECT_EQ(bench.sent<Join>()[0].first, peer(7));
    EXPECT_TRUE(views.active().empty());
    hear(7, NeighborReply{true});
    EXPECT_TRUE(views.is_active(peer(7)));
    EXPECT_EQ(bench.reported(What::link_up), 1u);
}

TEST_F(ViewsTest, TriesAnotherContactWhenOneIsSilentAndSlowsDown) {
    contacts = {peer(7), peer(8)};
    wake();
    pass(hours(1));
    std::size_t through[2] = {0, 0};
    for (const auto& [to, join] : bench.sent<Join>()) ++through[to.index - 7];
    EXPECT_GT(through[0], 5u);
    EXPECT_GT(through[1], 5u);
    // Both at once, and at the slowest a try takes the timeout and half of the longest pause.
    EXPECT_LT(through[0] + through[1], 2 * (3600u / (10 + 40) + 15));
}

TEST_F(ViewsTest, SendsANewcomerOnWalksFromAllItsNeighbours) {
    wake();
    hear(1, Neighbor{}), hear(2, Neighbor{}), hear(3, Neighbor{});
    hear(9, Join{announcement(9, 1)});
    EXPECT_TRUE(views.is_active(peer(9)));
    ASSERT_EQ(bench.sent<NeighborReply>().size(), 1u);
    EXPECT_TRUE(bench.sent<NeighborReply>()[0].second.accepted);
    const auto walks = bench.sent<ForwardJoin>();
    ASSERT_EQ(walks.size(), 3u);
    for (const auto& [to, walk] : walks) {
        ASSERT_NE(to, peer(9));
        EXPECT_EQ(walk.newcomer, peer(9));
        EXPECT_EQ(walk.ttl, config.active_walk);
    }
    hear(9, Join{announcement(9, 1)});
    EXPECT_TRUE(bench.sent<ForwardJoin>().empty()) << "repeating it brings no second set of walks";
}

TEST_F(ViewsTest, AFullBoardLetsOneNeighbourGoForANewcomer) {
    wake();
    fill();
    hear(9, Join{announcement(9, 1)});
    EXPECT_EQ(views.active().size(), config.active_max);
    EXPECT_TRUE(views.is_active(peer(9)));
    const auto farewells = bench.sent<Disconnect>();
    ASSERT_EQ(farewells.size(), 1u);
    EXPECT_EQ(farewells[0].second.why, Farewell::replaced);
    EXPECT_TRUE(std::ranges::count(views.passive(), farewells[0].first)) << "and remembers it";
}

TEST_F(ViewsTest, RefusesWhenFullUnlessAskedUrgently) {
    wake();
    fill();
    hear(8, Neighbor{false});
    EXPECT_FALSE(bench.sent<NeighborReply>()[0].second.accepted);
    EXPECT_FALSE(views.is_active(peer(8)));
    hear(8, Neighbor{true});
    EXPECT_TRUE(bench.sent<NeighborReply>()[0].second.accepted);
    EXPECT_EQ(views.active().size(), config.active_max);
}

TEST_F(ViewsTest, AWalkEndsWhereItsTimeIsOverAndIsRememberedOnTheWay) {
    wake();
    hear(1, Neighbor{}), hear(2, Neighbor{});
    hear(1, ForwardJoin{peer(9), announcement(9, 1), config.passive_walk});
    EXPECT_EQ(std::ranges::count(views.passive(), peer(9)), 1);
    ASSERT_EQ(bench.sent<ForwardJoin>().size(), 1u);
    EXPECT_EQ(bench.sent<ForwardJoin>()[0].first, peer(2)) << "not back to where it came from";
    hear(1, ForwardJoin{peer(9), announcement(9, 1), 0});
    ASSERT_EQ(bench.sent<Neighbor>().size(), 1u);
    EXPECT_TRUE(bench.sent<Neighbor>()[0].second.urgent);
    EXPECT_FALSE(views.is_active(peer(9))) << "not before it says yes";
    hear(9, NeighborReply{true});
    EXPECT_TRUE(views.is_active(peer(9)));
}

TEST_F(ViewsTest, CapsWhatAStrangerOrAnExaggeratorMayCause) {
    wake();
    hear(1, Neighbor{}), hear(2, Neighbor{});
    hear(1, ForwardJoin{peer(9), announcement(9, 1), 255});
    EXPECT_EQ(bench.sent<ForwardJoin>()[0].second.ttl, config.active_walk - 1);
    hear(1, Shuffle{peer(9), 255, {}});
    EXPECT_EQ(bench.sent<Shuffle>()[0].second.ttl, config.shuffle_ttl - 1);
    hear(77, ForwardJoin{peer(9), announcement(9, 1), 0});
    hear(77, Shuffle{peer(9), 3, {}});
    EXPECT_TRUE(bench.out.effects().empty()) << "walks come along links only";
    const auto before = views.passive().size();
    PeerList invented;
    for (std::uint32_t i = 100; i < 110; ++i) invented.push_back(peer(i));
    hear(77, ShuffleReply{invented});
    EXPECT_EQ(views.passive().size(), before) << "nobody asked";
    hear(0, Join{own}), hear(0, Neighbor{true}), hear(0, KeepAlive{});
    EXPECT_FALSE(views.is_active(peer(0)));
}

TEST_F(ViewsTest, RemembersABoundedNumberOfDistinctOthers) {
    wake();
    hear(1, Neighbor{});
    for (std::uint32_t i = 0; i < 100; ++i) {
        PeerList peers;
        peers.push_back(peer(0)), peers.push_back(peer(1)), peers.push_back(PeerId::none());
        for (std::uint32_t k = 0; k < 5; ++k) peers.push_back(peer(100 + (i * 3 + k) % 70));
        hear(1, Shuffle{peer(50 + i % 40), 1, peers});
        std::vector<PeerId> sorted(views.passive().begin(), views.passive().end());
        std::ranges::sort(sorted);
        ASSERT_LE(sorted.size(), config.passive_max);
        ASSERT_TRUE(std::ranges::adjacent_find(sorted) == sorted.end());
        ASSERT_FALSE(std::ranges::count(sorted, peer(0)) || std::ranges::count(sorted, peer(1)));
        ASSERT_FALSE(std::ranges::count(sorted, PeerId::none()));
    }
    EXPECT_EQ(views.passive().size(), config.passive_max);
}

TEST_F(ViewsTest, NoticesABrokenLinkByTime) {
    wake();
    hear(1, Neighbor{}), hear(2, Neighbor{});
    const base::Instant last = bench.now;
    for (int i = 0; i < 3; ++i) {
        pass(seconds(14));
        hear(2, KeepAlive{});
        ASSERT_TRUE(views.is_active(peer(1)));
    }
    pass(last + config.link_silent_max - bench.now);
    EXPECT_FALSE(views.is_active(peer(1)));
    EXPECT_TRUE(views.is_active(peer(2)));
    EXPECT_EQ(bench.reported(What::link_down), 1u);
}

TEST_F(ViewsTest, SpeaksOnEveryLinkWithinTheKeepAliveInterval) {
    wake();
    fill();
    base::Instant last = bench.now;
    for (int i = 0; i < 20; ++i) {
        pass(seconds(5));
        for (std::uint32_t k = 1; k <= config.active_max; ++k) views.heard_from(peer(k), bench.now);
        const auto spoken = bench.sent<KeepAlive>();
        if (spoken.empty()) continue;
        EXPECT_EQ(spoken.size(), config.active_max);
        EXPECT_LE(bench.now - last, config.keep_alive_every + seconds(5));
        last = bench.now;
    }
    EXPECT_GE(last, bench.now - config.keep_alive_every);
}

TEST_F(ViewsTest, ALinkThatOneEndHoldsIsTakenOrEnded) {
    wake();
    hear(1, KeepAlive{});
    EXPECT_TRUE(views.is_active(peer(1))) << "there was room";
    fill();
    hear(9, KeepAlive{});
    EXPECT_FALSE(views.is_active(peer(9)));
    ASSERT_EQ(bench.sent<Disconnect>().size(), 1u);
    EXPECT_EQ(bench.sent<Disconnect>()[0].first, peer(9));
    hear(9, NeighborReply{true});
    EXPECT_EQ(bench.sent<Disconnect>().size(), 1u) << "a late yes, too";
}

TEST_F(ViewsTest, SaysFarewellToAllAndRemembersThemForTomorrow) {
    wake();
    fill();
    bench.out.clear();
    Env env = bench.env();
    views.sleep(Farewell::sleeping, env);
    EXPECT_EQ(bench.sent<Disconnect>().size(), config.active_max);
    EXPECT_EQ(views.passive().size(), config.active_max);
    EXPECT_TRUE(views.deadline().is_never());
    hear(1, Neighbor{true}), hear(2, Join{announcement(2, 1)}), hear(3, KeepAlive{});
    EXPECT_TRUE(bench.out.effects().empty()) << "asleep";
    bench.out.clear();
    wake();
    EXPECT_EQ(bench.sent<Join>().size(), 1u) << "through one of them, without any contact";
}

TEST_F(ViewsTest, AsksOnlyThoseThatShouldBeAwake) {
    const Announcement afternoon{.hours = {hours(14), hours(3)}, .disk = {}};
    Env env = bench.env();
    for (std::uint32_t i = 1; i <= 20; ++i) directory.on_announcement(announcement(i, 1, {}, afternoon), env);
    directory.on_announcement(announcement(21, 1, {}, {.hours = {hours(0), hours(3)}, .disk = {}}), env);
    contacts = {peer(3)};
    wake();
    ASSERT_EQ(bench.sent<Join>().size(), 1u);
    EXPECT_EQ(bench.sent<Join>()[0].first, peer(21));
    hear(21, NeighborReply{true});
    pass(seconds(40));
    EXPECT_TRUE(bench.sent<Neighbor>().empty()) << "nobody else is awake";
}

TEST_F(ViewsTest, ForgetsWhoLeavesForGood) {
    wake();
    hear(1, Neighbor{}), hear(2, Neighbor{});
    hear(1, Disconnect{Farewell::leaving});
    hear(2, Disconnect{Farewell::sleeping});
    EXPECT_TRUE(views.active().empty());
    EXPECT_EQ(std::ranges::count(views.passive(), peer(1)), 0);
    EXPECT_EQ(std::ranges::count(views.passive(), peer(2)), 1);
}

// --- a whole village -------------------------------------------------------------------------------------

std::size_t reachable_from_first(const Village<OverlayBoard>& village) {
    std::vector<bool> reached(village.size(), false);
    std::vector<std::uint32_t> queue{0};
    reached[0] = true;
    for (std::size_t i = 0; i < queue.size(); ++i) {
        for (const PeerId next : village.board(queue[i]).views.active()) {
            if (!reached[next.index]) reached[next.index] = true, queue.push_back(next.index);
        }
    }
    return queue.size();
}

std::size_t one_sided_links(const Village<OverlayBoard>& village) {
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < village.size(); ++i) {
        for (const PeerId next : village.board(i).views.active()) {
            count += village.board(next.index).views.is_active(peer(i)) ? 0 : 1;
        }
    }
    return count;
}

void wake_all(Village<OverlayBoard>& village, Duration between) {
    for (std::uint32_t i = 0; i < village.size(); ++i) {
        village.act(i, "wakes", [&](OverlayBoard& board, Env& env) {
            board.wake(i == 0 ? std::vector<PeerId>{} : std::vector<PeerId>{peer(0)}, env);
        });
        village.run_for(between);
    }
}

TEST(Village, AllFindEachOtherThroughOneContact) {
    for (const std::size_t count : {2u, 3u, 6u, 7u, 40u}) {
        Village<OverlayBoard> village(count);
        wake_all(village, milliseconds(500));
        village.run_for(minutes(10));
        EXPECT_EQ(reachable_from_first(village), count);
        EXPECT_EQ(one_sided_links(village), 0u);
        for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(village.board(i).directory.size(), count);
    }
}

TEST(Village, ThatWakesAtOnceIsOneVillage) {
    Village<OverlayBoard> village(40);
    wake_all(village, Duration::zero());
    village.run_for(minutes(5));
    EXPECT_EQ(reachable_from_first(village), 40u);
    EXPECT_EQ(one_sided_links(village), 0u);
}

TEST(Village, APartitionHealsByItself) {
    Config config;
    config.content.failed_after = hours(2);
    for (const Duration apart :
         {minutes(2), hours(1), hours(5)}) {  // the last: each half calls the other failed
        Village<OverlayBoard> village(24, config);
        wake_all(village, milliseconds(500));
        village.run_for(minutes(10));
        for (std::uint32_t a = 0; a < 12; ++a) {
            for (std::uint32_t b = 12; b < 24; ++b) village.cut(a, b);
        }
        village.run_for(apart);
        village.mend();
        village.run_for(minutes(30));  // three times as long as a silent member is left alone
        EXPECT_EQ(reachable_from_first(village), 24u) << apart.seconds();
        EXPECT_EQ(one_sided_links(village), 0u);
        for (std::uint32_t i = 0; i < 24; ++i) {
            for (std::uint32_t k = 0; k < 24; ++k) ASSERT_FALSE(village.board(i).directory.failed(peer(k)));
        }
    }
}

TEST(Village, IslandsThatKnowNothingOfEachOtherMeetThroughAContact) {
    Village<OverlayBoard> village(20);
    for (std::uint32_t i = 0; i < 20; ++i) {
        village.act(i, "wakes", [&](OverlayBoard& board, Env& env) { board.wake({peer(i / 10 * 10)}, env); });
    }
    village.run_for(minutes(5));
    EXPECT_EQ(reachable_from_first(village), 10u);
    village.act(13, "sleeps", [](OverlayBoard& board, Env& env) { board.sleep(env); });
    village.act(13, "wakes", [](OverlayBoard& board, Env& env) { board.wake({peer(3)}, env); });
    village.run_for(minutes(2));
    EXPECT_EQ(reachable_from_first(village), 20u);
    for (std::uint32_t i = 0; i < 20; ++i) ASSERT_EQ(village.board(i).directory.size(), 20u);
}

TEST(Village, ABoardThatRestartsIsLinkedAgain) {
    Village<OverlayBoard> village(20);
    wake_all(village, milliseconds(500));
    village.run_for(minutes(10));
    village.act(5, "crashes and wakes", [](OverlayBoard& board, Env& env) {
        const std::uint32_t said = board.sequence;
        board = OverlayBoard(board.self, *board.config);
        board.sequence = said;
        board.wake({peer(0)}, env);
    });
    village.run_for(seconds(5));
    EXPECT_GE(village.board(5).views.active().size(), 3u);
    village.run_for(minutes(2));
    EXPECT_EQ(one_sided_links(village), 0u);
    EXPECT_EQ(village.board(5).directory.size(), 20u);
}

}  // namespace
}  // namespace coop::protocol::test

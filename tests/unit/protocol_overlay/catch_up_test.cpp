#include "engine/protocol/sync/catch_up.hpp"

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::Duration;
using base::hours;
using base::milliseconds;
using base::minutes;
using base::seconds;

void wake(Village<OverlayBoard>& village, std::uint32_t i, std::uint32_t through) {
    village.act(i, "wakes", [&](OverlayBoard& board, Env& env) {
        board.wake(through == i ? std::vector<PeerId>{} : std::vector<PeerId>{peer(through)}, env);
    });
}
void sleep(Village<OverlayBoard>& village, std::uint32_t i) {
    village.act(i, "sleeps", [](OverlayBoard& board, Env& env) { board.sleep(env); });
}
void publish(Village<OverlayBoard>& village, std::uint32_t i, std::uint32_t count) {
    village.act(i, "publishes", [&](OverlayBoard& board, Env& env) {
        for (std::uint32_t k = 0; k < count; ++k) board.publish(notice(i, ++board.sequence, env.now), env);
    });
}
std::size_t who_have(const Village<OverlayBoard>& village, StatementId id) {
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < village.size(); ++i)
        count += village.board(i).log.find(id) != nullptr ? 1 : 0;
    return count;
}

struct CatchUpTest : testing::Test {
    void rise(Village<OverlayBoard>& village, std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t i = first; i <= last; ++i) {
            wake(village, i, first);
            village.run_for(milliseconds(500));
        }
        village.run_for(minutes(2));
    }
};

TEST_F(CatchUpTest, AWokenBoardFetchesWhatItMissedOnce) {
    Village<OverlayBoard> village(12);
    rise(village, 0, 10);
    publish(village, 3, 50);
    village.run_for(seconds(20));
    village.forget_counts();
    wake(village, 11, 0);
    village.run_for(seconds(30));
    EXPECT_EQ(village.board(11).log.size(), village.board(0).log.size());
    // Each of the 61 statements goes to it once; its own announcement goes to eleven. A join brings its
    // announcement in person, so some of these payloads are saved.
    EXPECT_LE(village.sent<Gossip>(), 61u + 11);
    // What the awake have, nobody announces: only the newcomer's own announcement is, on both ends of each
    // link.
    EXPECT_LE(village.sent<IHave>(), 2u * 5 * 12);
}

TEST_F(CatchUpTest, NewsOfTheShiftBeforeReachesAllWhoAreAwake) {
    Village<OverlayBoard> village(21);
    rise(village, 0, 1);  // the evening shift: 0 and 1
    publish(village, 0, 30);
    village.run_for(seconds(30));
    EXPECT_EQ(who_have(village, {peer(0), 31}), 2u);
    sleep(village, 0), sleep(village, 1);

    rise(village, 2, 20);  // the night shift has met neither
    EXPECT_EQ(who_have(village, {peer(0), 31}), 2u);
    village.forget_counts();
    wake(village, 1, 2);  // one of the evening works on in the night
    village.run_for(seconds(30));
    for (std::uint32_t number = 2; number <= 31; ++number)
        EXPECT_EQ(who_have(village, {peer(0), number}), 21u);
    // Thirty notices and two announcements to nineteen boards, once each; and what it missed itself. No
    // flood.
    EXPECT_LE(village.sent<Gossip>(), 19u * 32 + 20);
    EXPECT_EQ(village.sent<Prune>(), 0u);
}

TEST_F(CatchUpTest, BoardsThatWakeTogetherWithTheSameNewsDoNotFlood) {
    Village<OverlayBoard> village(30);
    rise(village, 0, 9);
    publish(village, 0, 20);
    village.run_for(seconds(30));
    for (std::uint32_t i = 0; i < 10; ++i) sleep(village, i);
    rise(village, 10, 29);
    village.forget_counts();
    for (std::uint32_t i = 0; i < 10; ++i) wake(village, i, 10 + i);
    village.run_for(minutes(1));
    for (std::uint32_t number = 2; number <= 21; ++number)
        EXPECT_EQ(who_have(village, {peer(0), number}), 30u);
    // 20 notices to 20 boards and 40 announcements to those who lack them; what several neighbours send at
    // the same moment may come twice. A flood by ten bringers would send each notice ten times.
    const std::size_t useful = 20 * 20 + 10 * 20 + 20 * 10 + 10 * 29;
    EXPECT_LE(village.sent<Gossip>(), useful * 3 / 2);
}

TEST_F(CatchUpTest, GoesOnAskingWhenAnAnswerIsFull) {
    Config config;
    config.sync.replies_max = 10;
    Village<OverlayBoard> village(2, config);
    wake(village, 0, 0);
    publish(village, 0, 95);
    wake(village, 1, 0);
    village.run_for(seconds(10));
    EXPECT_EQ(village.board(1).log.size(), village.board(0).log.size());
}

TEST_F(CatchUpTest, FetchesAYearOfOneMembersWordsInOrderWhileItGoesOnTalking) {
    Village<OverlayBoard> village(2);
    wake(village, 0, 0);
    publish(village, 0, 2000);
    wake(village, 1, 0);
    for (int i = 0; i < 50; ++i) {
        publish(village, 0, 1);
        village.run_for(milliseconds(7));
    }
    village.run_for(seconds(10));
    EXPECT_EQ(village.board(1).log.size(), village.board(0).log.size());
    EXPECT_EQ(who_have(village, {peer(0), 1000}), 2u);
}

TEST_F(CatchUpTest, ExchangesWithANeighbourNowAndThenAndIsQuietWhenThereIsNothing) {
    Village<OverlayBoard> village(6);
    rise(village, 0, 5);
    village.run_for(minutes(10));
    village.forget_counts();
    village.run_for(minutes(50));
    EXPECT_NEAR(static_cast<double>(village.sent<SyncAsk>()), 6 * 10, 6 * 2.5) << "every five minutes";
    EXPECT_EQ(village.sent<Gossip>(), 0u);
    EXPECT_EQ(village.sent<IHave>(), 0u);
}

TEST_F(CatchUpTest, AnswersWithABoundAndNotWhenAsleep) {
    Config config;
    Bench bench;
    broadcast::StatementLog log(config.broadcast, 100);
    for (std::uint32_t i = 1; i <= 1000; ++i) log.insert(notice(5, i), bench.now);
    sync::CatchUp catch_up(config.sync);
    Env env = bench.env();
    const SyncAsk ask{std::make_shared<const std::vector<Heard>>(), true, 1};
    catch_up.on(peer(1), ask, log, env);
    EXPECT_TRUE(bench.out.effects().empty());
    catch_up.wake();
    catch_up.on(peer(1), ask, log, env);
    EXPECT_EQ(bench.sent<Gossip>().size(), config.sync.replies_max);
    EXPECT_TRUE(bench.sent<SyncAsk>().empty()) << "it has nothing for us";
    catch_up.on(peer(1), SyncAsk{nullptr, true}, log, env);
    EXPECT_EQ(bench.sent<Gossip>().size(), config.sync.replies_max);
}

}  // namespace
}  // namespace coop::protocol::test

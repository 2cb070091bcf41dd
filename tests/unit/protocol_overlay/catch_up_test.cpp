#include "engine/protocol/sync/catch_up.hpp"

#include <algorithm>

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

/// One board's catching up, played with by hand.
struct Exchange : testing::Test {
    Config config;
    Bench bench;
    broadcast::StatementLog log{config.broadcast, 1000};
    sync::CatchUp catch_up{config.sync};
    PeerList both;

    void SetUp() override {
        both.push_back(peer(1)), both.push_back(peer(2));
        Env env = bench.env();
        catch_up.wake();
        catch_up.neighbours({}, both, log, env);
    }
    std::pair<PeerId, SyncAsk> asked_last() const { return bench.sent<SyncAsk>().back(); }
    std::size_t asked() const { return bench.sent<SyncAsk>().size(); }
    PeerId other() const { return asked_last().first == peer(1) ? peer(2) : peer(1); }
    /// An answer to the newest question arrives.
    void answer(std::uint32_t number, Part part = Part::goes_on) {
        const SignedRef news = notice(9, number, bench.now);
        const bool fresh = log.insert(news, bench.now) == broadcast::Seen::first;
        Env env = bench.env();
        catch_up.on(asked_last().first, Gossip{news, 0, asked_last().second.exchange, part}, fresh, log, env);
    }
    void pass(Duration time) {
        for (const base::Instant end = bench.now + time; catch_up.deadline() <= end;) {
            bench.now = std::max(bench.now, catch_up.deadline());
            Env env = bench.env();
            catch_up.on_deadline(both, log, env);
        }
    }
};

TEST_F(Exchange, GoesOnAfterSilenceWhereThereWasNews) {
    answer(1), answer(2);
    ASSERT_EQ(asked(), 1u);
    pass(seconds(11));
    ASSERT_EQ(asked(), 2u) << "the last of the answer was lost";
    EXPECT_EQ(asked_last().second.heard->at(0).through, 2u);
    pass(seconds(11));
    EXPECT_EQ(asked(), 2u) << "nothing came any more";
}

TEST_F(Exchange, EndsWithTheLastPartAndWithOneThatBringsNothing) {
    answer(1), answer(2, Part::complete);
    pass(seconds(11));
    EXPECT_EQ(asked(), 1u);
    pass(minutes(7));
    const std::size_t before = asked();
    answer(1), answer(2, Part::ask_again);
    EXPECT_EQ(asked(), before) << "all of it was known";
}

TEST_F(Exchange, CountsOnlyAnswersThatWereAskedFor) {
    const auto [whom, question] = asked_last();
    Env env = bench.env();
    log.insert(notice(9, 5, bench.now), bench.now);
    const auto wrong = static_cast<std::uint16_t>(question.exchange + 1);
    const auto claim = [&](PeerId from, std::uint16_t exchange) {
        catch_up.on(from, Gossip{notice(9, 5, bench.now), 0, exchange, Part::goes_on, 4}, false, log, env);
        return !log.wants({peer(9), 4});
    };
    EXPECT_FALSE(claim(other(), question.exchange));
    EXPECT_FALSE(claim(whom, wrong));
    EXPECT_FALSE(claim(whom, no_exchange));
    EXPECT_TRUE(claim(whom, question.exchange));
}

TEST_F(Exchange, NobodyElsesQuestionPutsTheOwnOff) {
    const auto news = std::make_shared<const std::vector<Heard>>(1, Heard{peer(7), 1, 0});
    const PeerId pushy = other();
    for (int minute = 0; minute < 60; ++minute) {
        Env env = bench.env();
        catch_up.on(pushy, SyncAsk{news, true, 3}, log, env);
        pass(minutes(1));
        bench.now = base::Instant::zero() + minutes(minute + 1);
    }
    std::size_t regular = 0;
    for (const auto& [to, question] : bench.sent<SyncAsk>()) regular += question.both ? 1 : 0;
    EXPECT_GE(regular, 60u / 7) << "one every five minutes or so, as if nobody had asked";
    EXPECT_LE(asked(), 60u + regular);
}

TEST_F(Exchange, WhoHasNewsDuringAnotherIsAskedWhenThatIsOver) {
    answer(1);
    const PeerId first = asked_last().first;
    const PeerId second = other();
    Env env = bench.env();
    const auto news = std::make_shared<const std::vector<Heard>>(1, Heard{peer(7), 1, 0});
    catch_up.on(second, SyncAsk{news, true, 3}, log, env);
    EXPECT_EQ(asked_last().first, first);
    answer(2, Part::complete);
    pass(seconds(1));
    EXPECT_EQ(asked_last().first, second);
}

TEST_F(Exchange, NamesWhatItDoesNotKnowWhereItsListIsFull) {
    for (std::uint32_t i = 100; i < 100 + heard_in_message_max; ++i)
        log.insert(announcement(i, 1), bench.now);
    answer(1, Part::complete);
    pass(seconds(1));
    Env env = bench.env();
    const auto news = std::make_shared<const std::vector<Heard>>(1, Heard{peer(7), 3, 0});
    catch_up.on(other(), SyncAsk{news, true, 3}, log, env);
    const auto& named = *asked_last().second.heard;
    EXPECT_EQ(named.size(), heard_in_message_max);
    EXPECT_EQ(std::count_if(named.begin(), named.end(),
                            [](const Heard& h) { return h.origin == peer(7) && h.through == 0; }),
              1);
}

}  // namespace
}  // namespace coop::protocol::test

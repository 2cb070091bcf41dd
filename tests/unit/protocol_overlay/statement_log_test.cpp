#include "engine/protocol/broadcast/statement_log.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using base::Instant;
using broadcast::Seen;
using broadcast::StatementLog;

struct StatementLogTest : testing::Test {
    BroadcastConfig config;
    StatementLog log{config, 64};
    base::Rng rng{7, base::Purpose::test, 0};
    Instant now;

    Seen take(std::uint32_t origin, std::uint32_t number) {
        return log.insert(notice(origin, number, now), now);
    }
    Heard heard(std::uint32_t origin) {
        const auto all = log.heard_vector(now, rng);
        for (const Heard& each : *all) {
            if (each.origin == peer(origin)) return each;
        }
        return {};
    }
};

SignedRef holding(std::uint32_t origin, std::uint32_t number, std::uint8_t object,
                  Custody custody = Custody::keeper) {
    Holding body{{}, base::mib(4), custody};
    body.object.bytes[0] = object;
    return say(peer(origin), number, {}, body);
}

SyncAsk asking(std::vector<Heard> heard) {
    return {std::make_shared<const std::vector<Heard>>(std::move(heard)), false};
}

TEST_F(StatementLogTest, AStatementIsFirstOnce) {
    EXPECT_EQ(take(1, 1), Seen::first);
    EXPECT_EQ(take(1, 1), Seen::before);
    EXPECT_EQ(take(1, 3), Seen::first);
    EXPECT_EQ(take(1, 2), Seen::first);
    EXPECT_EQ(take(1, 3), Seen::before);
    EXPECT_EQ(take(2, 1), Seen::first);
    EXPECT_FALSE(log.wants({peer(1), 3}));
    EXPECT_TRUE(log.wants({peer(1), 4}));
    EXPECT_EQ(take(1, 0), Seen::too_old) << "numbers count from one";
}

TEST_F(StatementLogTest, NeverTakesOneTwiceWhateverTheOrder) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        base::Rng draw(seed, base::Purpose::test, 1);
        StatementLog each(config, 64);
        std::set<std::uint32_t> taken;
        std::uint32_t front = 1;
        for (int i = 0; i < 3000; ++i) {
            if (draw.below(100) == 0) front += static_cast<std::uint32_t>(draw.below(600));
            const auto back = static_cast<std::uint32_t>(draw.below(draw.below(4) == 0 ? 700 : 30));
            front += static_cast<std::uint32_t>(draw.below(3));
            const std::uint32_t number = back < front ? front - back : 1;
            const bool wanted = each.wants({peer(1), number});
            const bool first = each.insert(notice(1, number), now) == Seen::first;
            ASSERT_EQ(wanted, first);
            if (first) {
                ASSERT_TRUE(taken.insert(number).second) << number;
            }
            if (draw.below(20) == 0)
                each.gone(peer(1), number - static_cast<std::uint32_t>(draw.below(number)), number - 1);
        }
    }
}

TEST_F(StatementLogTest, TakesEverythingWithinItsWindowInAnyOrder) {
    std::vector<std::uint32_t> numbers(256);
    for (std::uint32_t i = 0; i < 256; ++i) numbers[i] = i + 1;
    for (std::size_t i = numbers.size(); i > 1; --i) std::swap(numbers[i - 1], numbers[rng.below(i)]);
    for (const std::uint32_t number : numbers) EXPECT_EQ(take(1, number), Seen::first);
    EXPECT_EQ(heard(1).through, 256u);
    EXPECT_EQ(heard(1).above, 0u);
}

TEST_F(StatementLogTest, FreshNewsDoesNotCostTheOldOnesThatAreStillBeingFetched) {
    EXPECT_EQ(take(1, 1000), Seen::first) << "live, before anything old was fetched";
    for (std::uint32_t number = 1; number < 1000; ++number) {
        ASSERT_EQ(take(1, number), Seen::first) << number;
        if (number % 10 == 0) {
            ASSERT_EQ(take(1, 1000 + number / 10), Seen::first);
        }
    }
    EXPECT_EQ(heard(1).through, 1099u);
}

TEST_F(StatementLogTest, AGapStaysOpenUntilSomebodyWhoKnowsClosesIt) {
    take(1, 1);
    for (std::uint32_t number = 3; number <= 2000; ++number) take(1, number);
    EXPECT_EQ(heard(1).through, 1u) << "2 may still come";
    EXPECT_TRUE(log.wants({peer(1), 2}));
    log.gone(peer(1), 2, 2);
    EXPECT_EQ(heard(1).through, 2000u);
    EXPECT_EQ(take(1, 2), Seen::too_old);
}

TEST_F(StatementLogTest, GapsCloseFromAnySide) {
    for (const std::uint32_t number : {5u, 300u, 1000u}) take(1, number);
    log.gone(peer(1), 6, 299);  // as far as its window reaches
    log.gone(peer(1), 1, 4);
    EXPECT_EQ(heard(1).through, 256u);
    log.gone(peer(1), 100, 299);
    EXPECT_EQ(heard(1).through, 300u);
    log.gone(peer(1), 301, 999);
    EXPECT_EQ(heard(1).through, 1000u);
    log.gone(peer(1), 1, 10);
    log.gone(peer(9), 1, 10);  // of whom nothing is known: nothing
    EXPECT_EQ(heard(1).through, 1000u);
    EXPECT_FALSE(log.knows(peer(9)));
}

TEST_F(StatementLogTest, GapsOfTheSilentAreAskedForNoMoreUntilTheySpeakAgain) {
    log.insert(announcement(1, 600), now);
    log.insert(announcement(1, 5), now);
    now = now + config.notice_ttl;
    EXPECT_EQ(heard(1).through, 0u);
    now = now + hours(1);
    EXPECT_EQ(heard(1).through, 600u);
    EXPECT_FALSE(log.lacks_from(std::vector<Heard>{{peer(1), 600, 0}}, now));
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(1), 601, 0}}, now));
    EXPECT_TRUE(log.wants({peer(1), 7})) << "and taken if somebody has it all the same";
    EXPECT_EQ(take(1, 601), Seen::first);
    EXPECT_EQ(heard(1).through, 0u);
}

TEST_F(StatementLogTest, WhoHasLetSomethingGoSaysOfNothingThatItIsGone) {
    for (const std::uint32_t number : {1u, 3u, 4u})
        log.insert(holding(1, number, static_cast<std::uint8_t>(number)), now);
    log.gone(peer(1), 2, 2);
    const auto gone_before_3 = [&] { return log.missing_for(asking({{peer(1), 1, 0}}), 10, rng)[0].gone; };
    EXPECT_EQ(gone_before_3(), 1u);
    log.refuse({peer(1), 5});
    EXPECT_FALSE(log.wants({peer(1), 5}));
    EXPECT_EQ(gone_before_3(), 0u);
    log.forget_copies(peer(1));
    EXPECT_EQ(log.size(), 0u);
}

TEST_F(StatementLogTest, AReleaseLastsAsLongAsWhatItReplaces) {
    log.insert(holding(1, 1, 7), now);
    const SignedRef release = holding(1, 2, 7, Custody::released);
    log.insert(release, now);
    StatementLog sleeper(config, 64);
    sleeper.insert(holding(1, 1, 7), now);
    now = now + days(60);
    log.on_deadline(now), sleeper.on_deadline(now);
    for (const Gossip& each : log.missing_for({sleeper.heard_vector(now, rng), false}, 10, rng))
        sleeper.insert(each.statement, now);
    log.insert(notice(1, 3, now), now);
    for (const Gossip& each : log.missing_for({sleeper.heard_vector(now, rng), false}, 10, rng))
        sleeper.insert(each.statement, now);
    EXPECT_EQ(sleeper.find({peer(1), 1}), nullptr);
    EXPECT_NE(sleeper.find({peer(1), 2}), nullptr);
}

TEST_F(StatementLogTest, NoNumberIsSoHighThatWhatFollowsCannotBeCounted) {
    EXPECT_EQ(take(1, sequence_max + 1), Seen::too_old);
    EXPECT_FALSE(log.wants({peer(1), UINT32_MAX}));
    EXPECT_EQ(take(1, sequence_max), Seen::first);
    log.gone(peer(1), 1, UINT32_MAX);
    EXPECT_EQ(heard(1).through, sequence_max);
}

// Logs that miss pushes, restart, and ask one another, with origins whose words replace one another: in the
// end all keep the same, and then nothing is sent any more.
TEST_F(StatementLogTest, LogsThatAskOneAnotherComeToKeepTheSame) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        base::Rng draw(seed, base::Purpose::test, 2);
        constexpr std::uint32_t boards = 5;
        config.notice_ttl = days(100);
        std::vector<StatementLog> logs;
        std::vector<std::vector<SignedRef>> own(boards);
        const auto start = [&](std::uint32_t i) {
            StatementLog fresh(config, 64, peer(i));
            for (const SignedRef& each : own[i]) fresh.insert(each, now);
            fresh.gone(peer(i), 1, static_cast<std::uint32_t>(own[i].size()));
            return fresh;
        };
        for (std::uint32_t i = 0; i < boards; ++i) logs.push_back(start(i));
        const auto exchange = [&](std::uint32_t from, std::uint32_t to, std::uint64_t lost_percent) {
            std::size_t sent = 0;
            const SyncAsk ask{logs[to].heard_vector(now, draw), true, 1, logs[to].forgotten_before()};
            for (const Gossip& each : logs[from].missing_for(ask, 20, draw)) {
                ++sent;
                if (draw.below(100) < lost_percent) continue;
                const StatementId id = each.statement->statement.id;
                logs[to].insert(each.statement, now);
                if (each.gone > 0) logs[to].gone(id.origin, id.sequence - each.gone, id.sequence - 1);
            }
            return sent;
        };
        for (int round = 0; round < 1500; ++round) {
            now = now + base::minutes(1);
            const auto who = static_cast<std::uint32_t>(draw.below(boards));
            const auto other = static_cast<std::uint32_t>((who + 1 + draw.below(boards - 1)) % boards);
            const auto number = static_cast<std::uint32_t>(own[who].size() + 1);
            const auto object = static_cast<std::uint8_t>(draw.below(40));
            if (draw.below(100) < 60) {
                own[who].push_back(draw.below(8) == 0   ? announcement(who, number)
                                   : draw.below(3) == 0 ? holding(who, number, object, Custody::released)
                                                        : holding(who, number, object));
                for (std::uint32_t i = 0; i < boards; ++i)
                    if (i == who || draw.below(3) > 0) logs[i].insert(own[who].back(), now);
                logs[who].gone(peer(who), 1, number);
            } else if (draw.below(40) == 0) {
                logs[who] = start(who);
            } else {
                exchange(who, other, 10);
            }
        }
        for (std::uint32_t round = 0; round < 300; ++round)
            exchange(round % boards, round / boards % boards, 0);
        for (std::uint32_t i = 0; i < boards; ++i) {
            for (std::uint32_t j = 0; j < boards; ++j) ASSERT_EQ(exchange(i, j, 0), 0u) << "seed " << seed;
            ASSERT_EQ(logs[i].size(), logs[0].size()) << "seed " << seed;
        }
    }
}

// Both have forgotten everything; only the origin itself knows what is missing. That a neighbour lacks it,
// too, is no proof that it is gone.
TEST_F(StatementLogTest, WhatOnlyOneStillHasReachesWhoeverAsksAnotherFirst) {
    StatementLog whole(config, 64), half(config, 64);
    for (std::uint32_t number = 1; number <= 300; ++number) {
        if (number % 3 == 0) continue;  // superseded: nobody has it
        whole.insert(notice(1, number, now), now);
        if (number > 290) half.insert(notice(1, number, now), now);
    }
    whole.gone(peer(1), 1, 300);
    const auto catch_up = [&](const StatementLog& with) {
        std::size_t got = 0;
        for (const Gossip& each : with.missing_for({log.heard_vector(now, rng), false}, 1000, rng)) {
            const StatementId id = each.statement->statement.id;
            got += log.insert(each.statement, now) == Seen::first ? 1 : 0;
            if (each.gone > 0) log.gone(id.origin, id.sequence - each.gone, id.sequence - 1);
        }
        return got;
    };
    EXPECT_EQ(catch_up(half), 6u);
    EXPECT_EQ(catch_up(whole), 200u - 6u);
    EXPECT_EQ(heard(1).through, 299u);
    EXPECT_TRUE(whole.missing_for({log.heard_vector(now, rng), false}, 1000, rng).empty());
}

TEST_F(StatementLogTest, SaysWhatIsGoneOnlyWhereItHasNoGapItself) {
    for (const std::uint32_t number : {1u, 2u, 5u, 9u}) take(1, number);
    log.gone(peer(1), 3, 4);
    std::vector<std::uint32_t> gone;
    for (const Gossip& each : log.missing_for(asking({{peer(1), 1, 0}}), 10, rng)) gone.push_back(each.gone);
    EXPECT_EQ(gone, (std::vector<std::uint32_t>{0, 2, 0})) << "before 2, 5 and 9; 6 to 8 may still come";
    const auto some =
        log.missing_for(asking({{peer(1), 1, 0b1}}), 10, rng);  // who asks has 2, and a gap after it
    ASSERT_EQ(some.size(), 2u);
    EXPECT_EQ(some[0].gone, 3u) << "2 is there already, 3 and 4 are gone";
}

TEST_F(StatementLogTest, WhatANeighbourHasPassedCountsAsHeard) {
    for (const std::uint32_t number : {2u, 3u, 70u, 400u}) take(1, number);
    broadcast::Passed passed;
    passed[peer(1)] = 69;
    passed[peer(5)] = 7;
    const auto all = log.heard_vector(now, rng, passed);
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ((*all)[0].through, 69u);
    EXPECT_EQ((*all)[0].above, 1u);
    EXPECT_EQ((*all)[1].through, 7u);
    passed[peer(1)] = 399;
    EXPECT_EQ((*log.heard_vector(now, rng, passed))[0].above, 1u)
        << "beyond the window, seen is what is kept";
}

TEST_F(StatementLogTest, CountsGapsWithoutWalkingThroughThem) {
    take(1, sequence_max - 1);
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(1), sequence_max - 2, 0}}, now));
    log.gone(peer(1), 1, sequence_max - 2);
    EXPECT_FALSE(log.lacks_from(std::vector<Heard>{{peer(1), sequence_max - 2, 0}}, now));
    EXPECT_EQ(take(1, sequence_max), Seen::first);
    EXPECT_EQ(heard(1).through, sequence_max);
}

TEST_F(StatementLogTest, WordsOnCopiesOutlastNewsAndNobodyFillsTheirRoomAlone) {
    config.cache_max = 16;
    config.copies_max = 64;
    const auto offer = [&](const SignedRef& said) {
        return log.has_room_for(said->statement) && log.insert(said, now) == Seen::first;
    };
    for (std::uint32_t origin = 1; origin <= 8; ++origin) {
        for (std::uint8_t i = 1; i <= 10; ++i) EXPECT_EQ(offer(holding(origin, i, i)), i <= 4) << int{i};
    }
    for (std::uint32_t number = 100; number < 200; ++number) take(30, number);
    for (std::uint8_t i = 1; i <= 4; ++i) EXPECT_NE(log.find({peer(8), i}), nullptr);
    EXPECT_LE(log.size(), 8 * 4 + 16u);
    EXPECT_TRUE(offer(holding(8, 11, 1, Custody::released))) << "it takes the place of another";
    EXPECT_FALSE(offer(holding(8, 12, 9)));
    log.forget_copies(peer(8));
    EXPECT_TRUE(offer(holding(7, 13, 1))) << "replaced";
    EXPECT_TRUE(offer(holding(8, 14, 9))) << "there is room again";
}

TEST_F(StatementLogTest, SendsOnlyWhatTheOtherLacksInAscendingOrder) {
    for (const std::uint32_t number : {1u, 2u, 3u, 5u}) take(2, number);
    for (const std::uint32_t number : {1u, 2u}) take(1, number);
    const std::vector<Heard> other{{peer(2), 1, 0b10}};  // 1, and 3
    std::vector<StatementId> got;
    for (const Gossip& each : log.missing_for(asking(other), 10, rng))
        got.push_back(each.statement->statement.id);
    const std::vector<StatementId> wanted{{peer(1), 1}, {peer(1), 2}, {peer(2), 2}, {peer(2), 5}};
    EXPECT_EQ(got, wanted);
    EXPECT_EQ(log.missing_for(asking(other), 3, rng).size(), 3u);
    EXPECT_TRUE(log.missing_for({log.heard_vector(now, rng), false}, 10, rng).empty());
}

TEST_F(StatementLogTest, KnowsWhetherTheOtherHasNews) {
    take(1, 1), take(1, 2);
    EXPECT_FALSE(log.lacks_from({}, now));
    EXPECT_FALSE(log.lacks_from(*log.heard_vector(now, rng), now));
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(1), 3, 0}}, now));
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(1), 2, 0b100}}, now));
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(9), 1, 0}}, now));
    EXPECT_FALSE(log.lacks_from(std::vector<Heard>{{peer(9), 0, 0}}, now));
    take(1, 4);
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{{peer(1), 4, 0}}, now)) << "the gap below what was seen";
    const Heard absurd{peer(1), sequence_max, ~std::uint64_t{0}};
    EXPECT_TRUE(log.lacks_from(std::vector<Heard>{absurd}, now)) << "no overflow either";
}

TEST_F(StatementLogTest, KeepsTheNewestWordOnEachMatter) {
    log.insert(announcement(1, 1), now);
    log.insert(holding(1, 2, 7), now);
    log.insert(holding(1, 3, 8), now);
    log.insert(announcement(1, 5), now);
    log.insert(holding(1, 6, 7, Custody::released), now);
    EXPECT_EQ(log.insert(holding(1, 4, 8), now), Seen::first);
    EXPECT_EQ(log.size(), 3u);
    for (const std::uint32_t number : {4u, 5u, 6u}) EXPECT_NE(log.find({peer(1), number}), nullptr);
    EXPECT_EQ(log.find({peer(1), 1}), nullptr);
    log.insert(announcement(2, 9), now);
    EXPECT_EQ(log.insert(announcement(2, 8), now), Seen::too_old) << "a newer one is here";
    EXPECT_FALSE(log.wants({peer(2), 8}));
    EXPECT_EQ(log.find({peer(2), 8}), nullptr);
}

TEST_F(StatementLogTest, ForgetsNoticesAfterTheirTimeAndTakesThemNoMore) {
    take(1, 1);
    now = now + days(1);
    take(1, 2);
    now = Instant::zero() + config.notice_ttl;
    EXPECT_LE(log.deadline(), now);
    log.on_deadline(now);
    EXPECT_EQ(log.size(), 1u);
    EXPECT_EQ(take(1, 1), Seen::too_old);
    now = log.deadline();
    log.on_deadline(now);
    EXPECT_EQ(log.size(), 0u);
    EXPECT_TRUE(log.deadline().is_never());
    log.insert(notice(2, 1, Instant::zero()), now);
    EXPECT_EQ(log.size(), 0u) << "too old to be kept";
}

TEST_F(StatementLogTest, KeepsNoMoreThanItsBoundAndMembersLongest) {
    config.cache_max = 64;
    for (std::uint32_t i = 0; i < 30; ++i) log.insert(announcement(i, 1), now);
    for (std::uint32_t number = 2; number <= 200; ++number) {
        log.insert(notice(1, number, now + base::seconds(number)), now);
        ASSERT_LE(log.size(), 64u + 30u);
    }
    for (std::uint32_t i = 0; i < 30; ++i) EXPECT_NE(log.find({peer(i), 1}), nullptr);
    EXPECT_NE(log.find({peer(1), 200}), nullptr) << "the newest notices stay";
    for (std::uint32_t i = 30; i < 200; ++i) log.insert(announcement(i, 1), now);
    EXPECT_LE(log.heard_vector(now, rng)->size(), 64u) << "no more origins than allowed";
}

TEST_F(StatementLogTest, HearsWhoeverSpeaksNowAndTakesNoReplayHoweverManyHaveSpokenBefore) {
    std::vector<SignedRef> said;
    for (std::uint32_t origin = 0; origin < 10'000; ++origin) {
        now = now + base::seconds(1);
        said.push_back(notice(origin, 1, now));
        ASSERT_EQ(log.insert(said.back(), now), Seen::first) << origin;
        ASSERT_LE(log.heard_vector(now, rng)->size(), 64u);
    }
    for (const SignedRef& each : said) ASSERT_NE(log.insert(each, now), Seen::first);
    EXPECT_EQ(log.insert(notice(3, 2, now), now), Seen::first)
        << "the forgotten are heard when they speak again";
    EXPECT_EQ(log.insert(said[3], now), Seen::too_old) << "but what they said before is no news";
    EXPECT_LE(log.size(), 65u) << "what the forgotten said is not kept either";
}

TEST_F(StatementLogTest, ADateInTheFutureOpensNoDoorForReplays) {
    const SignedRef early = notice(5000, 1, now + days(300));
    EXPECT_EQ(log.insert(early, now), Seen::first) << "a board without a battery clock";
    for (std::uint32_t origin = 0; origin < 1000; ++origin) {
        now = now + base::seconds(1);
        log.insert(notice(origin, 1, now), now);
    }
    ASSERT_FALSE(log.knows(peer(5000)));
    EXPECT_EQ(log.insert(early, now), Seen::too_old);
}

TEST_F(StatementLogTest, ForgetsItselfLast) {
    StatementLog own(config, 16, peer(7));
    own.insert(notice(7, 1, now), now);
    for (std::uint32_t i = 100; i < 200; ++i) {
        now = now + base::seconds(1);
        own.insert(announcement(i, 1), now);
    }
    EXPECT_TRUE(own.knows(peer(7)));
}

TEST_F(StatementLogTest, ForgetsMembersAfterStrangers) {
    for (std::uint32_t i = 0; i < 30; ++i) log.insert(announcement(i, 1), now);
    for (std::uint32_t origin = 100; origin < 1000; ++origin) {
        now = now + base::seconds(1);
        ASSERT_EQ(log.insert(notice(origin, 1, now), now), Seen::first);
    }
    for (std::uint32_t i = 0; i < 30; ++i) EXPECT_TRUE(log.knows(peer(i)));
}

TEST_F(StatementLogTest, IsNotSentAgainWhatItHasForgotten) {
    StatementLog large(config, 4096);
    for (std::uint32_t origin = 0; origin < 200; ++origin) {
        now = now + base::seconds(1);
        log.insert(notice(origin, 1, now), now);
        large.insert(notice(origin, 1, now), now);
    }
    EXPECT_TRUE(
        large.missing_for({log.heard_vector(now, rng), false, no_exchange, log.forgotten_before()}, 1000, rng)
            .empty());
    now = now + base::seconds(1);
    large.insert(notice(7, 2, now), now);
    const auto news = large.missing_for(
        {log.heard_vector(now, rng), false, no_exchange, log.forgotten_before()}, 1000, rng);
    ASSERT_EQ(news.size(), 1u);
    EXPECT_EQ(log.insert(news[0].statement, now), Seen::first);
    // Now the origin is named, so what it said before comes once more; and is not taken, nor sent again.
    const SyncAsk again{log.heard_vector(now, rng), false, no_exchange, log.forgotten_before()};
    ASSERT_EQ(large.missing_for(again, 1000, rng).size(), 1u);
    EXPECT_EQ(log.insert(large.missing_for(again, 1000, rng)[0].statement, now), Seen::too_old);
    EXPECT_TRUE(
        large.missing_for({log.heard_vector(now, rng), false, no_exchange, log.forgotten_before()}, 1000, rng)
            .empty());
}

TEST_F(StatementLogTest, WhatIsNotWantedTakesNoPlaceInAnAnswer) {
    for (std::uint32_t number = 1; number <= 20; ++number) take(1, number);
    now = now + hours(1);
    take(1, 21), take(2, 1);
    const SyncAsk forgetful{std::make_shared<const std::vector<Heard>>(), false, no_exchange, now};
    const auto answer = log.missing_for(forgetful, 2, rng);
    ASSERT_EQ(answer.size(), 2u);
    EXPECT_EQ(answer.back().part, Part::complete);
}

TEST_F(StatementLogTest, SendsWhoHasNoPlaceForStrangersOnlyTheirNotices) {
    log.insert(announcement(1, 1), now), log.insert(holding(1, 2, 5), now), take(1, 3);
    log.insert(announcement(2, 1), now), take(2, 2);
    SyncAsk ask = asking({Heard{peer(2), 0, 0}});
    EXPECT_EQ(log.missing_for(ask, 100, rng).size(), 5u);
    ask.full = true;
    const auto answer = log.missing_for(ask, 100, rng);
    ASSERT_EQ(answer.size(), 3u);
    for (const Gossip& each : answer) {
        const StatementId id = each.statement->statement.id;
        EXPECT_TRUE(id.origin == peer(2) || id == (StatementId{peer(1), 3})) << "of whom it names, all";
        EXPECT_TRUE(id.origin != peer(1) || each.gone == 0) << "what is left out may be wanted some day";
    }
    EXPECT_EQ(answer.back().part, Part::complete);
}

TEST_F(StatementLogTest, NamesAnotherPartOfTooManyOriginsEachTime) {
    StatementLog large(config, 4096);
    for (std::uint32_t i = 0; i < 600; ++i) large.insert(announcement(i, 1), now);
    std::set<PeerId> named;
    for (int ask = 0; ask < 20; ++ask) {
        const auto heard = large.heard_vector(now, rng);
        ASSERT_EQ(heard->size(), heard_in_message_max);
        EXPECT_TRUE(large.missing_for({heard, false}, 1000, rng).empty())
            << "the unnamed are not taken for unknown";
        for (const Heard& each : *heard) named.insert(each.origin);
    }
    EXPECT_EQ(named.size(), 600u);
}

}  // namespace
}  // namespace coop::protocol::test

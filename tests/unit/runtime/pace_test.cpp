// What links may bring, counted over virtual time.
#include "engine/runtime/pace.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace coop::runtime {
namespace {

using base::Bytes;
using base::Duration;
using base::Instant;

/// 3 % of 16 Mbit/s, in bytes a second, and what fixed_share/1 lets pass at once.
constexpr PaceRates adsl{{}, base::ByteRate{60'000}, base::kib(64)};
/// So fast that only turns count.
constexpr PaceRates wide{{}, base::ByteRate{1'000'000'000'000}, base::mib(16)};

constexpr auto per_s = static_cast<std::uint64_t>(PaceLimits{}.messages_per_s);

struct Link {
    Pace pace;
    Bytes size;
    bool answers = false;
    std::uint64_t taken = 0;
};

/// All of them always have something to say; each is read whenever it is free.
void flood(std::vector<Link>& links, const PaceRates& rates, Duration time) {
    const Instant end = Instant::zero() + time;
    for (;;) {
        Link* next = &links.front();
        for (Link& link : links) {
            if (link.pace.free_at() < next->pace.free_at()) next = &link;
        }
        const Instant now = std::max(next->pace.free_at(), Instant::zero());
        if (now >= end) return;
        std::size_t waiting = 0;
        for (const Link& link : links) waiting += link.pace.free_at() > now ? 1 : 0;
        next->pace.took({next->size, next->answers, waiting}, rates, now);
        ++next->taken;
    }
}

std::uint64_t taken_of(Link link, const PaceRates& rates, Duration time) {
    std::vector<Link> links{link};
    flood(links, rates, time);
    return links.front().taken;
}

TEST(Pace, SmallMessagesAreTakenByTheirNumber) {
    EXPECT_EQ(taken_of({Pace(Instant::zero()), Bytes{100}}, wide, base::seconds(60)), 60U * per_s);
}

TEST(Pace, AnswersAreTakenAtTheShareOfTheLine) {
    // A bucket's law: a second's share for every second; the last may overdraw.
    const Bytes chunk{34'000};
    const auto most = static_cast<std::uint64_t>(60'000 * 600 / chunk.count + 1);
    const std::uint64_t taken = taken_of({Pace(Instant::zero()), chunk, true}, adsl, base::seconds(600));
    EXPECT_LE(taken, most);
    EXPECT_GE(taken, most - 1);
}

TEST(Pace, WhatComesUnaskedHasHalfTheShare) {
    const Bytes list{10'000};
    const auto most = static_cast<std::uint64_t>(60'000 * 600 / 2 / list.count + 1);
    const std::uint64_t taken = taken_of({Pace(Instant::zero()), list}, adsl, base::seconds(600));
    EXPECT_LE(taken, most);
    EXPECT_GE(taken, most - 1);
}

TEST(Pace, AQuietLinkMayBringABurstAndANewOneMayNot) {
    const Instant later = Instant::zero() + base::hours(1);
    for (const bool known : {true, false}) {
        Pace pace(known ? Instant::zero() : later);
        std::int64_t at_once = 0;
        while (pace.free_at() <= later) {
            pace.took({Bytes{100}}, wide, later);
            ++at_once;
        }
        EXPECT_EQ(at_once, known ? PaceLimits{}.messages_burst + 1 : 1);
    }
}

TEST(Pace, WhoDialsAgainGainsOneMessageAndNoBurst) {
    const Instant later = Instant::zero() + base::hours(1);
    const Bytes frame{10'000};
    for (const bool known : {true, false}) {
        Pace pace(known ? Instant::zero() : later);
        std::int64_t at_once = 0;
        while (pace.free_at() <= later) {
            pace.took({frame, true}, adsl, later);
            ++at_once;
        }
        EXPECT_EQ(at_once, known ? 64 * 1024 / frame.count + 1 : 1);
    }
}

TEST(Pace, TwentyThatFloodBringHardlyMoreThanOne) {
    std::vector<Link> links(20, {Pace(Instant::zero()), Bytes{100}});
    flood(links, wide, base::seconds(60));
    std::uint64_t together = 0;
    for (const Link& link : links) {
        together += link.taken;
        EXPECT_NEAR(static_cast<double>(link.taken), 60.0 * per_s / 20, 60.0 * per_s / 20 / 5);
    }
    EXPECT_LE(together, 60U * per_s * 11 / 10 + links.size());
}

TEST(Pace, NothingWaitsLongerThanAKeepAliveMayBeLate) {
    // Neither a share of next to nothing, nor of nothing, nor a hundred others.
    for (const std::int64_t share : {60'000, 1, 0}) {
        Pace pace(Instant::zero());
        for (int i = 0; i < 1000; ++i) {
            pace.took({Bytes{65'535}, false, 100}, {{}, base::ByteRate{share}, base::kib(64)},
                      Instant::zero());
        }
        EXPECT_EQ(pace.free_at(), Instant::zero() + PaceLimits{}.pause_max);
    }
}

}  // namespace
}  // namespace coop::runtime

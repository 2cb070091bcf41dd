#include "engine/sim/line.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace coop::sim {
namespace {

using base::ByteRate;
using base::Bytes;
using base::Instant;
using base::milliseconds;

TEST(Turnstile, ServesOneAfterTheOther) {
    Turnstile turn;
    EXPECT_EQ(turn.pass(Instant::zero(), milliseconds(5)), Instant::zero() + milliseconds(5));
    EXPECT_EQ(turn.pass(Instant::zero() + milliseconds(1), milliseconds(5)),
              Instant::zero() + milliseconds(10));
    EXPECT_EQ(turn.pass(Instant::zero() + milliseconds(50), milliseconds(5)),
              Instant::zero() + milliseconds(55));
}

TEST(Turnstile, NeverLetsAnybodyThroughAtRateZero) {
    Turnstile turn;
    EXPECT_TRUE(turn.pass(Instant::zero(), time_on_line(Bytes{1}, ByteRate{0})).is_never());
}

TEST(PairOrder, NeverLetsALaterMessageArriveBeforeAnEarlierOne) {
    PairOrder order;
    base::Rng rng(3, base::Purpose::test, 0);
    std::array<Instant, 40> last{};
    for (int i = 0; i < 20'000; ++i) {
        const PeerId to{static_cast<std::uint32_t>(rng.below(last.size()))};
        const Instant now = Instant::zero() + milliseconds(i);
        const Instant wanted = now + rng.between(base::Duration::zero(), milliseconds(100));
        const Instant given = order.not_before(to, wanted, now);
        ASSERT_GE(given, wanted);
        ASSERT_GE(given, last[to.index]);
        ASSERT_EQ(given, std::max(wanted, last[to.index]));
        last[to.index] = given;
    }
}

TEST(Resending, CostsNothingWithoutLoss) {
    base::Rng rng(4, base::Purpose::test, 0);
    const base::Rng before = rng;
    const Resending sum = resending(rng, base::kib(32), 0, milliseconds(20));
    EXPECT_EQ(sum.delay, base::Duration::zero());
    EXPECT_EQ(sum.bytes, Bytes{0});
    base::Rng fresh = before;
    EXPECT_EQ(rng.next(), fresh.next()) << "no draw was made";
}

TEST(Resending, LosesTheShareOfSegmentsThatItShould) {
    base::Rng rng(5, base::Purpose::test, 0);
    constexpr int messages = 20'000;
    constexpr std::int64_t loss = 50'000;
    const Bytes one_segment{1000};
    std::int64_t resent = 0;
    for (int i = 0; i < messages; ++i)
        resent += resending(rng, one_segment, loss, milliseconds(20)).bytes.count / 1000;
    const double p = 0.05;  // a segment is sent again k times with p^k (1-p): mean p / (1-p)
    const double mean = p / (1 - p);
    const double sd = std::sqrt(p) / (1 - p) * std::sqrt(messages);
    EXPECT_NEAR(static_cast<double>(resent), mean * messages, 4 * sd);
}

TEST(Resending, WaitsTheTimeoutForALoneSegmentAndOneRoundTripWithinAFlight) {
    base::Rng rng(6, base::Purpose::test, 0);
    bool lone_lost = false;
    for (int i = 0; i < 1000 && !lone_lost; ++i) {
        const Resending lone = resending(rng, Bytes{1000}, 10'000, milliseconds(20));
        lone_lost = lone.bytes == Bytes{1000};
        if (lone_lost) {
            EXPECT_EQ(lone.delay, milliseconds(200));
        }
    }
    EXPECT_TRUE(lone_lost);
    bool flight_lost = false;
    for (int i = 0; i < 10'000 && !flight_lost; ++i) {
        const Resending first_of_many = resending(rng, Bytes{1500 * 100}, 100, milliseconds(20));
        flight_lost = first_of_many.bytes == Bytes{1500} && first_of_many.delay == milliseconds(20);
    }
    EXPECT_TRUE(flight_lost);
}

}  // namespace
}  // namespace coop::sim

#include "engine/base/units.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace {

using namespace coop::base;  // a file about nothing else

TEST(Bytes, CountInPowersOfTwoOrTenAsTheirNamesSay) {
    EXPECT_EQ(mib(1), kib(1) * 1024);
    EXPECT_EQ(gigabytes(8).count, 8'000'000'000);
    EXPECT_EQ(Bytes{10} - Bytes{12}, Bytes{-2});
}

TEST(ByteRate, OfALineIsAnEighthOfItsBits) {
    EXPECT_EQ(bits_per_second(50'000'000), ByteRate{6'250'000});
    EXPECT_EQ(bits_per_second(50'000'000) * percent(3), ByteRate{187'500});
}

TEST(Link, OfNoRateTakesForEver) {
    EXPECT_EQ(Bytes{1} / ByteRate{0}, Duration::max());
    EXPECT_EQ(ByteRate{0} * days(365), Bytes{0});
}

TEST(Link, TimesBeyondTheRangeAreForEver) {
    EXPECT_EQ(Bytes{INT64_MAX} / ByteRate{1}, Duration::max());
    // 10^10 bytes at one byte a second end after 292 years, too.
    EXPECT_EQ(Bytes{10'000'000'000} / ByteRate{1}, Duration::max());
    EXPECT_LT(Bytes{9'000'000'000} / ByteRate{1}, Duration::max());
}

// What a law of rounding says: in the time that n bytes need, n bytes pass; in a nanosecond less, they do
// not.
TEST(Link, NeverGainsTimeOrBytesByRounding) {
    Rng rng(4, Purpose::test, 0);
    for (int i = 0; i < 100'000; ++i) {
        const Bytes size{1 + static_cast<std::int64_t>(rng.below(1ULL << (1 + rng.below(40))))};
        const ByteRate rate{1'000 + static_cast<std::int64_t>(rng.below(1'000'000'000))};
        const Duration time = size / rate;
        ASSERT_GE(rate * time, size) << size.count << " at " << rate.per_second;
        ASSERT_LT(rate * (time - nanoseconds(1)), size) << size.count << " at " << rate.per_second;
    }
}

TEST(Share, OfARateRoundsDown) {
    EXPECT_EQ(ByteRate{33} * percent(3), ByteRate{0});
    EXPECT_EQ(ByteRate{34} * percent(3), ByteRate{1});
    EXPECT_EQ(ByteRate{1'000} * percent(100), ByteRate{1'000});
}

}  // namespace

#include "engine/base/math.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace {

using coop::base::Purpose;
using coop::base::Rng;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

/// How far `found` is from the truth, in steps between neighbouring doubles at the truth.
double ulps(double found, long double truth) {
    int exponent = 0;
    std::frexp(static_cast<double>(truth), &exponent);
    const int lowest = -1074;  // the step of subnormal doubles
    const int step = exponent - 53 < lowest ? lowest : exponent - 53;
    return static_cast<double>(std::fabs(std::ldexp(static_cast<long double>(found) - truth, -step)));
}

/// A positive double of any size, subnormal ones too: uniform over the bit patterns.
double any_positive(Rng& rng) { return std::bit_cast<double>(rng.below(0x7ff0000000000000ULL)); }

// x87's 64-bit logarithm is the judge; where long double is only a double, it cannot judge the last bit.
constexpr bool can_judge = std::numeric_limits<long double>::digits >= 64;

TEST(Log, IsWithinOneUlp) {
    if (!can_judge) GTEST_SKIP() << "long double has no more bits than double here";
    Rng rng(5, Purpose::test, 0);
    for (int i = 0; i < 1'000'000; ++i) {
        const double anywhere = any_positive(rng);
        const double near_one = 0.5 + rng.unit() * 1.5;
        for (const double x : {anywhere, near_one}) {
            if (x == 0 || x == 1) continue;
            ASSERT_LE(ulps(coop::base::log(x), std::log(static_cast<long double>(x))), 1.0) << x;
        }
    }
}

TEST(Exp, IsWithinOneUlp) {
    if (!can_judge) GTEST_SKIP() << "long double has no more bits than double here";
    Rng rng(6, Purpose::test, 0);
    for (int i = 0; i < 1'000'000; ++i) {
        const double anywhere = -745.1 + rng.unit() * (745.1 + 709.7);
        const double small = rng.unit() - 0.5;
        for (const double x : {anywhere, small}) {
            ASSERT_LE(ulps(coop::base::exp(x), std::exp(static_cast<long double>(x))), 1.0) << x;
        }
    }
}

TEST(Log, KnowsItsEdges) {
    EXPECT_EQ(coop::base::log(1.0), 0.0);
    EXPECT_EQ(coop::base::log(0.0), -infinity);
    EXPECT_EQ(coop::base::log(-0.0), -infinity);
    EXPECT_EQ(coop::base::log(infinity), infinity);
    EXPECT_TRUE(std::isnan(coop::base::log(-1.0)));
    EXPECT_TRUE(std::isnan(coop::base::log(std::nan(""))));
}

TEST(Exp, KnowsItsEdges) {
    EXPECT_EQ(coop::base::exp(0.0), 1.0);
    EXPECT_EQ(coop::base::exp(infinity), infinity);
    EXPECT_EQ(coop::base::exp(710.0), infinity);
    EXPECT_EQ(coop::base::exp(-infinity), 0.0);
    EXPECT_EQ(coop::base::exp(-746.0), 0.0);
    EXPECT_EQ(coop::base::exp(-745.0), smallest);
    EXPECT_TRUE(std::isfinite(coop::base::exp(709.78271289338397)));
    EXPECT_TRUE(std::isnan(coop::base::exp(std::nan(""))));
}

struct Golden {
    double x;
    std::uint64_t bits;
};

// From the same formulas in Python (binary64, no fused operations), so from no compiler of this project.
TEST(Log, GivesTheseVeryBits) {
    const Golden golden[] = {
        {0.5, 0xbfe62e42fefa39ef},
        {2.0, 0x3fe62e42fefa39ef},
        {10.0, 0x40026bb1bbb55516},
        {1e-9, 0xc034b927f32bffb8},
        {0.1, 0xc0026bb1bbb55515},
        {1.0000001, 0x3e7ad7f2847b6492},
        {0x1.921fb54442d18p+1, 0x3ff250d048e7a1bd},
        {smallest, 0xc0874385446d71c3},
        {largest, 0x40862e42fefa39ef},
        {0x1p-1022, 0xc086232bdd7abcd2},
        {0.999999, 0xbeb0c6f82d74d230},
        {1e300, 0x4085963447f87fb5},
        {7.0, 0x3fff2272ae325a57},
    };
    for (const auto& [x, bits] : golden)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(coop::base::log(x)), bits) << x;
}

TEST(Exp, GivesTheseVeryBits) {
    const Golden golden[] = {
        {1.0, 0x4005bf0a8b14576a},    {-1.0, 0x3fd78b56362cef38},
        {0.5, 0x3ffa61298e1e069c},    {10.0, 0x40d5829dcf950560},
        {-10.0, 0x3f07cd79b5647c9a},  {700.0, 0x7f0d945df4f8ec8e},
        {-700.0, 0x00d14f2b0fb9307f}, {-740.0, 0x55},
        {1e-10, 0x3ff000000006df38},  {0.1, 0x3ff1aec7b35a00d4},
        {-0.3, 0x3fe7b4c869c37c05},   {709.5, 0x7fe81e9b4b52d0c9},
        {3.3, 0x403b1cd5e7807b7b},
    };
    for (const auto& [x, bits] : golden)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(coop::base::exp(x)), bits) << x;
}

}  // namespace

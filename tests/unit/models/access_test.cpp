#include "models/network/access.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace coop::models {
namespace {

using base::Instant;
using base::milliseconds;
using base::seconds;
using sim::PeerId;

AccessParams village() {
    Line dsl;
    dsl.up = {175'000};
    dsl.down = {625'000};
    dsl.first_hop = milliseconds(10);
    dsl.jitter = milliseconds(3);
    dsl.loss_ppm = 1000;
    Line fibre;
    fibre.up = {12'500'000};
    fibre.down = {12'500'000};
    fibre.first_hop = milliseconds(1);
    fibre.loss_ppm = 500;
    AccessParams params;
    params.lines = {dsl, fibre};
    for (std::uint32_t i = 0; i < 100; ++i) params.line_of_member.push_back(i % 2);
    return params;
}

TEST(AccessNetwork, AddsBothFirstHopsToThePairsOwnBackbone) {
    const AccessNetwork network(village());
    const sim::Path path = network.path(PeerId{0}, PeerId{1}, Instant::zero());
    EXPECT_EQ(path.delay, milliseconds(11) + network.backbone(PeerId{0}, PeerId{1}));
    EXPECT_EQ(path.jitter_max, milliseconds(3));
    EXPECT_EQ(path.loss_ppm, 1500);  // 1 - .999 * .9995, to the ppm
    EXPECT_EQ(network.rates(PeerId{0}).up, base::ByteRate{175'000});
    EXPECT_EQ(network.rates(PeerId{1}).down, base::ByteRate{12'500'000});
}

TEST(AccessNetwork, IsTheSameInBothDirectionsAndAtAllTimes) {
    const AccessNetwork network(village());
    for (std::uint32_t i = 0; i < 100; ++i)
        for (std::uint32_t j = 0; j < i; ++j) {
            const auto there = network.path(PeerId{i}, PeerId{j}, Instant::zero()).delay;
            ASSERT_EQ(there, network.path(PeerId{j}, PeerId{i}, Instant::zero() + seconds(1'000'000)).delay);
        }
}

TEST(AccessNetwork, DrawsBackbonesUniformlyBetweenTheirBounds) {
    AccessParams params = village();
    params.backbone = {milliseconds(4), milliseconds(16)};
    const AccessNetwork network(params);
    double sum = 0;
    int pairs = 0;
    for (std::uint32_t i = 0; i < 100; ++i)
        for (std::uint32_t j = 0; j < i; ++j, ++pairs) {
            const base::Duration delay = network.backbone(PeerId{i}, PeerId{j});
            ASSERT_GE(delay, milliseconds(4));
            ASSERT_LE(delay, milliseconds(16));
            sum += delay.seconds();
        }
    const double sd_of_mean = 0.012 / std::sqrt(12.0) / std::sqrt(pairs);
    EXPECT_NEAR(sum / pairs, 0.010, 4 * sd_of_mean);
}

TEST(AccessNetwork, IsSplitForItsTimeAndNoLonger) {
    AccessParams params = village();
    NetSplit split{Instant::zero() + seconds(10), Instant::zero() + seconds(20), std::vector<bool>(100)};
    split.side[0] = split.side[1] = true;
    params.splits = {split};
    const AccessNetwork network(params);
    const auto open = [&](std::uint32_t a, std::uint32_t b, int second) {
        return network.path(PeerId{a}, PeerId{b}, Instant::zero() + seconds(second)).open;
    };
    EXPECT_TRUE(open(0, 2, 9));
    EXPECT_FALSE(open(0, 2, 10));
    EXPECT_FALSE(open(2, 0, 19));
    EXPECT_TRUE(open(0, 1, 15));
    EXPECT_TRUE(open(2, 3, 15));
    EXPECT_TRUE(open(0, 2, 20));
}

}  // namespace
}  // namespace coop::models

// Infect and die in a town of whole nodes. A flood costs what counting says: once over each link from either
// side, but never back to where it came from first. Pushed to F at random of all n, news reach the share c of
// them that solves c = 1 - exp(-F c) (the final size of an epidemic: Kermack and McKendrick 1927; for gossip
// Kermarrec, Massoulié, Ganesh, IEEE TPDS 14, 2003), for F payloads of each who heard them.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "engine/policy/gossip.hpp"
#include "tests/truth_overlay/graph.hpp"
#include "tests/truth_overlay/town.hpp"

namespace coop::protocol::test {
namespace {

constexpr std::uint32_t shuffles = 1;

double final_size(double fanout) {
    double reached = 1;
    for (int i = 0; i < 1000; ++i) reached = 1 - std::exp(-fanout * reached);
    return reached;
}

TEST(Flood, CostsEveryLinkTwiceButForTheTreeOfFirstArrivals) {
    constexpr std::uint32_t n = 300;
    const auto flood = policy::make_flood();
    Town town(n, 1, *flood);
    town.grow(shuffles);
    for (const std::uint32_t author : {0u, 1u, n - 1}) {
        const Graph overlay = town.overlay();
        const Told told = town.tell(author);
        if (town.overlay() != overlay) continue;  // the law is about links that stay
        std::size_t ends = 0;
        for (const auto& neighbours : overlay) ends += neighbours.size();
        EXPECT_EQ(told.delivered, n - 1);
        EXPECT_EQ(told.payloads, ends - (n - 1));
        EXPECT_EQ(told.announcements + told.grafts + told.prunes, 0u);
    }
}

class Push : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Push, ReachesTheFinalSizeOfAnEpidemic) {
    constexpr std::uint32_t n = 1000;
    constexpr int notices = 12;
    const std::uint32_t fanout = GetParam();
    const auto push = policy::make_push({.fanout = fanout});
    Town town(n, 1, *push);
    town.grow(shuffles);
    double reached = 0;
    for (std::uint32_t i = 0; i < notices; ++i) {
        const Told told = town.tell(i * 83 % n);
        const auto caught_up = std::count(told.hops.begin(), told.hops.end(), 0) - 1;  // without the author
        const auto heard = static_cast<std::int64_t>(told.delivered) + 1 - caught_up;
        EXPECT_EQ(static_cast<std::int64_t>(told.pushed), fanout * heard) << "each tells so many, once";
        reached += static_cast<double>(heard) / n;
    }
    const double c = final_size(fanout);
    // The share of one notice has the deviation sqrt(c (1 - c) / n) / (1 - F (1 - c)).
    const double deviation = std::sqrt(c * (1 - c) / n / notices) / (1 - fanout * (1 - c));
    EXPECT_NEAR(reached / notices, c, 4 * deviation);
}

INSTANTIATE_TEST_SUITE_P(Fanouts, Push, testing::Values(2u, 3u, 5u));

}  // namespace
}  // namespace coop::protocol::test

// HyParView's overlay (Leitão, Pereira, Rodrigues, DSN 2007) at n = 1000, after joins and 50 shuffles.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/truth_overlay/graph.hpp"
#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

constexpr std::uint32_t members = 1000;
constexpr std::uint32_t shuffles = 50;

Graph overlay(const Village<OverlayBoard>& village) {
    Graph graph(village.size());
    for (std::uint32_t i = 0; i < village.size(); ++i) {
        if (!village.alive(i)) continue;
        for (const PeerId each : village.board(i).views.active()) graph[i].push_back(each.index);
    }
    return graph;
}

/// Everybody joins through a random member that is there already; then 50 shuffles.
void grow(Village<OverlayBoard>& village, std::uint64_t seed) {
    base::Rng rng(seed, base::Purpose::test, 0);
    for (std::uint32_t i = 0; i < village.size(); ++i) {
        std::vector<PeerId> contacts;
        if (i > 0) contacts.push_back(peer(static_cast<std::uint32_t>(rng.below(i))));
        village.act(i, "wakes", [&](OverlayBoard& board, Env& env) { board.wake(contacts, env); });
        village.run_for(base::milliseconds(100));
    }
    village.run_for(Config{}.membership.shuffle_every * shuffles);
}

std::vector<bool> kill_randomly(Village<OverlayBoard>& village, double fraction, std::uint64_t seed) {
    base::Rng rng(seed, base::Purpose::fault, 0);
    std::vector<bool> alive(village.size(), true);
    auto left = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(village.size())));
    while (left > 0) {
        const auto victim = static_cast<std::uint32_t>(rng.below(village.size()));
        if (!alive[victim]) continue;
        alive[victim] = false;
        village.kill(victim);
        --left;
    }
    return alive;
}

/// Grown once, copied by each test.
const Village<OverlayBoard>& grown() {
    static Village<OverlayBoard> village(members, Config{}, 1);
    static const bool once = (grow(village, 1), true);
    EXPECT_TRUE(once);
    return village;
}

TEST(HyParView, IsASymmetricRandomGraphOfDegreeFive) {
    const Graph graph = overlay(grown());
    std::size_t full = 0;
    for (const auto& neighbours : graph) full += neighbours.size() == Config{}.membership.active_max ? 1 : 0;
    EXPECT_GE(full, members * 99 / 100);
    EXPECT_EQ(one_sided(graph), 0u);
    EXPECT_NEAR(mean_shortest_path(graph), 4.71, .06);
    EXPECT_LT(clustering(graph), .008);
}

/// Bond by bond in a random regular graph of degree 5: a link leads nowhere with probability u = 1 - s + s
/// u^4, s = 1 - f; a survivor is in the giant component with 1 - u^5, and a broadcast needs both ends in it.
double expected_reach(double failed) {
    const double s = 1 - failed;
    double u = 0;
    for (int i = 0; i < 10'000; ++i) u = 1 - s + s * u * u * u * u;
    const double in_giant = 1 - u * u * u * u * u;
    return in_giant * in_giant;
}

TEST(HyParView, IsCutByFailuresAsARandomRegularGraphIs) {
    EXPECT_NEAR(expected_reach(.3), .9946, .00005);
    EXPECT_NEAR(expected_reach(.4), .9745, .00005);
    for (const double failed : {.3, .4}) {
        double sum = 0;
        constexpr int draws = 20;
        for (int draw = 0; draw < draws; ++draw) {
            Village<OverlayBoard> village = grown();
            const std::vector<bool> alive = kill_randomly(village, failed, static_cast<std::uint64_t>(draw));
            sum += mean_reach(overlay(village), alive);
        }
        // One draw of 600-700 survivors scatters by about .004 and .008; twenty by a fifth of that.
        EXPECT_NEAR(sum / draws, expected_reach(failed), .006) << failed;
    }
}

TEST(HyParView, IsWholeAgainAfterOneRoundOfRepair) {
    const MembershipConfig times;
    const base::Duration detection = times.link_silent_max + times.keep_alive_every;
    for (const double failed : {.3, .5, .8}) {
        Village<OverlayBoard> village = grown();
        const std::vector<bool> alive = kill_randomly(village, failed, 1);
        village.run_for(detection + times.shuffle_every);
        EXPECT_GE(mean_reach(overlay(village), alive), .999) << failed;
    }
}

}  // namespace
}  // namespace coop::protocol::test

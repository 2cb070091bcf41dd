// HyParView's overlay (Leitão, Pereira, Rodrigues, DSN 2007) of whole nodes at n = 1000, after joins and 50
// shuffles.
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/truth_overlay/graph.hpp"
#include "tests/truth_overlay/town.hpp"

namespace coop::protocol::test {
namespace {

constexpr std::uint32_t members = 1000;
constexpr std::uint32_t shuffles = 50;

/// Which members a draw of the dice leaves alive.
std::vector<bool> survivors(double failed, std::uint64_t draw) {
    base::Rng rng(draw, base::Purpose::test, 0);
    std::vector<bool> alive(members, true);
    for (auto left = std::lround(failed * members); left > 0;) {
        const std::uint64_t victim = rng.below(members);
        if (!alive[victim]) continue;
        alive[victim] = false;
        --left;
    }
    return alive;
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

void expect_random_regular_graph(const Graph& graph) {
    std::size_t full = 0;
    for (const auto& neighbours : graph) full += neighbours.size() == Config{}.membership.active_max ? 1 : 0;
    EXPECT_GE(full, members * 99 / 100);
    EXPECT_EQ(one_sided(graph), 0u);
    EXPECT_NEAR(mean_shortest_path(graph), 4.71, .06);
    EXPECT_LT(clustering(graph), .008);
}

void expect_cut_as_one(const Graph& graph) {
    EXPECT_NEAR(expected_reach(.3), .9946, .00005);
    EXPECT_NEAR(expected_reach(.4), .9745, .00005);
    for (const double failed : {.3, .4}) {
        double sum = 0;
        constexpr int draws = 20;
        for (int draw = 0; draw < draws; ++draw)
            sum += mean_reach(graph, survivors(failed, static_cast<std::uint64_t>(draw)));
        // One draw of 600-700 survivors scatters by about .004 and .008; twenty by a fifth of that.
        EXPECT_NEAR(sum / draws, expected_reach(failed), .006) << failed;
    }
}

/// What nobody said is noticed by the silence of a link; a round of shuffling mends it.
bool is_whole_after_repair(Town& town, double failed) {
    constexpr MembershipConfig times;
    town.kill_randomly(failed, 1);
    town.run_for(times.link_silent_max + times.keep_alive_every + times.shuffle_every);
    const double reach = mean_reach(town.overlay(), town.alive());
    std::printf("%.0f %% failed: reach %.4f after detection and repair\n", failed * 100, reach);
    std::fflush(stdout);
    return reach >= .999;
}

TEST(HyParView, IsASymmetricRandomGraphThatIsCutAndHealsAsOne) {
    Town town(members, 1);
    town.grow(shuffles);
    const Graph graph = town.overlay();
    expect_random_regular_graph(graph);
    expect_cut_as_one(graph);
    // Growing costs most. So it is done once, and each future befalls a copy of the process.
    for (const double failed : {.3, .5, .8}) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) _exit(is_whole_after_repair(town, failed) ? 0 : 1);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << failed;
    }
}

}  // namespace
}  // namespace coop::protocol::test

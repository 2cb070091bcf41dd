// Plumtree's identities (Leitão, Pereira, Rodrigues, SRDS 2007) in a town of whole nodes, on the overlay of E
// links that they made themselves. They follow from counting, so they hold exactly:
//
//     the first notice      2E - (n - 1) payloads: once over a link of the tree, twice over any other
//     every further one     n - 1 payloads (relative message redundancy 0), 2(E - (n - 1)) announcements
//     hops                  the first comes by shortest paths, for all links are equally long; the
//                           further ones along the only path that the tree has
#include <memory>
#include <queue>

#include <gtest/gtest.h>

#include "tests/truth_overlay/graph.hpp"
#include "tests/truth_overlay/town.hpp"

namespace coop::protocol::test {
namespace {

constexpr std::uint32_t shuffles = 20;

std::size_t ends(const Graph& graph) {
    std::size_t count = 0;
    for (const auto& neighbours : graph) count += neighbours.size();
    return count;
}

std::vector<int> steps_from(const Graph& graph, std::uint32_t source) {
    std::vector<int> steps(graph.size(), -1);
    std::queue<std::uint32_t> reached;
    steps[source] = 0;
    for (reached.push(source); !reached.empty(); reached.pop()) {
        for (const std::uint32_t next : graph[reached.front()]) {
            if (steps[next] >= 0) continue;
            steps[next] = steps[reached.front()] + 1;
            reached.push(next);
        }
    }
    return steps;
}

/// The identities are about an overlay that stays as it is; two boards that each lack a neighbour may find
/// one another at any time. Then another town is grown.
struct Flooded {
    std::unique_ptr<Town> town;
    Graph overlay;
    Told first;
};
Flooded flooded(std::uint32_t members) {
    for (std::uint64_t seed = 1;; ++seed) {
        auto town = std::make_unique<Town>(members, seed);
        town->grow(shuffles);
        const Graph overlay = town->overlay();
        EXPECT_EQ(one_sided(overlay), 0u);
        EXPECT_EQ(ends(town->tree()), ends(overlay)) << "before anything is said, every link is eager";
        const Told first = town->tell(0);
        if (town->overlay() == overlay || seed == 5) return {std::move(town), overlay, first};
    }
}

void expect_tree_costs(const Told& told, std::size_t members, std::size_t links) {
    EXPECT_EQ(told.delivered, members - 1);
    EXPECT_EQ(told.payloads, members - 1);
    EXPECT_EQ(told.announcements, 2 * (links - (members - 1)));
    EXPECT_EQ(told.grafts, 0u);
    EXPECT_EQ(told.prunes, 0u);
}

class PlumtreeTown : public testing::TestWithParam<std::uint32_t> {};

TEST_P(PlumtreeTown, FloodsOnceThenSettlesOnASpanningTree) {
    const std::uint32_t n = GetParam();
    const auto [town, overlay, first] = flooded(n);
    const std::size_t links = ends(overlay) / 2;
    EXPECT_EQ(first.delivered, n - 1);
    EXPECT_EQ(first.payloads, 2 * links - (n - 1));
    EXPECT_EQ(first.prunes, 2 * (links - (n - 1)));
    EXPECT_EQ(first.hops, steps_from(overlay, 0));

    const Graph tree = town->tree();
    EXPECT_EQ(one_sided(tree), 0u);
    EXPECT_EQ(ends(tree), 2 * (n - 1u));
    int settled = 0;
    for (const std::uint32_t author : {1u, n / 2, n - 1}) {
        const Told told = town->tell(author);
        if (town->overlay() != overlay) break;
        ++settled;
        expect_tree_costs(told, n, links);
        EXPECT_EQ(told.hops, steps_from(tree, author));
        EXPECT_EQ(town->tree(), tree);
    }
    EXPECT_GT(settled, 0);
}

INSTANTIATE_TEST_SUITE_P(Towns, PlumtreeTown, testing::Values(2u, 7u, 100u, 1000u));

/// What has failed silently is found by keep-alives and mended by the views; one notice more, and the links
/// that are new are pruned to a tree again.
TEST(PlumtreeTown, SettlesAgainAfterAThirdHaveFailed) {
    constexpr std::uint32_t n = 300;
    constexpr std::size_t living = 200;
    Town town(n, 1);
    town.grow(shuffles);
    town.tell(0);
    town.kill_randomly(1. / 3, 1);
    town.run_for(base::minutes(10));
    std::uint32_t author = 0;
    while (!town.alive()[author]) ++author;
    for (int tries = 0; tries < 20; ++tries) {
        town.tell(author);
        const Graph overlay = town.overlay();
        const Told told = town.tell(author);
        if (town.overlay() != overlay) continue;
        return expect_tree_costs(told, living, ends(overlay) / 2);
    }
    FAIL() << "the overlay never rests";
}

}  // namespace
}  // namespace coop::protocol::test

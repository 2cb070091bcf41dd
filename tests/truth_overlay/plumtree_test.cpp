// Plumtree's identities (Leitão, Pereira, Rodrigues, SRDS 2007), on any stable overlay of n nodes and E
// links: the first flood sends 2E - (n - 1) payloads; after it n - 1 links are eager, and every further
// message costs n - 1 payloads and 2(E - (n - 1)) announcements. They follow from counting, so they hold
// exactly.
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// A ring for connection and random chords, at most `degree` links a node.
Edges random_overlay(std::uint32_t n, std::uint32_t degree, std::uint64_t seed) {
    base::Rng rng(seed, base::Purpose::test, 0);
    std::vector<std::uint32_t> degrees(n, 2);
    std::set<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (std::uint32_t i = 0; i < n; ++i) edges.emplace(std::min(i, (i + 1) % n), std::max(i, (i + 1) % n));
    for (std::uint32_t tries = 0; tries < n * degree * 4; ++tries) {
        const auto a = static_cast<std::uint32_t>(rng.below(n));
        const auto b = static_cast<std::uint32_t>(rng.below(n));
        if (a == b || degrees[a] >= degree || degrees[b] >= degree) continue;
        if (!edges.emplace(std::min(a, b), std::max(a, b)).second) continue;
        ++degrees[a], ++degrees[b];
    }
    return {edges.begin(), edges.end()};
}

std::size_t eager_ends(Village<TreeBoard>& village) {
    std::size_t ends = 0;
    for (std::uint32_t i = 0; i < village.size(); ++i) ends += village.board(i).broadcast.eager().size();
    return ends;
}

struct Overlay {
    std::uint32_t nodes;
    std::uint32_t degree;
};

class Plumtree : public testing::TestWithParam<Overlay> {};

TEST_P(Plumtree, FloodsOnceThenSettlesOnASpanningTree) {
    const auto [n, degree] = GetParam();
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const Edges edges = random_overlay(n, degree, seed);
        const std::size_t links = edges.size();
        Village<TreeBoard> village(n);
        link(village, edges);

        publish(village, 0, 1);
        village.run_for(base::seconds(60));
        EXPECT_EQ(village.delivered(), n - 1);
        EXPECT_EQ(village.sent<Gossip>(), 2 * links - (n - 1));
        EXPECT_EQ(eager_ends(village), 2 * (n - 1u)) << "every eager link is eager at both ends";

        for (std::uint32_t message = 1; message <= 3; ++message) {
            village.forget_counts();
            publish(village, message % n, message + 1);  // whoever publishes: the tree is one for all
            village.run_for(base::seconds(60));
            EXPECT_EQ(village.delivered(), n - 1);
            EXPECT_EQ(village.sent<Gossip>(), n - 1u);
            EXPECT_EQ(village.sent<IHave>(), 2 * (links - (n - 1)));
            EXPECT_EQ(village.sent<Graft>(), 0u);
            EXPECT_EQ(village.sent<Prune>(), 0u);
            EXPECT_EQ(eager_ends(village), 2 * (n - 1u));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Overlays, Plumtree,
                         testing::Values(Overlay{3, 2}, Overlay{10, 4}, Overlay{200, 5}, Overlay{1000, 8}));

}  // namespace
}  // namespace coop::protocol::test

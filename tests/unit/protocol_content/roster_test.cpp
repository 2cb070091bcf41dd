#include <gtest/gtest.h>

#include "tests/unit/protocol_content/pool.hpp"

namespace coop::protocol::test {
namespace {

TEST(Roster, WeighsByTheDiskThatIsOffered) {
    const Pool pool({offer({}, base::gigabytes(64)), offer({}, base::mib(1)), offer({}, {2'999'999'999})});
    const Roster roster = pool.roster();
    ASSERT_EQ(roster.size(), 3u);
    EXPECT_EQ(roster.takers()[0].weight, 64u);
    EXPECT_EQ(roster.takers()[1].weight, 1u) << "the least that anybody weighs";
    EXPECT_EQ(roster.takers()[2].weight, 2u);
    EXPECT_EQ(roster.takers()[2].key, pool.bench.crypto.key_prefix(peer(2)));
}

TEST(Roster, GivesNothingMoreToAFullBoardButCountsWhatItHolds) {
    Pool pool(3);
    Announcement full = offer();
    full.accepting = false;
    pool.announce(1, full);
    const Roster roster = pool.roster();
    EXPECT_EQ(roster.takers()[1].weight, 0u);
    EXPECT_EQ(roster.holders()[1].weight, 1u);
    EXPECT_FALSE(roster.lost(peer(1)));
}

TEST(Roster, LetsWhoIsLeavingBeFetchedFromAndNothingElse) {
    Pool pool(3);
    Announcement farewell = offer();
    farewell.leaving = true;
    pool.announce(1, farewell);
    const Roster roster = pool.roster();
    ASSERT_EQ(roster.index_of(peer(1)), 1u);
    EXPECT_TRUE(roster.at(1).leaving);
    EXPECT_EQ(roster.takers()[1].weight, 0u);
    EXPECT_EQ(roster.holders()[1].weight, 0u) << "its copies do not count";
    EXPECT_TRUE(roster.lost(peer(1))) << "they are made again";
    EXPECT_TRUE(pool.directory.expected_awake(peer(1), pool.bench.now));
}

TEST(Roster, LeavesOutWhoHasDepartedOrFailedAndRemembersThemAsLost) {
    Pool pool(4);
    Announcement farewell = offer();
    farewell.leaving = true;
    farewell.disk = {};
    pool.announce(1, farewell);
    pool.pass(pool.config.content.failed_after + base::minutes(11), {3});
    const Roster roster = pool.roster();
    ASSERT_EQ(roster.size(), 2u);
    EXPECT_EQ(roster.at(0).peer, peer(0));
    EXPECT_EQ(roster.at(1).peer, peer(2));
    EXPECT_EQ(roster.index_of(peer(2)), 1u);
    EXPECT_EQ(roster.index_of(peer(3)), std::nullopt);
    EXPECT_TRUE(roster.lost(peer(1)));
    EXPECT_TRUE(roster.lost(peer(3)));
    EXPECT_FALSE(roster.lost(peer(2)));
    EXPECT_FALSE(roster.lost(peer(9))) << "a stranger was never there";
}

TEST(Roster, IsTheSameForAllWhoKnowTheSame) {
    const Pool here(20, peer(0));
    const Pool there(20, peer(19));
    const Roster a = here.roster();
    const Roster b = there.roster();
    ASSERT_EQ(a.size(), b.size());
    for (std::uint32_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a.at(i).peer, b.at(i).peer);
        EXPECT_EQ(a.takers()[i].key, b.takers()[i].key);
        EXPECT_EQ(a.takers()[i].weight, b.takers()[i].weight);
    }
}

}  // namespace
}  // namespace coop::protocol::test

#include "engine/config/hardware.hpp"

#include <algorithm>

#include "tests/unit/config/golden.hpp"

namespace coop::config {
namespace {

TEST(BoardFile, IsReadInTheModelsUnits) {
    const auto loaded = load_profile(test_hardware() + "/small.toml");
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const models::Profile& p = loaded.value().profile;
    EXPECT_EQ(p.name, "small");
    EXPECT_EQ(p.title, "A small board for tests");
    EXPECT_EQ(p.cores, 1U);
    EXPECT_EQ(p.step, base::microseconds(50));
    EXPECT_EQ(p.per_hashed_mib, base::milliseconds(4));
    EXPECT_EQ(p.per_signature, base::microseconds(300));
    EXPECT_EQ(p.per_verification, base::microseconds(700));
    EXPECT_EQ(p.per_sync, base::microseconds(2500));
    EXPECT_EQ(p.disk_write.per_second, 20'000'000);
    EXPECT_EQ(p.disk_read.per_second, 40'000'000);
    EXPECT_EQ(p.nic.per_second, 12'500'000);
    EXPECT_EQ(p.idle_mw, 800);
    EXPECT_EQ(p.busy_mw, 2330);
    EXPECT_EQ(p.boot, base::seconds(20));
}

TEST(LinesFile, IsOrderedByNameAndKnowsTheIdeal) {
    const auto loaded = load_lines(test_hardware() + "/lines.toml");
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const auto& lines = loaded.value().lines;
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].line.name, "ideal");
    EXPECT_EQ(lines[1].line.name, "thin");
    EXPECT_EQ(lines[1].line.up.per_second, 175'000);
    EXPECT_EQ(lines[1].line.down.per_second, 625'000);
    EXPECT_EQ(lines[1].line.first_hop, base::microseconds(10'650));
    EXPECT_EQ(lines[1].line.loss_ppm, 500);
    ASSERT_EQ(loaded.value().regions.size(), 2U);
    EXPECT_EQ(loaded.value().regions[1].region.one_way_most, base::milliseconds(7));
}

TEST(Ideal, CostsNothingAndNeverWaits) {
    const models::Profile& board = ideal_profile();
    EXPECT_EQ(board.step + board.per_sync + board.per_hashed_mib + board.boot, base::Duration::zero());
    EXPECT_EQ(board.busy_mw, 0);
    EXPECT_LT(base::mib(1) / ideal_line().up, base::microseconds(11));
    EXPECT_EQ(ideal_line().loss_ppm, 0);
    EXPECT_EQ(ideal_region().one_way_most, base::Duration::zero());
    EXPECT_GT((ideal_line().up * base::days(365)).count, 0) << "a year of it overflows";
}

}  // namespace
}  // namespace coop::config

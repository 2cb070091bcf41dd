// What the project ships loads without a word: every scenario, every board, every line.
#include <filesystem>
#include <set>

#include "engine/config/hardware.hpp"
#include "engine/config/scenario.hpp"
#include "tests/unit/config/golden.hpp"

namespace coop::config {
namespace {

const std::string root = COOP_SOURCE_DIR;

std::set<std::string> files(const std::string& under) {
    std::set<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(root + "/" + under)) {
        if (file.path().extension() == ".toml") found.insert(file.path().string());
    }
    return found;
}

TEST(ShippedScenario, LoadsAndItsResolvedTextLoadsEqual) {
    const auto found = files("scenarios");
    EXPECT_TRUE(found.contains(root + "/scenarios/village.toml"));
    EXPECT_TRUE(found.contains(root + "/scenarios/handful.toml"));
    for (const std::string& path : found) {
        const auto loaded = load_scenario(path);
        ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
        EXPECT_FALSE(loaded.value().scenario.title.empty()) << path;
        EXPECT_TRUE(loaded.value().scenario.question.ends_with("?")) << path;
        const auto again = load_scenario_text(loaded.value().resolved, path);
        ASSERT_TRUE(again.ok()) << again.error().to_text();
        EXPECT_TRUE(again.value().scenario == loaded.value().scenario) << path;
        for (const Expect& expect : loaded.value().scenario.expectations)
            EXPECT_FALSE(expect.why.empty()) << path;
    }
}

TEST(ShippedBoard, LoadsWithEveryFigureExplained) {
    std::set<std::string> names;
    for (const std::string& path : files("hw-profiles")) {
        if (path.ends_with("lines.toml")) continue;
        const auto loaded = load_profile(path);
        ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
        names.insert(loaded.value().profile.name);
        EXPECT_EQ(loaded.value().figures.size(), 13U) << path;
        for (const Figure& figure : loaded.value().figures) EXPECT_GT(figure.origin.size(), 10U) << path;
    }
    for (const char* name : {"rpi_zero_2w", "rpi_3b_plus", "rpi_4b", "rpi_5", "le_potato"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(ShippedBoard, SignsFasterThanItVerifiesAndIdlesOnLess) {
    for (const std::string& path : files("hw-profiles")) {
        if (path.ends_with("lines.toml")) continue;
        const auto profile = load_profile(path).value().profile;
        EXPECT_LT(profile.per_signature, profile.per_verification) << path;
        EXPECT_LT(profile.idle_mw, profile.busy_mw) << path;
        EXPECT_GT(profile.step, base::Duration::zero()) << path;
    }
}

TEST(ShippedLines, AreThoseThatScenariosName) {
    const auto loaded = load_lines(root + "/hw-profiles/lines.toml");
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    std::set<std::string> names;
    for (const LoadedLine& line : loaded.value().lines) {
        names.insert(line.line.name);
        EXPECT_LE(line.line.up, line.line.down) << line.line.name;
    }
    for (const char* name : {"adsl", "vdsl_50", "cable", "fibre", "loopback", "ideal"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(Village, IsTheVillageOfTheReadme) {
    const auto loaded = load_scenario(root + "/scenarios/village.toml");
    ASSERT_TRUE(loaded.ok());
    const Scenario& village = loaded.value().scenario;
    EXPECT_EQ(village.members.count, 40U);
    EXPECT_EQ(village.duration, base::days(30));
    EXPECT_EQ(village.members.offer.share_of_line, base::percent(3));
    EXPECT_EQ(village.members.offer.hours, base::hours(3));
    EXPECT_TRUE(village.members.offer.hours_at.empty());
    EXPECT_EQ(village.members.offer.disk, base::gigabytes(8));
    EXPECT_EQ(village.profiles.size(), 5U);
}

}  // namespace
}  // namespace coop::config

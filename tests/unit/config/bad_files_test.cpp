// Every way to get a file wrong, and the one message it earns. The cases are in the .golden files.
#include <filesystem>

#include "engine/config/hardware.hpp"
#include "engine/config/node_config.hpp"
#include "engine/config/scenario.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/config/golden.hpp"

namespace coop::config {
namespace {

/// The file exists for as long as this does, in the working folder, so that messages name it plainly.
class WrittenFile {
  public:
    WrittenFile(const std::string& name, const std::string& text) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder_.path());
        test::write_file(name, text);
    }
    ~WrittenFile() { std::filesystem::current_path(before_); }

  private:
    test::Folder folder_;
    std::filesystem::path before_;
};

TEST(BadScenario, IsRefusedWithItsOneMessage) {
    const auto cases = read_golden("scenario.golden");
    EXPECT_GT(cases.size(), 80U);
    for (const BadFile& bad : cases) {
        SCOPED_TRACE(bad.name);
        const auto loaded = load_scenario_text(bad.text, "bad.toml", bad.overrides, test_hardware());
        if (loaded.ok()) {
            ADD_FAILURE() << "was taken";
        } else {
            EXPECT_EQ(loaded.error().to_text(), bad.says);
        }
    }
}

TEST(BadProfile, IsRefusedWithItsOneMessage) {
    for (const BadFile& bad : read_golden("profile.golden")) {
        SCOPED_TRACE(bad.name);
        const WrittenFile file("bad.toml", bad.text);
        const auto loaded = load_profile("bad.toml");
        if (loaded.ok()) {
            ADD_FAILURE() << "was taken";
        } else {
            EXPECT_EQ(loaded.error().to_text(), bad.says);
        }
    }
}

TEST(BadNodeFile, IsRefusedWithItsOneMessage) {
    for (const BadFile& bad : read_golden("node.golden")) {
        SCOPED_TRACE(bad.name);
        const WrittenFile file("node.toml", bad.text);
        const auto loaded = load_node_config("node.toml", bad.overrides);
        if (loaded.ok()) {
            ADD_FAILURE() << "was taken";
        } else {
            EXPECT_EQ(loaded.error().to_text(), bad.says);
        }
    }
}

TEST(BadFile, ThatIsNotThereSaysSo) {
    const auto loaded = load_scenario("nowhere.toml", {}, test_hardware());
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().to_text(), "nowhere.toml:1:1: cannot be read: No such file or directory");
}

TEST(BadFile, ThatIsNotThereNamesTheNearestInItsFolder) {
    const WrittenFile file("village.toml", "");
    std::filesystem::create_directory("more");
    test::write_file("more/town.toml", "");
    const auto advice = [](const std::string& path) {
        return load_scenario(path, {}, test_hardware()).error().advice;
    };
    EXPECT_EQ(advice("vilage.toml"), "did you mean \"village.toml\"?");
    EXPECT_EQ(advice("more/town"), "did you mean \"more/town.toml\"?");
    EXPECT_EQ(advice("more/elephant.toml"), "in more there are town.toml");
    EXPECT_EQ(advice("nowhere/town.toml"), "there is no folder nowhere");
}

TEST(BadFile, ThatIsAFolderSaysSo) {
    const WrittenFile file("x.toml", "");
    std::filesystem::create_directory("folder.toml");
    const auto loaded = load_scenario("folder.toml", {}, test_hardware());
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().to_text(), "folder.toml:1:1: cannot be read: Is a directory");
}

TEST(BadFile, AboveAMebibyteIsNotRead) {
    const WrittenFile file("big.toml", std::string((1 << 20) + 1, '#'));
    const auto loaded = load_scenario("big.toml", {}, test_hardware());
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().to_text(), "big.toml:1:1: is larger than 1 MiB, so it is not one of ours");
}

TEST(BadFile, OfRandomBytesIsADiagnosticAndNothingWorse) {
    std::uint64_t state = 1;
    for (int round = 0; round < 2000; ++round) {
        std::string text = "duration = \"1d\"\n[members]\ncount = 4\n";
        for (int edit = 0; edit < 3; ++edit) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text[(state >> 33) % text.size()] = static_cast<char>(state >> 56);
        }
        const auto loaded = load_scenario_text(text, "random.toml", {}, test_hardware());
        if (loaded.ok()) continue;
        EXPECT_FALSE(loaded.error().message.empty());
        EXPECT_FALSE(loaded.error().to_text().empty());
    }
}

TEST(BadHardware, ThatIsMissingSaysWhereItWasLookedFor) {
    const auto loaded = load_scenario_text("duration = \"1d\"\n", "a.toml", {}, "/no/such/folder");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().to_text(),
              "a.toml:1:1: there is no folder /no/such/folder of board and line profiles");
}

}  // namespace
}  // namespace coop::config

// What a member of a cooperative reads.
#include "engine/app/summary.hpp"

#include <gtest/gtest.h>

#include "engine/config/scenario.hpp"

namespace coop::app {
namespace {

TEST(Figures, HaveTheUnitThatSuitsThem) {
    EXPECT_EQ(human_kwh(0), "0 kWh");
    EXPECT_EQ(human_kwh(0.000'138), "0.14 Wh");
    EXPECT_EQ(human_kwh(0.0999), "99.90 Wh");
    EXPECT_EQ(human_kwh(0.1), "0.10 kWh");
    EXPECT_EQ(human_value(1.374, "kWh"), "1.37 kWh");
    EXPECT_EQ(human_value(0.000'138, "kWh"), "0.14 Wh");
}

TEST(Figures, AreNotRoundedToWhatTheyAreNot) {
    EXPECT_EQ(human_percent(1), "100.0 %");
    EXPECT_EQ(human_percent(0.999), "99.9 %");
    EXPECT_EQ(human_percent(0.9997), "99.97 %");
    EXPECT_EQ(human_percent(0.99999), "99.999 %");
    EXPECT_EQ(human_value_beside(0.9997, 1, "fraction"), "99.97 %");
    EXPECT_EQ(human_value_beside(0.98996, 0.99, "fraction"), "98.996 %");
    EXPECT_EQ(human_value_beside(1.0, 1, "fraction"), "100.0 %");
    EXPECT_EQ(human_value_beside(0.5, 1, "fraction"), "50.0 %");
    EXPECT_EQ(human_value_beside(60.04, 60, "s"), "60.04 s");
    EXPECT_EQ(human_value_beside(1'000'001, 1'000'000, "B"), "1000001 B");
}

/// The summary of a run in which nothing happened but what one member used.
std::string summary_of(const std::string& duration, base::Duration covers, const MemberUse& use) {
    const auto loaded = config::load_scenario_text(
        "duration = \"" + duration +
            "\"\n[members]\ncount = 1\nboards = \"ideal\"\nlines = \"ideal\"\ndisk = \"1GB\"\n",
        "one.toml", {}, COOP_SOURCE_DIR "/hw-profiles");
    EXPECT_TRUE(loaded.ok()) << loaded.error().to_text();
    const config::Scenario& scenario = loaded.value().scenario;
    const Population population = populate(scenario);
    Measures measures({.members = 1, .line_up = {base::ByteRate{1000}}});
    measures.sent(PeerId{0}, base::Bytes{90'000'000});
    return summarise({scenario, population, measures, {}, {}, {use}, {}, covers, "simulated"});
}

TEST(Summary, SaysOverWhichTimeAndExtrapolatesNothing) {
    const MemberUse use{.up_bytes_a_day = 86'400e6, .kwh = 0.000'138, .kwh_in_hours = 0.000'1};
    const std::string brief = summary_of("90s", base::seconds(90), use);
    EXPECT_NE(brief.find("What it cost a member, over 90.0 s\n"), std::string::npos) << brief;
    EXPECT_NE(brief.find("sent in all                            90.0 MB"), std::string::npos) << brief;
    EXPECT_NE(brief.find("0.14 Wh"), std::string::npos) << brief;
    EXPECT_EQ(brief.find("a day"), std::string::npos) << brief;
    const std::string longer = summary_of("30d", base::days(30), use);
    EXPECT_NE(longer.find("What it cost a member, over 30.0 days\n"), std::string::npos) << longer;
    EXPECT_NE(longer.find("sent a day                             86.4 GB"), std::string::npos) << longer;
    const std::string interrupted = summary_of("30d", base::hours(5), use);
    EXPECT_NE(interrupted.find("(1 members, 5.0 h simulated)\n"), std::string::npos) << interrupted;
    EXPECT_NE(interrupted.find("What it cost a member, over 5.0 h\n"), std::string::npos) << interrupted;
    EXPECT_EQ(interrupted.find("a day"), std::string::npos) << interrupted;
}

}  // namespace
}  // namespace coop::app

#include "engine/config/diagnostic.hpp"

#include <gtest/gtest.h>

#include "engine/config/nearest.hpp"

namespace coop::config {
namespace {

TEST(Diagnostic, IsTheMessageTheLineAndTheAdvice) {
    const Diagnostic said{"scenarios/village.toml",
                          9,
                          25,
                          "unknown quota policy \"reciprocl/1\"",
                          "policy.quota = { name = \"reciprocl/1\" }",
                          13,
                          advise("reciprocl/1", {"none/1", "fixed_share/1", "reciprocal/1"})};
    EXPECT_EQ(said.to_text(), R"(scenarios/village.toml:9:25: unknown quota policy "reciprocl/1"
   9 | policy.quota = { name = "reciprocl/1" }
                               ^~~~~~~~~~~~~
   did you mean "reciprocal/1"?   known: none/1, fixed_share/1, reciprocal/1)");
}

TEST(Diagnostic, CountsCharactersNotBytes) {
    const Diagnostic said{"a.toml", 1, 11, "wrong", "größe = \"äöü\" # x", 1, ""};
    EXPECT_EQ(said.to_text(), "a.toml:1:11: wrong\n   1 | größe = \"äöü\" # x\n                 ^");
}

TEST(Diagnostic, KeepsTabsUnderTabs) {
    const Diagnostic said{"a.toml", 1, 2, "wrong", "\tx = 1", 1, ""};
    EXPECT_EQ(said.to_text(), "a.toml:1:2: wrong\n   1 | \tx = 1\n       \t^");
}

TEST(Diagnostic, GrowsForLongFiles) {
    const Diagnostic said{"a.toml", 12345, 1, "wrong", "x", 1, ""};
    EXPECT_EQ(said.to_text(), "a.toml:12345:1: wrong\n12345 | x\n        ^");
}

TEST(Diagnostic, WithoutALineIsOneLine) {
    const Diagnostic said{"a.toml", 1, 1, "cannot be read", "", 1, ""};
    EXPECT_EQ(said.to_text(), "a.toml:1:1: cannot be read");
}

TEST(Nearest, ForgivesASlipButNotAnotherWord) {
    EXPECT_EQ(nearest("cuont", {"contacts", "count"}), "count");
    EXPECT_EQ(nearest("gb", {"kB", "GB"}), "GB");
    EXPECT_EQ(nearest("elephant", {"contacts", "count"}), "");
    EXPECT_EQ(nearest("x", {"h", "s"}), "");
}

TEST(Nearest, TakesTheFirstOfEquallyNear) { EXPECT_EQ(nearest("cat", {"bat", "rat"}), "bat"); }

TEST(Advice, ShowsTheNearestOfALongList) {
    Names known;
    for (char c = 'a'; c <= 'z'; ++c) known.push_back(std::string("name_") + c);
    const std::string advice = advise("name_q", known);
    EXPECT_NE(advice.find("known: name_q, "), std::string::npos);
    EXPECT_NE(advice.find("… (26 in all)"), std::string::npos);
}

}  // namespace
}  // namespace coop::config

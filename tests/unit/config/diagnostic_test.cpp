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

TEST(Diagnostic, ShowsNothingThatATerminalObeys) {
    const Diagnostic said{"a\x1b.toml", 1, 5, "unknown \"\x1b[31m\"", "x = \"\x1b[31m\xc2\x9b\"", 1,
                          "no \x07"};
    EXPECT_EQ(said.to_text(),
              "a\\x1b.toml:1:5: unknown \"\\x1b[31m\"\n   1 | x = \"�[31m�\"\n           ^\n   no \\x07");
}

TEST(Diagnostic, CutsALongLineAroundThePlace) {
    const Diagnostic said{"a.toml", 1, 501, "wrong", std::string(500, 'a') + "HERE" + std::string(5000, 'b'),
                          4,        ""};
    EXPECT_EQ(said.to_text(), "a.toml:1:501: wrong\n   1 | …" + std::string(60, 'a') + "HERE" +
                                  std::string(57, 'b') + "…\n" + std::string(7 + 61, ' ') + "^~~~");
}

TEST(Diagnostic, CutsALongMessageInItsMiddle) {
    const std::string text = Diagnostic{"a.toml", 1, 1, std::string(100'000, 'x'), "", 1, ""}.to_text();
    EXPECT_LT(text.size(), 1000U);
    EXPECT_NE(text.find("xxx … xxx"), std::string::npos);
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

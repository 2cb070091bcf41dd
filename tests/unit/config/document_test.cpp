#include "engine/config/document.hpp"

#include <gtest/gtest.h>

namespace coop::config {
namespace {

TEST(Document, RemembersWhereEverythingStands) {
    const Value root = parse("a = 1\n[b]\n  c = \"x\"\n", "f.toml");
    const Entry* b = root.find("b");
    ASSERT_NE(b, nullptr);
    const Entry* c = b->value.find("c");
    ASSERT_NE(c, nullptr);
    EXPECT_EQ(c->spot.line, 3U);
    EXPECT_EQ(c->spot.column, 3U);
    EXPECT_EQ(c->value.spot.column, 7U);
    EXPECT_EQ(c->value.spot.length, 3U);
    EXPECT_EQ(c->value.spot.source->file, "f.toml");
}

TEST(Document, KeepsTheOrderOfTheFile) {
    const Value root = parse("z = 1\na = 2\nm = 3\n", "f.toml");
    ASSERT_EQ(root.entries.size(), 3U);
    EXPECT_EQ(root.entries[0].key, "z");
    EXPECT_EQ(root.entries[2].key, "m");
}

TEST(Document, CountsDatesFrom1970) {
    const auto ns = [](const std::string& date) {
        return parse("d = " + date, "f.toml").entries[0].value.integer;
    };
    EXPECT_EQ(ns("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(ns("2000-02-29T12:00:00Z"), 951'825'600'000'000'000);
    EXPECT_EQ(ns("2026-05-01T02:00:00+02:00"), 1'777'593'600'000'000'000);
    EXPECT_EQ(ns("2026-05-01T00:00:00.25Z"), 1'777'593'600'250'000'000);
    EXPECT_EQ(ns("1969-12-31T23:59:59Z"), -1'000'000'000);
}

TEST(Override, ReplacesAddsAndReachesIntoLists) {
    Value root = parse("a = 1\n[[f]]\nx = 1\n[[f]]\nx = 2\n", "f.toml");
    apply_override(root, "a=7");
    apply_override(root, "b.c=3d");
    apply_override(root, "f.1.x=9");
    apply_override(root, "f.0.y=\"quoted\"");
    EXPECT_EQ(root.find("a")->value.integer, 7);
    EXPECT_EQ(root.find("b")->value.find("c")->value.text, "3d");
    EXPECT_EQ(root.find("f")->value.items[1].find("x")->value.integer, 9);
    EXPECT_EQ(root.find("f")->value.items[0].find("y")->value.text, "quoted");
    EXPECT_EQ(root.find("f")->value.items[0].find("x")->value.integer, 1);
}

TEST(Override, TakesWhatIsNotTomlAsAString) {
    Value root;
    apply_override(root, "at=19:30");
    apply_override(root, "share=3%");
    apply_override(root, "quote=say \"so\"");
    apply_override(root, "empty=");
    EXPECT_EQ(root.find("at")->value.text, "19:30");
    EXPECT_EQ(root.find("share")->value.text, "3%");
    EXPECT_EQ(root.find("quote")->value.text, "say \"so\"");
    EXPECT_EQ(root.find("empty")->value.text, "");
}

TEST(Override, CannotSmuggleASecondKey) {
    Value root;
    EXPECT_THROW(apply_override(root, "a=1\nb=2"), Diagnostic);
    EXPECT_TRUE(root.entries.empty());
}

}  // namespace
}  // namespace coop::config

#include "engine/base/assert.hpp"

#include <gtest/gtest.h>

#include "engine/base/result.hpp"

namespace {

using coop::base::Result;

TEST(AssertDeathTest, NamesTheBrokenClaimAndItsPlace) {
    const int members = 3;
    COOP_ASSERT(members == 3);
    EXPECT_DEATH(COOP_ASSERT(members == 4), "assert_test.cpp:[0-9]+: broken invariant: members == 4");
}

TEST(Result, HoldsAValueOrAnError) {
    const Result<int, const char*> good = 7;
    const Result<int, const char*> bad = "no such board";
    EXPECT_TRUE(good.ok());
    EXPECT_EQ(good.value(), 7);
    EXPECT_FALSE(static_cast<bool>(bad));
    EXPECT_STREQ(bad.error(), "no such board");
}

TEST(ResultDeathTest, HasNoValueWhenItHoldsAnError) {
    const Result<int, const char*> bad = "no such board";
    EXPECT_DEATH(static_cast<void>(bad.value()), "broken invariant");
}

}  // namespace

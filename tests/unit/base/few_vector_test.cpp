#include "engine/base/few_vector.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/base/shared.hpp"

namespace {

using coop::base::FewVector;
using coop::base::Purpose;
using coop::base::Rng;
using coop::base::Shared;

static_assert(sizeof(FewVector<std::uint64_t, 1>) == 2 * sizeof(std::uint64_t));
static_assert(sizeof(Shared<std::uint64_t>) == sizeof(void*));

TEST(FewVector, DoesWhatAVectorDoesOverRandomChanges) {
    Rng rng(5, Purpose::test, 0);
    FewVector<std::shared_ptr<int>, 3> few;
    std::vector<std::shared_ptr<int>> obvious;
    for (int step = 0; step < 20'000; ++step) {
        const auto what = rng.below(obvious.size() < 8 ? 4 : 8);
        const auto place = static_cast<std::ptrdiff_t>(rng.below(obvious.size() + 1));
        if (what < 2) {
            const auto value = std::make_shared<int>(step);
            few.insert(few.begin() + place, value);
            obvious.insert(obvious.begin() + place, value);
        } else if (what == 2) {
            FewVector<std::shared_ptr<int>, 3> taken(std::move(few));
            EXPECT_TRUE(few.empty());  // NOLINT: what is left is a claim
            few = std::move(taken);
        } else if (what == 3) {
            const auto odd = [](const std::shared_ptr<int>& each) { return *each % 7 == 3; };
            EXPECT_EQ(erase_if(few, odd), std::erase_if(obvious, odd));
        } else {
            few.erase(few.begin() + place, few.end());
            obvious.erase(obvious.begin() + place, obvious.end());
        }
        ASSERT_TRUE(std::equal(few.begin(), few.end(), obvious.begin(), obvious.end())) << step;
        for (const auto& each : obvious) ASSERT_EQ(each.use_count(), 2) << "one there, one here";
    }
}

TEST(FewVector, HasWhatFitsInPlace) {
    FewVector<int, 2> few;
    const auto in_place = [&] {
        const auto at = reinterpret_cast<std::uintptr_t>(few.begin());
        const auto self = reinterpret_cast<std::uintptr_t>(&few);
        return at >= self && at < self + sizeof few;
    };
    few.push_back(1), few.push_back(2);
    EXPECT_TRUE(in_place());
    few.push_back(3);
    EXPECT_FALSE(in_place());
    few.erase(few.begin());
    EXPECT_TRUE(in_place());
    EXPECT_EQ(few[0] * 10 + few.back(), 23);
}

TEST(Shared, EndsItsValueWithItsLastOwner) {
    const auto witness = std::make_shared<int>(7);
    auto first = Shared<std::shared_ptr<int>>::make(witness);
    {
        const Shared<std::shared_ptr<int>> second = first;
        EXPECT_TRUE(second == first);
        EXPECT_EQ(**second, 7);
        first = nullptr;
        EXPECT_TRUE(first == nullptr);
        EXPECT_EQ(witness.use_count(), 2);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

TEST(Shared, IsOfTheSameValueNotOfAnEqualOne) {
    const auto one = Shared<int>::make(1);
    EXPECT_FALSE(one == Shared<int>::make(1));
}

}  // namespace

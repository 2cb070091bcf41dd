#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "models/people/members.hpp"
#include "models/people/mix.hpp"

namespace coop::models {
namespace {

using base::hours;
using sim::PeerId;

base::Rng rng() { return base::Rng(1, base::Purpose::test, 0); }

TEST(Mix, GivesAVillageTheSharesThatItAskedFor) {
    const auto dealt = deal({30, 25, 45}, 40, rng());
    EXPECT_EQ(std::count(dealt.begin(), dealt.end(), 0u), 12);
    EXPECT_EQ(std::count(dealt.begin(), dealt.end(), 1u), 10);
    EXPECT_EQ(std::count(dealt.begin(), dealt.end(), 2u), 18);
    EXPECT_FALSE(std::is_sorted(dealt.begin(), dealt.end()));
}

TEST(Mix, RoundsByLargestRemainders) {
    const auto dealt = deal({1, 1, 1}, 8, rng());  // 2.67 each: one of the three gets 2
    for (std::uint32_t kind = 0; kind < 3; ++kind) {
        const auto count = std::count(dealt.begin(), dealt.end(), kind);
        EXPECT_TRUE(count == 2 || count == 3);
    }
    EXPECT_EQ(dealt.size(), 8u);
}

TEST(Mix, PicksDifferentMembers) {
    const auto picked = pick(12, 40, rng());
    EXPECT_EQ(std::set<std::uint32_t>(picked.begin(), picked.end()).size(), 12u);
    EXPECT_LT(*std::max_element(picked.begin(), picked.end()), 40u);
}

MembersParams village(std::uint32_t members) {
    MembersParams params;
    for (std::uint32_t i = 0; i < members; ++i) {
        policy::Contribution owner;
        owner.hours = drawn_hours(params.seed, i, hours(3));
        params.owners.push_back(owner);
    }
    return params;
}

TEST(DrawnHours, StartInWholeMinutesAnywhereInTheDay) {
    double sum = 0;
    constexpr int members = 10'000;
    for (std::uint32_t i = 0; i < members; ++i) {
        const policy::DailyHours drawn = drawn_hours(1, i, hours(3));
        ASSERT_EQ(drawn.start % base::minutes(1), base::Duration::zero());
        ASSERT_LT(drawn.start, hours(24));
        ASSERT_EQ(drawn.length, hours(3));
        sum += drawn.start.seconds() / 3600;
    }
    EXPECT_NEAR(sum / members, 12 - 1.0 / 120, 4 * 24 / std::sqrt(12.0 * members));
}

TEST(Members, AreIntroducedByPeopleWhomTheyMeetAsFarAsThereAreAny) {
    MembersParams params = village(40);
    params.contacts_each = 5;
    const Members members(params);
    for (std::uint32_t i = 0; i < 40; ++i) {
        const protocol::Own& own = members.own(PeerId{i});
        const auto meets = [&](std::uint32_t other) {
            return other != i && own.owner.hours.overlap(members.hours(other)) >= base::minutes(10);
        };
        std::set<PeerId> contacts(own.contacts.begin(), own.contacts.end());
        ASSERT_EQ(contacts.size(), 5u);
        EXPECT_FALSE(contacts.contains(PeerId{i}));
        int could_meet = 0;
        for (std::uint32_t other = 0; other < 40; ++other) could_meet += meets(other) ? 1 : 0;
        const auto met = std::count_if(contacts.begin(), contacts.end(),
                                       [&](PeerId contact) { return meets(contact.index); });
        EXPECT_EQ(met, std::min(could_meet, 5));
    }
}

TEST(Members, KnowEverybodyInAVillageSmallerThanTheirList) {
    MembersParams params = village(4);
    params.contacts_each = 8;
    const Members members(params);
    for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(members.own(PeerId{i}).contacts.size(), 3u);
}

TEST(Members, JoinWithinTheTimeGiven) {
    MembersParams params = village(50);
    params.join_within = base::minutes(10);
    const Members members(params);
    std::set<std::int64_t> times;
    for (std::uint32_t i = 0; i < 50; ++i) {
        times.insert(members.joins_at(PeerId{i}).ns());
        EXPECT_LE(members.joins_at(PeerId{i}), base::Instant::zero() + base::minutes(10));
    }
    EXPECT_EQ(times.size(), 50u);
}

TEST(Members, OfALonelyKindHaveNoContacts) {
    EXPECT_TRUE(Members(village(1)).own(PeerId{0}).contacts.empty());
}

}  // namespace
}  // namespace coop::models

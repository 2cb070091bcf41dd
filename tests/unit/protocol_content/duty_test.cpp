// What each member should do about one object, as a table: who holds it × who asks.
#include <gtest/gtest.h>

#include "tests/unit/protocol_content/pool.hpp"

namespace coop::protocol::test {
namespace {

using base::days;
using base::hours;
using content::Duty;
using content::Holder;
using content::Judgement;

class DutyTable : public testing::Test {
  protected:
    Judgement judge(std::uint32_t who, std::vector<Holder> held, base::Duration unsettled = {}) {
        Holders holders;
        for (const Holder& each : held) holders.push_back(each);
        const Roster roster = pool.roster();
        content::Routes routes(base::minutes(10));
        return content::judge({peer(who), photo.prefix(), &holders, unsettled}, {roster, routes, *placement});
    }
    Duty duty(std::uint32_t who, const std::vector<Holder>& held) { return judge(who, held).duty; }
    Holder author(std::size_t rank) const { return {peer(by_rank[rank]), Custody::author}; }
    Holder keeper(std::size_t rank) const { return {peer(by_rank[rank]), Custody::keeper}; }
    Holder courier(std::size_t rank) const { return {peer(by_rank[rank]), Custody::courier}; }

    Pool pool{eight};
    std::unique_ptr<policy::Placement> placement = policy::make_copies(2);
    const std::vector<std::uint32_t> by_rank = ranking(photo, eight);
};

TEST_F(DutyTable, TheBestRankedFetchWhatOnlyItsAuthorHas) {
    const std::vector<Holder> held{author(5)};
    for (std::size_t rank = 0; rank < eight; ++rank) {
        EXPECT_EQ(duty(by_rank[rank], held), rank < 2 ? Duty::keep : Duty::none) << rank;
        EXPECT_FALSE(judge(by_rank[rank], held).satisfied);
        EXPECT_FALSE(judge(by_rank[rank], held).repair);
    }
}

TEST_F(DutyTable, AnAuthorThatIsChosenSaysThatItsCopyIsAPlacedOne) {
    EXPECT_EQ(duty(by_rank[1], {author(1)}), Duty::promote);
    EXPECT_EQ(duty(by_rank[0], {author(1)}), Duty::keep);
    EXPECT_EQ(duty(by_rank[2], {author(1)}), Duty::none);
}

TEST_F(DutyTable, OneCopyTooFewIsFetchedByTheOneWhoLacksIt) {
    const std::vector<Holder> held{author(5), keeper(1)};
    EXPECT_EQ(duty(by_rank[0], held), Duty::keep);
    EXPECT_EQ(duty(by_rank[1], held), Duty::none);
    EXPECT_EQ(duty(by_rank[2], held), Duty::none);
    EXPECT_EQ(duty(by_rank[5], held), Duty::none) << "the author keeps its copy until there are enough";
}

TEST_F(DutyTable, EnoughCopiesLetTheAuthorAndTheCouriersGo) {
    const std::vector<Holder> held{author(5), keeper(0), keeper(1), courier(6)};
    EXPECT_TRUE(judge(by_rank[3], held).satisfied);
    EXPECT_EQ(duty(by_rank[5], held), Duty::release);
    EXPECT_EQ(duty(by_rank[6], held), Duty::release);
    EXPECT_EQ(duty(by_rank[0], held), Duty::none);
    EXPECT_EQ(duty(by_rank[3], held), Duty::none);
}

TEST_F(DutyTable, EnoughCopiesAreEnoughWhereverTheyLie) {
    const std::vector<Holder> held{keeper(6), keeper(7)};
    for (std::size_t rank = 0; rank < eight; ++rank) EXPECT_EQ(duty(by_rank[rank], held), Duty::none);
}

TEST_F(DutyTable, ACopyTooManyIsKept) {
    const std::vector<Holder> held{keeper(0), keeper(1), keeper(2)};
    for (std::size_t rank = 0; rank < 3; ++rank) EXPECT_EQ(duty(by_rank[rank], held), Duty::none);
}

TEST_F(DutyTable, TheNextRankedReplacesAFailedOneAndCallsItRepair) {
    const std::vector<Holder> held{keeper(0), keeper(1)};
    pool.pass(pool.config.content.failed_after + base::minutes(11), {by_rank[0]});
    const Judgement next = judge(by_rank[2], held);
    EXPECT_EQ(next.duty, Duty::keep);
    EXPECT_TRUE(next.repair);
    EXPECT_EQ(duty(by_rank[1], held), Duty::none);
    EXPECT_EQ(duty(by_rank[3], held), Duty::none);
    EXPECT_EQ(duty(by_rank[0], held), Duty::none) << "who is not in the roster has no duties";
}

TEST_F(DutyTable, AFullBoardIsPassedOverButItsCopiesCount) {
    Announcement full = offer();
    full.accepting = false;
    pool.announce(by_rank[0], full);
    EXPECT_EQ(duty(by_rank[0], {author(5)}), Duty::none);
    EXPECT_EQ(duty(by_rank[1], {author(5)}), Duty::keep);
    EXPECT_EQ(duty(by_rank[2], {author(5)}), Duty::keep);
    EXPECT_TRUE(judge(by_rank[3], {keeper(0), keeper(1)}).satisfied);
}

TEST_F(DutyTable, FewerMembersThanCopiesAreSatisfiedWithOneEach) {
    Announcement farewell = offer();
    farewell.leaving = true;
    for (std::uint32_t i = 1; i < eight; ++i) pool.announce(i, farewell);
    EXPECT_TRUE(judge(0, {{peer(0), Custody::keeper}}).satisfied);
    EXPECT_EQ(duty(0, {{peer(0), Custody::author}}), Duty::promote);
}

TEST_F(DutyTable, WhereNobodyStaysNothingIsLetGo) {
    Announcement farewell = offer();
    farewell.leaving = true;
    for (std::uint32_t i = 0; i < eight; ++i) pool.announce(i, farewell);
    EXPECT_FALSE(judge(0, {{peer(0), Custody::author}}).satisfied);
    EXPECT_EQ(duty(0, {{peer(0), Custody::author}}), Duty::none);
    EXPECT_EQ(duty(3, {{peer(3), Custody::courier}}), Duty::none);
}

TEST_F(DutyTable, StrangersAndStrangePoliciesAreNoReasonToFall) {
    EXPECT_EQ(duty(99, {author(5)}), Duty::none);
    EXPECT_EQ(duty(by_rank[0], {}), Duty::keep);
    placement = policy::make_copies(255);
    EXPECT_EQ(duty(by_rank[7], {author(5)}), Duty::keep);
}

/// The author is awake in the morning, the one who should hold the object in the evening; the others link
/// them or do not.
class CourierDuty : public testing::Test {
  protected:
    static constexpr DailyHours morning{hours(6), hours(3)};
    static constexpr DailyHours noon{hours(8), hours(6)};
    static constexpr DailyHours afternoon{hours(8), hours(11)};
    static constexpr DailyHours evening{hours(18), hours(3)};

    /// `chosen` should hold it, 0 holds it as its author.
    Judgement judge(const std::vector<DailyHours>& day, std::uint32_t who, base::Duration unsettled = {}) {
        std::vector<Announcement> offers;
        for (const DailyHours& each : day) offers.push_back(offer(each));
        const Pool pool(offers);
        const Roster roster = pool.roster();
        content::Routes routes(base::minutes(10));
        Holders holders;
        holders.push_back({peer(0), Custody::author});
        return content::judge(
            {peer(who), object_for(static_cast<std::uint32_t>(day.size())).prefix(), &holders, unsettled},
            {roster, routes, *placement});
    }
    /// Some object whose best-ranked member is 1.
    static base::Digest object_for(std::uint32_t count) {
        for (std::uint8_t n = 0;; ++n) {
            if (ranking(digest(n), count)[0] == 1) return digest(n);
        }
    }
    std::unique_ptr<policy::Placement> placement = policy::make_copies(1);
};

TEST_F(CourierDuty, IsOfTheOneThatMeetsBoth) {
    const std::vector<DailyHours> day{morning, evening, afternoon, noon};
    EXPECT_EQ(judge(day, 1).duty, Duty::keep);
    EXPECT_EQ(judge(day, 2).duty, Duty::carry);
    EXPECT_EQ(judge(day, 3).duty, Duty::none) << "it meets the author alone";
}

TEST_F(CourierDuty, IsNobodysWhereTheTargetFetchesForItself) {
    const std::vector<DailyHours> day{morning, DailyHours{hours(8), hours(3)}, afternoon, noon};
    EXPECT_EQ(judge(day, 1).duty, Duty::keep);
    EXPECT_EQ(judge(day, 2).duty, Duty::none);
    EXPECT_EQ(judge(day, 3).duty, Duty::none);
}

TEST_F(CourierDuty, IsOneMembersAtATimeUntilPatienceRunsOut) {
    const std::vector<DailyHours> day{morning, evening, afternoon, afternoon, afternoon};
    const auto carriers = [&](base::Duration unsettled) {
        int count = 0;
        for (std::uint32_t who = 2; who < 5; ++who)
            count += judge(day, who, unsettled).duty == Duty::carry ? 1 : 0;
        return count;
    };
    EXPECT_EQ(carriers({}), 1);
    EXPECT_EQ(carriers(days(2) - base::seconds(1)), 1);
    EXPECT_EQ(carriers(days(2)), 2);
    EXPECT_EQ(carriers(days(4)), 3);
}

}  // namespace
}  // namespace coop::protocol::test

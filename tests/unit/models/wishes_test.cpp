#include "models/workload/wishes.hpp"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/crypto/priced.hpp"

namespace coop::models {
namespace {

using base::days;
using base::Duration;
using base::hours;
using base::Instant;
using sim::Task;

std::vector<policy::DailyHours> village_hours(std::uint32_t members) {
    std::vector<policy::DailyHours> all;
    for (std::uint32_t i = 0; i < members; ++i) all.push_back({base::minutes(97 * i % 1440), hours(3)});
    return all;
}
Habit habit(Deed deed, Duration every) {
    Habit made;
    made.deed = deed;
    made.size = deed == Deed::photo ? base::mib(4) : base::kib(1);
    made.every = every;
    made.until = days(30);
    return made;
}
std::vector<Task> all_of(const WishesParams& params) {
    Wishes wishes(params);
    std::vector<Task> tasks;
    while (auto task = wishes.next()) tasks.push_back(*task);
    return tasks;
}

TEST(Wishes, ComeInOrderWithinEachMembersHours) {
    WishesParams params{1, village_hours(40), {habit(Deed::photo, days(1)), habit(Deed::notice, hours(8))}};
    params.habits.push_back(habit(Deed::read, hours(12)));
    Instant last = Instant::zero();
    for (const Task& task : all_of(params)) {
        ASSERT_GE(task.at, last);
        ASSERT_TRUE(params.hours[task.node.index].contains(task.at));
        ASSERT_LT(task.at, Instant::zero() + days(30));
        last = task.at;
    }
}

TEST(Wishes, ArePoissonInNumber) {
    WishesParams params{1, {{Duration::zero(), hours(24)}}, {habit(Deed::notice, hours(1))}};
    params.habits[0].until = days(1);
    constexpr int runs = 1000;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < runs; ++seed) {
        params.seed = static_cast<std::uint64_t>(seed);
        const auto count = static_cast<double>(all_of(params).size());
        sum += count;
        squares += count * count;
    }
    const double mean = sum / runs;
    const double variance = squares / runs - mean * mean;
    EXPECT_NEAR(mean, 24, 4 * std::sqrt(24.0 / runs));
    // Var of the sample variance of a Poisson(m): (m + 2 m^2) / n.
    EXPECT_NEAR(variance, 24, 4 * std::sqrt((24 + 2 * 24.0 * 24.0) / runs));
}

TEST(Wishes, AreOnlyLaterAndNotFewerForThoseWhoSleepMost) {
    WishesParams params{7, village_hours(40), {habit(Deed::notice, hours(6))}};
    const auto count = static_cast<double>(all_of(params).size());
    // Those of the last day may fall behind the end: between 29 and 30 days' worth.
    EXPECT_GT(count, 40 * 29 * 4 - 4 * std::sqrt(40 * 29 * 4));
    EXPECT_LT(count, 40 * 30 * 4 + 4 * std::sqrt(40 * 30 * 4));
}

TEST(Wishes, AreLostOutsideTheHoursIfSoTold) {
    WishesParams params{7, village_hours(40), {habit(Deed::notice, hours(6))}};
    params.habits[0].skip_asleep = true;
    const auto count = static_cast<double>(all_of(params).size());
    const double mean = 40 * 30 * 4 * 3.0 / 24;
    EXPECT_NEAR(count, mean, 4 * std::sqrt(mean));
}

TEST(Wishes, OfASteadyMemberAreEquallyFarApart) {
    WishesParams params{1, {{Duration::zero(), hours(24)}}, {habit(Deed::notice, hours(5))}};
    params.habits[0].steady = true;
    params.habits[0].from = days(2);
    const auto tasks = all_of(params);
    ASSERT_GT(tasks.size(), 100u);
    EXPECT_GE(tasks[0].at, Instant::zero() + days(2));
    EXPECT_LE(tasks[0].at, Instant::zero() + days(2) + hours(5));
    for (std::size_t i = 1; i < tasks.size(); ++i) EXPECT_EQ(tasks[i].at - tasks[i - 1].at, hours(5));
}

TEST(Wishes, CanBeListed) {
    WishesParams params{1, village_hours(3), {}};
    params.hours[2] = {Duration::zero(), hours(24)};
    Habit listed = habit(Deed::notice, Duration::zero());
    listed.at = {hours(30), hours(40)};
    listed.by = {2};
    params.habits = {listed};
    const auto tasks = all_of(params);
    ASSERT_EQ(tasks.size(), 2u);
    EXPECT_EQ(tasks[0].at, Instant::zero() + hours(30));
    EXPECT_EQ(tasks[1].at, Instant::zero() + hours(40));
    EXPECT_EQ(tasks[1].node, sim::PeerId{2});
}

TEST(Wishes, ReadOnlyWhatSomebodyElsePutBefore) {
    WishesParams params{3, village_hours(10), {habit(Deed::photo, days(2)), habit(Deed::read, hours(6))}};
    std::map<base::Digest, std::uint32_t> author;
    int reads = 0;
    for (const Task& task : all_of(params)) {
        if (const auto* const put = std::get_if<protocol::Put>(&task.command)) {
            ASSERT_TRUE(author.emplace(put->manifest->object, task.node.index).second)
                << "no name is used twice";
        }
        if (const auto* const get = std::get_if<protocol::Get>(&task.command)) {
            ASSERT_TRUE(author.contains(get->object));
            ASSERT_NE(author[get->object], task.node.index);
            ++reads;
        }
    }
    EXPECT_GT(reads, 500);
}

TEST(Wishes, NameTheirPhantomsSoThatTheRunsCryptoAgrees) {
    WishesParams params{5, village_hours(4), {habit(Deed::photo, days(1))}};
    const crypto::PricedCrypto crypto(5);
    for (const Task& task : all_of(params)) {
        const auto& put = std::get<protocol::Put>(task.command);
        ASSERT_TRUE(well_formed(*put.manifest));
        ASSERT_EQ(put.manifest->size, base::mib(4));
        ASSERT_EQ(put.chunks->size(), 128u);
        ASSERT_TRUE(crypto.names(*put.manifest));
    }
}

TEST(Wishes, OfOneHabitDoNotDependOnAnother) {
    WishesParams alone{9, village_hours(5), {habit(Deed::notice, hours(9))}};
    WishesParams both = alone;
    both.habits.push_back(habit(Deed::photo, hours(30)));
    std::vector<std::pair<Instant, std::uint32_t>> a;
    std::vector<std::pair<Instant, std::uint32_t>> b;
    for (const Task& task : all_of(alone)) a.emplace_back(task.at, task.node.index);
    for (const Task& task : all_of(both))
        if (std::holds_alternative<protocol::Publish>(task.command)) b.emplace_back(task.at, task.node.index);
    EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace coop::models

#include "models/faults/plan.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace coop::models {
namespace {

using base::days;
using base::hours;
using base::Instant;
using sim::FaultKind;

FaultParams village(std::vector<Trouble> troubles) {
    FaultParams params;
    for (std::uint32_t i = 0; i < 40; ++i) params.hours.push_back({base::minutes(97 * i % 1440), hours(3)});
    params.troubles = std::move(troubles);
    return params;
}
Trouble power_cut() {
    Trouble cut;
    cut.at = days(10);
    cut.lasts = hours(8);
    cut.share = base::percent(30);
    return cut;
}
Trouble departure(std::uint32_t count, bool farewell) {
    Trouble leave;
    leave.kind = Mishap::leave;
    leave.at = days(5);
    leave.count = count;
    leave.farewell = farewell;
    return leave;
}

TEST(FaultPlan, StrikesItsShareTogetherAndLightsThemTogether) {
    const FaultPlan plan(village({power_cut()}));
    std::set<std::uint32_t> off;
    std::set<std::uint32_t> on;
    for (const sim::Fault& fault : plan.all()) {
        const bool cut = fault.kind == FaultKind::power_off;
        EXPECT_EQ(fault.at, Instant::zero() + (cut ? days(10) : days(10) + hours(8)));
        (cut ? off : on).insert(fault.node.index);
    }
    EXPECT_EQ(off.size(), 12u);
    EXPECT_EQ(off, on);
}

TEST(FaultPlan, IsReadInOrderOfTime) {
    Trouble crash;
    crash.kind = Mishap::crash;
    crash.at = days(2);
    crash.lasts = hours(1);
    crash.members = {3, 4};
    FaultPlan plan(village({power_cut(), departure(2, true), crash}));
    Instant last = Instant::zero();
    std::size_t read = 0;
    while (const auto fault = plan.next()) {
        EXPECT_GE(fault->at, last);
        last = fault->at;
        ++read;
    }
    EXPECT_EQ(read, 24u + 2u + 4u);
}

TEST(FaultPlan, AsksWhoSaysFarewellToLeaveAndLetsItGoByItself) {
    const FaultPlan plan(village({departure(20, true), departure(40, true), departure(40, false)}));
    std::set<std::uint32_t> asked;
    for (const sim::Fault& fault : plan.all()) {
        EXPECT_EQ(fault.kind, FaultKind::leave);
        EXPECT_EQ(fault.at, Instant::zero() + days(5));
        asked.insert(fault.node.index);
    }
    EXPECT_EQ(plan.all().size(), 40u) << "nobody leaves twice";
    EXPECT_EQ(asked.size(), 40u);
    EXPECT_TRUE(plan.gone().empty());
}

TEST(FaultPlan, NeverBringsBackWhoHasLeft) {
    Trouble everybody = power_cut();
    everybody.share = base::percent(100);
    Trouble straddling = everybody;  // dark before the departure, light after it
    straddling.at = days(4);
    straddling.lasts = days(3);
    const FaultPlan plan(village({everybody, straddling, departure(5, false)}));
    ASSERT_EQ(plan.gone().size(), 5u);
    std::map<std::uint32_t, int> lights;
    for (const sim::Fault& fault : plan.all())
        if (fault.kind == FaultKind::power_on) ++lights[fault.node.index];
    for (const FaultPlan::Gone& gone : plan.gone()) EXPECT_EQ(lights.count(gone.member), 0u);
    EXPECT_EQ(lights.size(), 35u);
}

TEST(FaultPlan, LastsToTheEndUnlessItSaysOtherwise) {
    Trouble full;
    full.kind = Mishap::disk_full;
    full.members = {7};
    const FaultPlan plan(village({full}));
    ASSERT_EQ(plan.all().size(), 1u);
    EXPECT_EQ(plan.all()[0].kind, FaultKind::disk_full);
    EXPECT_EQ(plan.all()[0].node, sim::PeerId{7});
}

TEST(FaultPlan, DrawsTheSameForTheSameSeedOnly) {
    FaultParams params = village({power_cut()});
    const auto struck_by = [&](std::uint64_t seed) {
        params.seed = seed;
        std::set<std::uint32_t> off;
        const FaultPlan plan(params);
        for (const sim::Fault& fault : plan.all()) off.insert(fault.node.index);
        return off;
    };
    EXPECT_EQ(struck_by(1), struck_by(1));
    EXPECT_NE(struck_by(1), struck_by(2));
}

}  // namespace
}  // namespace coop::models

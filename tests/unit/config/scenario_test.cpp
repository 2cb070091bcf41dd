#include "engine/config/scenario.hpp"

#include "engine/config/scenario_schema.hpp"
#include "tests/unit/config/golden.hpp"

namespace coop::config {
namespace {

const std::string plain_scenario = R"(duration = "2d"
[members]
count = 6
boards = "small"
lines = "thin"
)";

/// Everything that a scenario can say, none of it at its default.
const std::string full = R"(name = "every-key_1"
title = "All \"keys\""
question = "Does it come back?"
seed = 42
duration = "36h"
[members]
count = 10
contacts = "all"
start_within = "90s"
boards = [{ profile = "small", share = "33.3333%" }, { profile = "large", share = "66.6667%" }]
lines = [{ line = "thin", share = "50%" }, { line = "wide", share = "50%" }]
share_of_line = "2.5%"
hours = "2.5h"
hours_at = ["06:30", "19:00:30"]
disk = "3GiB"
[[group]]
name = "street"
count = 2
boards = "ideal"
hours_at = "random"
[[group]]
name = "farm"
count = 3
lines = "wide"
hours = "24h"
[network]
region = "ideal"
one_way_most = "12ms"
[policy]
placement = { name = "copies/1", copies = 7 }
quota.name = "none/1"
gossip = { name = "plumtree/1", graft_after = "1.5s" }
[membership]
active_max = 4
shuffle_every = "31s"
[broadcast]
cache_max = 99
[sync]
every = "7min"
[content]
failed_after = "3d"
window = 3
[quota]
wait_max = "59s"
[[workload]]
kind = "photos"
size = "123456B"
every = "8h"
rhythm = "steady"
from = "1h"
until = "30h"
when_asleep = "skip"
by = [0, 9]
[[workload]]
kind = "notices"
at = ["10s", "1.5h"]
by = 3
[[workload]]
kind = "reads"
every = "1d"
[[fault]]
kind = "power_cut"
at = "10h"
lasts = "8h"
share = "30%"
[[fault]]
kind = "leave"
at = "11h"
count = 2
farewell = false
[[fault]]
kind = "crash"
at = "12h"
members = [1, 2]
[results]
sample_every = "5min"
reach_within = "250ms"
[simulation]
crypto = "real"
[lab]
loss = "5%"
[[expect]]
metric = "notice.latency_p95"
most = "1.75s"
why = "quick"
[[expect]]
metric = "photo.safe_share"
least = "99.5%"
[[expect]]
metric = "objects.lost"
equals = 0
[[expect]]
metric = "energy.kwh_per_member"
most = "1.5kWh"
[[expect]]
metric = "disk.used_max"
most = "3GB"
[[compare]]
metric = "gossip.payloads_per_delivery"
ratio_most = 1.25
within = 0.1
why = "close"
[[compare]]
metric = "notice.latency_median"
within = "300ms"
)";

Loaded taken(const std::string& text, const std::vector<std::string>& overrides = {}) {
    auto loaded = load_scenario_text(text, "dir/some.toml", overrides, test_hardware());
    if (!loaded.ok()) {
        ADD_FAILURE() << loaded.error().to_text();
        return {};
    }
    return std::move(loaded).value();
}

const Parameter* parameter(const Loaded& loaded, const std::string& key) {
    for (const Parameter& one : loaded.parameters) {
        if (one.key == key) return &one;
    }
    return nullptr;
}

TEST(Scenario, SaysWhatTheFileSays) {
    const Scenario s = taken(full).scenario;
    EXPECT_EQ(s.name, "every-key_1");
    EXPECT_EQ(s.title, "All \"keys\"");
    EXPECT_EQ(s.seed, 42U);
    EXPECT_EQ(s.duration, base::hours(36));
    EXPECT_EQ(s.members.contacts, all_others);
    EXPECT_EQ(s.members.offer.boards.size(), 2U);
    EXPECT_EQ(s.members.offer.boards[1].share.ppm, 666'667);
    EXPECT_EQ(s.members.offer.share_of_line.ppm, 25'000);
    EXPECT_EQ(s.members.offer.hours, base::minutes(150));
    ASSERT_EQ(s.members.offer.hours_at.size(), 2U);
    EXPECT_EQ(s.members.offer.hours_at[1], base::hours(19) + base::seconds(30));
    EXPECT_EQ(s.members.offer.disk.count, 3LL << 30);
    EXPECT_EQ(s.network.one_way_least, base::Duration::zero());
    EXPECT_EQ(s.network.one_way_most, base::milliseconds(12));
    EXPECT_EQ(s.policy.placement.values[0].second, 7);
    EXPECT_EQ(s.policy.quota.name, "none/1");
    EXPECT_EQ(s.tuning.membership.active_max, 4U);
    EXPECT_EQ(s.tuning.content.window, 3U);
    EXPECT_EQ(s.simulation.crypto, CryptoChoice::real);
    EXPECT_EQ(s.lab.loss, base::percent(5));
}

TEST(Scenario, GivesWorkAndFaultsInFull) {
    const Scenario s = taken(full).scenario;
    ASSERT_EQ(s.workloads.size(), 3U);
    EXPECT_EQ(s.workloads[0].rhythm, Rhythm::steady);
    EXPECT_EQ(s.workloads[0].when_asleep, WhenAsleep::skip);
    EXPECT_EQ(s.workloads[0].by, (std::vector<std::uint32_t>{0, 9}));
    EXPECT_EQ(s.workloads[1].name, "notices");
    EXPECT_EQ(s.workloads[1].size, base::kib(1));
    EXPECT_EQ(s.workloads[1].at, (std::vector{base::seconds(10), base::minutes(90)}));
    EXPECT_EQ(s.workloads[1].every, base::Duration::zero());
    EXPECT_EQ(s.workloads[2].until, base::hours(36));
    EXPECT_EQ(s.workloads[2].size, base::Bytes{0});
    ASSERT_EQ(s.faults.size(), 3U);
    EXPECT_EQ(s.faults[0].share, base::percent(30));
    EXPECT_FALSE(s.faults[1].farewell);
    EXPECT_EQ(s.faults[2].lasts, base::Duration::max());
    EXPECT_EQ(s.faults[2].members, (std::vector<std::uint32_t>{1, 2}));
}

TEST(Scenario, FillsADiskForAWhileOrToTheEnd) {
    const std::string full_disk =
        plain_scenario + "[[fault]]\nkind = \"disk_full\"\nat = \"2h\"\nmembers = [0, 1]\n";
    const Scenario forever = taken(full_disk).scenario;
    ASSERT_EQ(forever.faults.size(), 1U);
    EXPECT_EQ(forever.faults[0].kind, FaultKind::disk_full);
    EXPECT_EQ(to_text(forever.faults[0].kind), "disk_full");
    EXPECT_EQ(forever.faults[0].at, base::hours(2));
    EXPECT_EQ(forever.faults[0].lasts, base::Duration::max());
    EXPECT_EQ(forever.faults[0].members, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(taken(full_disk + "lasts = \"3h\"\n").scenario.faults[0].lasts, base::hours(3));
}

TEST(Scenario, KeepsBoundsInTheMetricsOwnUnit) {
    const Scenario s = taken(full).scenario;
    ASSERT_EQ(s.expectations.size(), 5U);
    EXPECT_DOUBLE_EQ(s.expectations[0].bound, 1.75);  // seconds
    EXPECT_EQ(s.expectations[0].relation, Relation::most);
    EXPECT_DOUBLE_EQ(s.expectations[1].bound, 0.995);  // a fraction
    EXPECT_EQ(s.expectations[1].relation, Relation::least);
    EXPECT_EQ(s.expectations[2].relation, Relation::equals);
    EXPECT_DOUBLE_EQ(s.expectations[3].bound, 1.5);  // kWh
    EXPECT_DOUBLE_EQ(s.expectations[4].bound, 3e9);  // bytes
    ASSERT_EQ(s.comparisons.size(), 2U);
    EXPECT_EQ(s.comparisons[0].ratio_most, 1.25);
    EXPECT_EQ(s.comparisons[1].within, 0.3);
    EXPECT_FALSE(s.comparisons[1].ratio_most);
}

TEST(Scenario, GroupsInheritWhatTheyDoNotSay) {
    const Scenario s = taken(full).scenario;
    ASSERT_EQ(s.groups.size(), 2U);
    EXPECT_EQ(s.groups[0].offer.boards[0].name, "ideal");
    EXPECT_TRUE(s.groups[0].offer.hours_at.empty());
    EXPECT_EQ(s.groups[0].offer.hours, base::minutes(150));
    EXPECT_EQ(s.groups[1].offer.hours, base::hours(24));
    EXPECT_EQ(s.groups[1].offer.disk, s.members.offer.disk);
    EXPECT_EQ(place_of(s, 1).group, "street");
    EXPECT_EQ(place_of(s, 2).group, "farm");
    EXPECT_EQ(place_of(s, 4).group, "farm");
    EXPECT_EQ(place_of(s, 5).group, "members");
    EXPECT_EQ(place_of(s, 9).offer, &s.members.offer);
}

TEST(Scenario, BringsTheHardwareItNamesAndNoOther) {
    const Scenario s = taken(full).scenario;
    ASSERT_EQ(s.profiles.size(), 3U);
    EXPECT_EQ(profile_of(s, "large").cores, 8U);
    EXPECT_EQ(profile_of(s, "ideal").step, base::Duration::zero());
    ASSERT_EQ(s.lines.size(), 2U);
    EXPECT_EQ(line_of(s, "thin").up.per_second, 175'000);
    EXPECT_EQ(line_of(s, "thin").loss_ppm, 500);
    EXPECT_EQ(taken(plain_scenario).scenario.profiles.size(), 1U);
}

TEST(Scenario, TakesItsNameFromItsFile) { EXPECT_EQ(taken(plain_scenario).scenario.name, "some"); }

TEST(Scenario, MakesAFilesNameFitForAFolder) {
    for (const auto& [file, name] :
         std::initializer_list<std::pair<const char*, const char*>>{{"Unser Dorf.toml", "Unser-Dorf"},
                                                                    {"../a/Größe (2).toml", "Gr-e-2"},
                                                                    {"äöü.toml", "scenario"}}) {
        const auto loaded = load_scenario_text(plain_scenario, file, {}, test_hardware());
        ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
        EXPECT_EQ(loaded.value().scenario.name, name);
        const auto again = load_scenario_text(loaded.value().resolved, "other.toml", {}, test_hardware());
        ASSERT_TRUE(again.ok()) << again.error().to_text();
        EXPECT_EQ(again.value().scenario.name, name);
    }
}

TEST(Scenario, LeavesLatestToTheNewestRun) {
    const auto loaded = load_scenario_text(plain_scenario, "latest.toml", {}, test_hardware());
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().to_text().rfind("latest.toml:1:1: a scenario is not called latest", 0), 0U)
        << loaded.error().to_text();
    EXPECT_TRUE(load_scenario_text(plain_scenario, "latest.toml", {"name=newest"}, test_hardware()).ok());
}

TEST(Scenario, NamesTheOverrideThatMakesAnotherLineWrong) {
    const auto loaded =
        load_scenario_text(plain_scenario + "[[workload]]\nkind = \"photos\"\nat = \"1h\"\nby = [5]\n",
                           "some.toml", {"seed=3", "members.count=4"}, test_hardware());
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().line, 9U);
    EXPECT_NE(loaded.error().advice.find("it would load without --set members.count=4"), std::string::npos);
}

TEST(Scenario, KnowsAtMostAllOthersByDefault) {
    EXPECT_EQ(taken(plain_scenario, {"members.count=2"}).scenario.members.contacts, 1U);
    EXPECT_EQ(taken(plain_scenario, {"members.count=1"}).scenario.members.contacts, 1U);
    EXPECT_EQ(taken(plain_scenario).scenario.members.contacts, 3U);
}

TEST(Scenario, TakesDistancesFromItsRegion) {
    const Scenario s = taken(plain_scenario).scenario;
    EXPECT_EQ(s.network.region, "local");
    EXPECT_EQ(s.network.one_way_least, base::microseconds(750));
    EXPECT_EQ(s.network.one_way_most, base::milliseconds(7));
}

TEST(Scenario, OverridesCountLikeTheFile) {
    const Loaded loaded =
        taken(plain_scenario, {"members.count=60", "policy.placement.copies=5", "seed=9", "duration=3d"});
    EXPECT_EQ(loaded.scenario.members.count, 60U);
    EXPECT_EQ(loaded.scenario.policy.placement.values[0].second, 5);
    EXPECT_EQ(loaded.scenario.seed, 9U);
    EXPECT_EQ(loaded.scenario.duration, base::days(3));
}

TEST(Scenario, LaterOverridesWin) {
    EXPECT_EQ(taken(plain_scenario, {"seed=1", "seed=2"}).scenario.seed, 2U);
}

TEST(ResolvedScenario, LoadsToAnEqualScenario) {
    for (const std::string& text : {plain_scenario, full}) {
        const Loaded first = taken(text);
        auto again = load_scenario_text(first.resolved, "out/other.toml", {}, test_hardware());
        ASSERT_TRUE(again.ok()) << again.error().to_text() << "\n" << first.resolved;
        EXPECT_TRUE(again.value().scenario == first.scenario) << first.resolved << again.value().resolved;
    }
}

TEST(ResolvedScenario, DiffersWhenAnyKeyDiffers) {
    const Scenario first = taken(full).scenario;
    for (const char* change :
         {"seed=43", "members.disk=3GB", "group.1.hours=23h", "policy.placement.copies=6", "sync.every=8min",
          "workload.0.by=[0]", "fault.1.farewell=true", "expect.0.most=1.76s", "compare.0.within=0.2",
          "lab.loss=4%", "simulation.crypto=priced", "network.one_way_least=1us", "members.boards=large",
          "expect.1.why=because"}) {
        EXPECT_FALSE(taken(full, {change}).scenario == first) << change;
    }
}

TEST(Parameters, SayWhoSaidSo) {
    const Loaded loaded = taken(plain_scenario, {"seed=9"});
    const Parameter* count = parameter(loaded, "members.count");
    ASSERT_NE(count, nullptr);
    EXPECT_EQ(count->value, "6");
    EXPECT_EQ(count->unit, "members");
    EXPECT_EQ(count->origin, "dir/some.toml:3");
    EXPECT_EQ(parameter(loaded, "seed")->origin, "<--set>");
    EXPECT_EQ(parameter(loaded, "duration")->value, "2");
    EXPECT_EQ(parameter(loaded, "duration")->unit, "d");
    EXPECT_EQ(parameter(loaded, "membership.active_max")->origin, "default: HyParView, DSN 2007, §5.1");
    EXPECT_EQ(parameter(loaded, "policy.placement.copies")->value, "3");
    EXPECT_EQ(parameter(loaded, "board.small.power_idle")->origin, "S1 example.org/board: a meter");
    EXPECT_EQ(parameter(loaded, "board.small.power_idle")->value, "800");
    EXPECT_EQ(parameter(loaded, "board.small.boot")->origin, "estimate: a guess");
    EXPECT_EQ(parameter(loaded, "board.large.boot"), nullptr);
}

TEST(Inputs, AreEveryFileThatWasRead) {
    const Loaded loaded = taken(plain_scenario);
    ASSERT_EQ(loaded.inputs.size(), 3U);
    EXPECT_EQ(loaded.inputs[0].text, plain_scenario);
    EXPECT_TRUE(loaded.inputs[1].path.ends_with("small.toml"));
    EXPECT_TRUE(loaded.inputs[2].path.ends_with("lines.toml"));
}

// --- every number of the protocol can be set --------------------------------------------------------------

struct Anything {
    template <class T>
    operator T() const;
};

/// How many members an aggregate has: the most values that it can be made of.
template <class T, class... Values>
constexpr std::size_t members_of() {
    if constexpr (requires { T{Values{}..., Anything{}}; }) {
        return members_of<T, Values..., Anything>();
    } else {
        return sizeof...(Values);
    }
}

template <class T>
void expect_all_members_have_keys(const char* name) {
    T value;
    Keys keys;
    visit(keys, value, Context{});
    EXPECT_EQ(keys.names.size(), members_of<T>()) << name << " in engine/config/tuning_schema.hpp";
}

TEST(Tuning, HasAKeyForEveryNumberOfTheProtocol) {
    expect_all_members_have_keys<protocol::MembershipConfig>("membership");
    expect_all_members_have_keys<protocol::BroadcastConfig>("broadcast");
    expect_all_members_have_keys<protocol::SyncConfig>("sync");
    expect_all_members_have_keys<protocol::ContentConfig>("content");
    expect_all_members_have_keys<protocol::QuotaConfig>("quota");
}

TEST(MetricNames, AreOrderedAndFound) {
    const auto names = metric_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_TRUE(i == 0 || names[i - 1].name < names[i].name) << names[i].name;
        EXPECT_EQ(find_metric(names[i].name), &names[i]);
        EXPECT_FALSE(names[i].unit.empty());
        EXPECT_FALSE(names[i].help.empty());
    }
    EXPECT_EQ(find_metric("objects"), nullptr);
    EXPECT_EQ(find_metric("zzz"), nullptr);
}

}  // namespace
}  // namespace coop::config

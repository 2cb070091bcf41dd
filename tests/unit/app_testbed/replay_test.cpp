// Journals that nobody's board wrote: what a collector makes of them.
#include <gtest/gtest.h>

#include "engine/app/testbed_replay.hpp"
#include "engine/results/reader.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/runs.hpp"

namespace coop::app {
namespace {

using test::at_s;

using coop::test::Folder;
using protocol::PeerId;
using protocol::Report;
using protocol::What;

const std::string pair_of_members = R"(
duration = "60s"
[members]
count = 2
contacts = 1
boards = "ideal"
lines = "fibre"
share_of_line = "1%"
disk = "1MB"
[network]
region = "ideal"
[policy]
quota = { name = "fixed_share/1", burst = "64KiB" }
[results]
sample_every = "10s"
[[fault]]
kind = "leave"
at = "50s"
farewell = false
members = [1]
)";

/// Two members whose line is 1 Mbit/s after the owner's share, and a run that is told about them.
class Replaying : public testing::Test {
  protected:
    Replaying()
        : loaded(load()),
          population(populate(loaded.scenario)),
          policies(make_policies(loaded.scenario.policy)),
          faults(population.faults),
          writer(std::move(results::Writer::create(folder / "results.db")).value()),
          session({loaded, population, *policies.placement, faults.gone(), writer, true}) {
        writer.begin({.id = "pair", .name = "pair", .version = "0", .started_utc = "2026-01-31T12:00:00Z"});
        write_description(writer, loaded, population);
        played.end = at_s(60);
    }

    static config::Loaded load() {
        auto made =
            config::load_scenario_text(pair_of_members, "pair.toml", {}, COOP_SOURCE_DIR "/hw-profiles");
        EXPECT_TRUE(made.ok()) << made.error().to_text();
        return std::move(made).value();
    }
    void tell(std::int64_t second, std::uint32_t member,
              std::variant<Report, SentTick, sim::FaultKind, Inventory> what) {
        happenings.push_back({at_s(second), PeerId{member}, what});
    }
    results::Reader replayed() {
        Replay replay({loaded.scenario, population, *policies.quota, session});
        replay.tell(happenings, played.looks, played.end);
        replay.conclude(played, disks);
        EXPECT_TRUE(writer.finish({}).ok());
        return std::move(results::Reader::open(folder / "results.db")).value();
    }

    Folder folder;
    config::Loaded loaded;
    Population population;
    OwnedPolicies policies;
    models::FaultPlan faults;
    results::Writer writer;
    Session session;
    std::vector<Happening> happenings;
    Played played;
    std::vector<Inventory> disks;
};

TEST_F(Replaying, TellsASessionWhatASimulationWouldHaveTold) {
    tell(1, 0, Report{.what = What::woke_up});
    tell(1, 1, Report{.what = What::woke_up});
    tell(2, 0, Report{.what = What::link_up, .peer = PeerId{1}});
    tell(3, 0, Report{.what = What::published, .id = {PeerId{0}, 2}, .size = {100}});
    tell(4, 1, Report{.what = What::delivered, .id = {PeerId{0}, 2}, .size = {100}, .hops = 1});
    tell(4, 0, SentTick{protocol::Message(protocol::Gossip{}).index(), 2, {400}});
    tell(50, 1, sim::FaultKind::power_off);
    const results::Reader reader = replayed();
    EXPECT_EQ(session.measures().notices().latency().most(), base::seconds(1).ns());
    const Metrics metrics = by_name(session.measures().scalars(at_s(60)));
    EXPECT_EQ(metrics.at("gossip.payloads_per_delivery"), 2);
    EXPECT_EQ(metrics.at("traffic.up_per_member_day"), 400.0 / 2 * 86'400 / 60);
    EXPECT_EQ(metrics.at("violations.total"), 0);
    const auto awake = reader.series("members.awake").value();
    EXPECT_EQ(awake.values, (std::vector<double>{2, 2, 2, 2, 1, 1}));
    EXPECT_EQ(awake.times_ns.back(), at_s(60).ns());
    EXPECT_EQ(reader.snapshot("active", at_s(60)).value().edges.size(), 1U);
    EXPECT_EQ(reader.faults().value().at(0).kind, "power_off");
    EXPECT_EQ(reader.events().value().size(), 6U);
}

TEST_F(Replaying, JudgesTheOwnersLineByTheSecond) {
    // 1 % of 100 Mbit/s is 125 kB/s; on top come the burst, the second itself, and the patience for a
    // connection.
    const std::int64_t most = 125'000 * 11 + 64 * 1024;
    tell(5, 0, SentTick{8, 10, {most}});
    tell(40, 1, SentTick{8, 10, {most + 1}});
    const results::Reader reader = replayed();
    const auto violations = reader.violations().value();
    ASSERT_EQ(violations.size(), 1U);
    EXPECT_EQ(violations[0].node, 1U);
    EXPECT_EQ(violations[0].at, at_s(40));
    EXPECT_EQ(by_name(session.measures().scalars(at_s(60))).at("quota.violations"), 1);
}

TEST_F(Replaying, JudgesTheOwnersDisk) {
    base::Digest photo;
    photo.bytes.fill(7);
    tell(5, 0, Report{.what = What::put_accepted, .object = photo, .size = {1'000'001}});
    EXPECT_EQ(replayed().violations().value().size(), 1U);
}

TEST_F(Replaying, AProgramThatEndsByItselfIsABrokenInvariant) {
    played.collapses.push_back({at_s(9), PeerId{1}, "signal 6"});
    const auto violations = replayed().violations().value();
    ASSERT_EQ(violations.size(), 1U);
    EXPECT_EQ(violations[0].checker, "program");
    EXPECT_EQ(violations[0].detail, "the board's program ended by itself (signal 6)");
    EXPECT_EQ(by_name(session.measures().scalars(at_s(60))).at("violations.total"), 1);
}

TEST_F(Replaying, CountsNoCopyThatABoardDoesNotHold) {
    base::Digest lost, kept;
    lost.bytes.fill(7);
    kept.bytes.fill(8);
    for (const base::Digest& photo : {lost, kept}) {
        tell(5, 0, Report{.what = What::put_accepted, .object = photo, .size = {1'000}});
    }
    happenings.push_back({at_s(20), PeerId{0}, Inventory{0, {lost, kept}}});
    disks = {{0, {kept}}, {1, {}}};
    const auto violations = replayed().violations().value();
    ASSERT_EQ(violations.size(), 1U);
    EXPECT_EQ(violations[0].checker, "promised_not_held");
    EXPECT_EQ(violations[0].node, 0U);
    EXPECT_EQ(violations[0].at, at_s(60));
    EXPECT_NE(violations[0].detail.find(base::to_hex(lost)), std::string::npos);
    EXPECT_EQ(session.measures().objects().disk_used(PeerId{0}), base::Bytes{1'000});
    EXPECT_EQ(session.broken().at("promised_not_held"), 1U);
}

TEST_F(Replaying, KeepsTheEagerLinksOfTheMomentsAtWhichItLooked) {
    played.looks[at_s(10)] = {{0, 1}};
    played.looks[at_s(40)] = {};
    const results::Reader reader = replayed();
    EXPECT_EQ(reader.snapshot("eager", at_s(39)).value().at, at_s(10));
    EXPECT_EQ(reader.snapshot("eager", at_s(39)).value().edges.size(), 1U);
    EXPECT_TRUE(reader.snapshot("eager", at_s(60)).value().edges.empty());
}

/// Three boards' folders, and what they have written.
class Collect : public testing::Test {
  protected:
    Collect() {
        for (std::uint8_t i = 0; i < 3; ++i) {
            plan.keys.emplace_back();
            plan.keys.back().bytes.fill(i);
            std::filesystem::create_directories(plan.folder_of(i));
        }
    }
    void journal(std::uint32_t member, const std::string& text) const {
        coop::test::write_file(plan.folder_of(member) + "/reports.jsonl", text);
    }
    static std::vector<std::int64_t> times(const std::vector<Happening>& happenings) {
        std::vector<std::int64_t> all;
        for (const Happening& happening : happenings) all.push_back(happening.at.ns());
        return all;
    }
    static std::string awake_at(std::int64_t ns) {
        return "{\"t\":" + std::to_string(ns) + ",\"report\":\"woke_up\"}\n";
    }

    Folder folder;
    BoardPlan plan{folder.path(), {}, {}};
    Played played;
};

TEST_F(Collect, PutsAllJournalsInOrderOfTime) {
    const std::string other = base::to_hex(plan.keys[1]);
    journal(0, awake_at(10) + "{\"t\":30,\"report\":\"link_up\",\"peer\":\"" + other + "\"}\n" +
                   awake_at(51) + "{\"t\":5");
    journal(1, awake_at(20));  // the third board never came up
    played.faults.push_back({base::Instant::of_ns(25), PeerId{1}, sim::FaultKind::kill});
    Collector collector(plan);
    ASSERT_EQ(collector.read(played, false), "");
    EXPECT_EQ(collector.bad_lines(), 1U);
    const auto taken = collector.take_until(base::Instant::of_ns(50));
    EXPECT_EQ(times(taken), (std::vector<std::int64_t>{10, 20, 25, 30}));
    EXPECT_EQ(std::get<Report>(taken[3].what).peer, PeerId{1});
}

TEST_F(Collect, ReadsOnWhereItWasAndNothingTwice) {
    const std::string first = awake_at(10) + "{\"t\":2";
    Collector collector(plan);
    journal(0, first);
    ASSERT_EQ(collector.read(played, true), "");
    EXPECT_EQ(times(collector.take_until(at_s(1))), (std::vector<std::int64_t>{10}));
    journal(0, first + "0,\"report\":\"woke_up\"}\n");  // the rest of the line
    ASSERT_EQ(collector.read(played, true), "");
    ASSERT_EQ(collector.read(played, false), "");
    EXPECT_EQ(times(collector.take_until(at_s(1))), (std::vector<std::int64_t>{20}));
    EXPECT_EQ(collector.bad_lines(), 0U);
}

TEST_F(Collect, KnowsNothingOfTheSecondThatABoardHasNotFinished) {
    journal(0, awake_at(base::milliseconds(7'300).ns()));
    journal(1, awake_at(base::milliseconds(9'800).ns()));
    Collector collector(plan);
    ASSERT_EQ(collector.read(played, true), "");
    const base::Instant never = base::Instant::never();
    EXPECT_EQ(collector.known_until(at_s(10), {at_s(1), at_s(1), never}), at_s(7));
    EXPECT_EQ(collector.known_until(at_s(10), {never, at_s(1), never}), at_s(9));
    EXPECT_EQ(collector.known_until(at_s(10), {never, never, never}), at_s(10));
    // The third has just been started; and a board that is silent for a minute is not waited for.
    EXPECT_EQ(collector.known_until(at_s(10), {at_s(1), at_s(1), at_s(6)}), at_s(6));
    EXPECT_EQ(collector.known_until(at_s(500), {at_s(1), never, never}), at_s(440));
}

}  // namespace
}  // namespace coop::app

// Three real boards play a short scenario. Counts only: a busy machine is late, and that is no failure.
#include <atomic>
#include <chrono>
#include <csignal>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/app/commands.hpp"
#include "engine/app/summary.hpp"
#include "engine/app/testbed_boards.hpp"
#include "engine/app/testbed_replay.hpp"
#include "engine/config/node_config.hpp"
#include "engine/config/scenario.hpp"
#include "engine/results/reader.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/documented.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;

const std::string trio = R"(
duration = "9s"
[members]
count = 3
contacts = 2
boards = "n100"
lines = "fibre"
share_of_line = "50%"
disk = "1GB"
start_within = "500ms"
[network]
region = "ideal"
[policy]
quota = { name = "fixed_share/1", burst = "1MiB" }
[membership]
keep_alive_every = "500ms"
link_silent_max = "3s"
join_retry = "500ms"
neighbor_timeout = "1s"
[sync]
every = "1s"
[content]
review_every = "300ms"
ask_timeout = "2s"
[[workload]]
kind = "photos"
size = "100KiB"
at = "2s"
[[workload]]
kind = "notices"
size = "500B"
at = ["3s", "5s"]
[[fault]]
kind = "crash"
at = "4s"
lasts = "2s"
members = [2]
[results]
sample_every = "2s"
reach_within = "5s"
[[expect]]
metric = "objects.lost"
most = 0
[[expect]]
metric = "quota.violations"
most = 0
[[compare]]
metric = "objects.put"
within = 0
)";

class TestbedRun : public testing::Test {
  protected:
    // Profiles of boards and lines are looked for in the working folder.
    TestbedRun() : before(std::filesystem::current_path()) {
        std::filesystem::current_path(COOP_SOURCE_DIR);
        coop::test::write_file(folder / "trio.toml", trio);
        request.scenario = folder / "trio.toml";
        request.local = 3;
        request.out = folder / "out";
        request.coopnode = COOPNODE;
    }
    ~TestbedRun() override { std::filesystem::current_path(before); }

    std::size_t events(const results::Reader& reader, const std::string& kind) const {
        results::EventFilter filter;
        filter.kind = kind;
        return reader.events(filter).value().size();
    }

    static std::string attribute(const results::Reader& reader, const std::string& key) {
        for (const auto& a : reader.attributes().value()) {
            if (a.key == key) return a.value;
        }
        return {};
    }
    /// A program of two lines in place of coopnode.
    void stand_in(const std::string& script) {
        request.coopnode = folder / "stand-in";
        coop::test::write_file(request.coopnode, "#!/bin/sh\n" + script + "\n");
        std::filesystem::permissions(request.coopnode, std::filesystem::perms::owner_all);
    }
    /// What it says on standard error; the run must have failed before its time.
    std::string ends_early(int code) {
        testing::internal::CaptureStderr();
        EXPECT_EQ(testbed(request), code);
        std::string said = testing::internal::GetCapturedStderr();
        const auto reader = results::Reader::open(folder / "out/latest");
        EXPECT_TRUE(reader.ok());
        EXPECT_EQ(reader.value().run().value().status, results::RunStatus::failed);
        EXPECT_LT(reader.value().run().value().simulated, base::seconds(600));
        EXPECT_GE(reader.value().violations().value().size(), 1U);
        return said;
    }

    std::filesystem::path before;
    Folder folder;
    TestbedRequest request;
};

TEST_F(TestbedRun, PlaysAScenarioToRealBoardsAndWritesTheSameSchema) {
    ASSERT_EQ(testbed(request), exit_ok);
    const auto reader = results::Reader::open(folder / "out/latest");
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    const results::Run run = reader.value().run().value();
    EXPECT_EQ(run.source, results::Source::testbed);
    EXPECT_EQ(run.status, results::RunStatus::finished);
    EXPECT_EQ(run.simulated, base::seconds(9));
    EXPECT_EQ(run.name, "trio");
    EXPECT_EQ(reader.value().nodes().value().size(), 3U);
    EXPECT_GT(reader.value().parameters().value().size(), 20U);
    EXPECT_EQ(reader.value().scalars("objects.put").value().at(0).value, 3);
    EXPECT_EQ(events(reader.value(), "put_accepted"), 3U);
    EXPECT_EQ(events(reader.value(), "published"), 5U);  // the third member is down at the second time
    EXPECT_EQ(attribute(reader.value(), "testbed.wishes_of_stopped"), "1");
    EXPECT_EQ(attribute(reader.value(), "testbed.wishes_of_collapsed"), "0");
    EXPECT_GE(events(reader.value(), "woke_up"), 4U);  // one of them twice
    EXPECT_GT(events(reader.value(), "link_up"), 0U);
    EXPECT_EQ(reader.value().series("objects.stored").value().values.size(), 4U);
    EXPECT_TRUE(reader.value().snapshot("active", base::Instant::never()).ok());
    const auto eager = reader.value().snapshot("eager", base::Instant::never());
    ASSERT_TRUE(eager.ok()) << eager.error().message;
    EXPECT_EQ(eager.value().at, base::Instant::zero() + base::seconds(9));  // the end, between two samples
    // A tree over three has two links. Notices that cross prune each other's tree, from one end each.
    EXPECT_GE(eager.value().edges.size(), 2U);
    const auto faults = reader.value().faults().value();
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].kind, "kill");
    EXPECT_EQ(faults[1].kind, "restart");
    EXPECT_EQ(faults[0].nodes, std::vector<std::uint32_t>{2});
    EXPECT_TRUE(reader.value().violations().value().empty());
    EXPECT_TRUE(test::expect_documented_events(reader.value()).contains("sent_in_second"));
    for (const auto& a : reader.value().attributes().value())
        EXPECT_NE(test::schema().find("`" + a.key + "`"), std::string::npos) << a.key;
    EXPECT_TRUE(std::filesystem::exists(folder / "out/latest/manifest.json"));
    EXPECT_EQ(compare({folder / "out/latest", folder / "out/latest"}), exit_ok);
}

TEST_F(TestbedRun, StopsWhenInterruptedAndKeepsWhatItHad) {
    const std::atomic<bool> interrupted = true;
    request.interrupted = &interrupted;
    testing::internal::CaptureStdout();
    EXPECT_EQ(testbed(request), exit_interrupted);
    const std::string said = testing::internal::GetCapturedStdout();
    const auto reader = results::Reader::open(folder / "out/latest");
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    const results::Run run = reader.value().run().value();
    EXPECT_EQ(run.status, results::RunStatus::interrupted);
    EXPECT_EQ(run.simulated, base::Duration::zero());  // before the boards began
    // What it got, not what was planned.
    const std::string got = human_seconds(run.simulated.seconds());
    EXPECT_NE(said.find("(3 members, " + got + " on real boards)"), std::string::npos) << said;
    EXPECT_NE(said.find("What it cost a member, over " + got), std::string::npos) << said;
    EXPECT_NE(said.find("cover only the first " + got + " of 9.0 s."), std::string::npos) << said;
}

TEST_F(TestbedRun, EndsWithABoardThatNobodyStopped) {
    request.set = {"duration=600s"};
    stand_in("echo 'no such luck'; exit 1");
    std::string said = ends_early(exit_usage);
    EXPECT_NE(said.find("ended by itself"), std::string::npos) << said;
    EXPECT_NE(said.find("exit code 1"), std::string::npos) << said;
    EXPECT_NE(said.find("its last words: no such luck\n"), std::string::npos) << said;
    EXPECT_NE(said.find("/log.txt\n"), std::string::npos) << said;
    stand_in("kill -9 $$");
    said = ends_early(exit_crash);
    EXPECT_NE(said.find("signal 9"), std::string::npos) << said;
}

TEST_F(TestbedRun, FindsWhatVanishedFromADiskDuringACrash) {
    request.set = {"duration=7s"};
    std::thread vandal([&] {
        const std::string board = folder / "out/latest/nodes/2";
        bool was_up = false;
        bool is_up = false;
        for (int i = 0; i < 1500 && (is_up || !was_up); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            is_up = ControlClient::connect(board + "/control.sock").ok();
            was_up = was_up || is_up;
        }
        auto store = storage::SqliteStore::open(board + "/data/board.db");
        ASSERT_TRUE(store.ok()) << store.error().message;
        storage::Batch all;
        for (const auto& row : store.value()->load().value().manifests)
            all.push_back(storage::EraseObject{row.object});
        ASSERT_FALSE(all.empty());  // at least its owner's own
        ASSERT_TRUE(store.value()->commit(all).ok());
    });
    testing::internal::CaptureStdout();
    EXPECT_EQ(testbed(request), exit_failed);
    vandal.join();
    const std::string said = testing::internal::GetCapturedStdout();
    EXPECT_NE(said.find("FAIL  promised_not_held, "), std::string::npos) << said;
    const auto reader = results::Reader::open(folder / "out/latest");
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    const auto violations = reader.value().violations().value();
    ASSERT_FALSE(violations.empty());
    for (const results::Violation& violation : violations) {
        EXPECT_EQ(violation.checker, "promised_not_held");
        EXPECT_EQ(violation.node, 2U);
    }
}

TEST_F(TestbedRun, SwitchesABoardOffThatHasLeftForGood) {
    coop::test::write_file(
        request.scenario,
        trio + "[[fault]]\nkind = \"leave\"\nat = \"3s\"\nfarewell = true\nmembers = [1]\n");
    const auto loaded = config::load_scenario(request.scenario, {"duration=60s", "content.leave_within=2s"});
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const Population population = populate(loaded.value().scenario);
    const auto plan = plan_boards(folder / "nodes", 3);
    ASSERT_TRUE(plan.ok()) << plan.error();
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    const base::Duration epoch = base::nanoseconds(std::chrono::nanoseconds(since_1970).count());
    ASSERT_EQ(write_node_files(plan.value(), loaded.value(), population, epoch), "");
    Collector collector(plan.value());
    TestbedDriver* playing = nullptr;
    std::atomic<bool> enough = false;
    const auto look = [&](base::Instant) {
        EXPECT_EQ(collector.read(playing->so_far(), true), "");
        for (const auto& [member, at] : collector.departed()) playing->has_departed(member, at);
        // The board of member 1 is off, and the crash of member 2 is over.
        enough = playing->up_since()[1].is_never() && playing->so_far().faults.size() == 4;
    };
    TestbedDriver driver({loaded.value().scenario, population, plan.value(), COOPNODE, epoch, &enough, look,
                          base::milliseconds(300)});
    playing = &driver;
    const Played played = driver.play();
    EXPECT_TRUE(enough);
    EXPECT_TRUE(played.collapses.empty());
    ASSERT_EQ(collector.departed().size(), 1U);
    const base::Instant departed = collector.departed().at(protocol::PeerId{1});
    const auto off = std::find_if(played.faults.begin(), played.faults.end(), [](const Befell& fault) {
        return fault.kind == sim::FaultKind::power_off;
    });
    ASSERT_NE(off, played.faults.end());
    EXPECT_EQ(off->member, protocol::PeerId{1});
    EXPECT_GE(off->at, departed + base::milliseconds(300));
}

TEST_F(TestbedRun, KeepsWhatItHadWhenItIsKilled) {
    request.set = {"duration=600s"};
    const pid_t player = ::fork();
    if (player == 0) {
        if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(2);
        ::_exit(testbed(request));
    }
    const std::string path = folder / "out/latest";
    const auto kept = [&](const std::string& kind) {
        const auto reader = results::Reader::open(path);
        return reader.ok() ? events(reader.value(), kind) : std::size_t{0};
    };
    // By then the crash is over; how long that takes is the machine's affair.
    bool seen = false;
    for (int i = 0; i < 2400 && !seen; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        seen = kept("woke_up") >= 4 && kept("published") >= 5;
    }
    ::kill(player, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(player, &status, 0), player);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(seen);
    const auto reader = results::Reader::open(path);
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_EQ(reader.value().run().value().status, results::RunStatus::running);
    // Which run it was, and how to have it again.
    const std::string manifest = coop::test::read_file(path + "/manifest.json");
    EXPECT_NE(manifest.find(R"("status": "running")"), std::string::npos) << manifest;
    EXPECT_NE(manifest.find(R"("source": "testbed")"), std::string::npos) << manifest;
    EXPECT_NE(coop::test::read_file(path + "/reproduce.sh").find("testbed --local 3"), std::string::npos);
    const auto again = config::load_scenario(path + "/scenario.toml");
    ASSERT_TRUE(again.ok()) << again.error().to_text();
    EXPECT_EQ(again.value().scenario.duration, base::seconds(600));
    EXPECT_EQ(reader.value().faults().value().size(), 2U);
    EXPECT_GE(reader.value().series("objects.stored").value().values.size(), 2U);
    EXPECT_TRUE(reader.value().snapshot("eager", base::Instant::never()).ok());
}

TEST_F(TestbedRun, WantsABoardForEachMember) {
    request.local = 5;
    testing::internal::CaptureStderr();
    EXPECT_EQ(testbed(request), exit_usage);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              request.scenario +
                  " has 3 members, and --local asks for 5 boards: there is one board for each member\n"
                  "   use --local 3, or --set members.count=5\n");
    request.local = 0;
    testing::internal::CaptureStderr();
    EXPECT_EQ(testbed(request), exit_usage);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "--local is how many node programs to start, at least 1\n   " + request.scenario +
                  " has 3 members: use --local 3\n");
    request.local = 3;
    request.coopnode = folder / "nothing";
    testing::internal::CaptureStderr();
    EXPECT_EQ(testbed(request), exit_usage);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "there is no node program at " + folder / "nothing" +
                  "\n   build it, or say where it is with --coopnode\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_F(TestbedRun, FillsNobodysDisk) {
    coop::test::write_file(request.scenario,
                           trio + "[[fault]]\nkind = \"disk_full\"\nat = \"3s\"\ncount = 1\n");
    testing::internal::CaptureStderr();
    EXPECT_EQ(testbed(request), exit_usage);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              request.scenario +
                  ": fault 1 fills a disk, and all boards of a testbed share the one of this computer\n"
                  "   simulate it with coopsim run, or choose another fault\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_F(TestbedRun, GivesABoardWhatTheSimulatedMemberHas) {
    const auto loaded = config::load_scenario(request.scenario);
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const Population population = populate(loaded.value().scenario);
    const auto plan = plan_boards(folder / "nodes", 3);
    ASSERT_TRUE(plan.ok()) << plan.error();
    const base::Duration epoch = base::days(20'000) + base::milliseconds(1'250);
    ASSERT_EQ(write_node_files(plan.value(), loaded.value(), population, epoch), "");
    for (std::uint32_t i = 0; i < 3; ++i) {
        const auto node = config::load_node_config(plan.value().folder_of(i) + "/node.toml");
        ASSERT_TRUE(node.ok()) << node.error().to_text();
        const protocol::Own& simulated = population.members->own(protocol::PeerId{i});
        const protocol::Tuning& tuning = population.members->tuning(protocol::PeerId{i});
        EXPECT_EQ(node.value().epoch_unix_ns, epoch.ns());
        EXPECT_EQ(node.value().listen.port, plan.value().ports[i]);
        EXPECT_EQ(node.value().owner.line_up, simulated.owner.line_up);
        EXPECT_EQ(node.value().owner.line_down, simulated.owner.line_down);
        EXPECT_EQ(node.value().owner.share, simulated.owner.share);
        EXPECT_EQ(node.value().owner.hours, simulated.owner.hours);
        EXPECT_EQ(node.value().owner.disk, simulated.owner.disk);
        EXPECT_EQ(node.value().tuning.membership.link_silent_max, tuning.membership.link_silent_max);
        EXPECT_EQ(node.value().tuning.sync.every, tuning.sync.every);
        EXPECT_EQ(node.value().tuning.content.review_every, tuning.content.review_every);
        EXPECT_EQ(node.value().policy.quota.values, loaded.value().scenario.policy.quota.values);
        ASSERT_EQ(node.value().contacts.size(), simulated.contacts.size());
        for (std::size_t c = 0; c < simulated.contacts.size(); ++c) {
            EXPECT_EQ(node.value().contacts[c].key, plan.value().keys[simulated.contacts[c].index]);
            EXPECT_EQ(node.value().contacts[c].at.port, plan.value().ports[simulated.contacts[c].index]);
        }
    }
}

TEST(TestbedPorts, LieWhereNobodyDialsFrom) {
    const Folder folder;
    const auto plan = plan_boards(folder / "nodes", 4);
    ASSERT_TRUE(plan.ok()) << plan.error();
    unsigned least = 0, most = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> least >> most;
    for (const std::uint16_t port : plan.value().ports) EXPECT_TRUE(port < least || port > most) << port;
    const auto& ports = plan.value().ports;
    EXPECT_EQ(std::set<std::uint16_t>(ports.begin(), ports.end()).size(), 4U);
}

}  // namespace
}  // namespace coop::app

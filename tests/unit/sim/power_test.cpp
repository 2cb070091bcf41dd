// Power cuts, dead processes and bad disks.
#include "engine/sim/simulation.hpp"
#include "tests/unit/sim/scripted_world.hpp"

namespace coop::test {
namespace {

using protocol::Persisted;
using protocol::Requested;
using protocol::Started;
using sim::Dropped;
using sim::FaultKind;

class Power : public ScriptedWorld {
  protected:
    std::vector<std::uint32_t> kept() const {
        std::vector<std::uint32_t> numbers;
        for (const protocol::Record& record : run->disk_records(PeerId{0}))
            numbers.push_back(std::get<protocol::KeptStatement>(record).statement->statement.id.sequence);
        return numbers;
    }
};

/// Keeps a statement numbered by the millisecond, and speaks of it.
void keep_and_tell(PeerId, const Requested&, protocol::Env& env) {
    const auto number = static_cast<std::uint32_t>(env.now.ns() / 1'000'000);
    env.out.persist({number}, statement(number));
    env.out.send(PeerId{1}, numbered(number));
}

TEST_F(Power, TakesWithItWhatWasNotYetDurable) {
    boards.all.per_sync = milliseconds(20);
    boards.all.boot = seconds(30);
    std::vector<std::size_t> found;
    script().act = [&found](PeerId self, const protocol::Input& input, protocol::Env& env) {
        if (const auto* const in = std::get_if<Started>(&input); in != nullptr && self.index == 0)
            found.push_back(in->kept.size());
        if (const auto* const in = std::get_if<Requested>(&input)) keep_and_tell(self, *in, env);
    };
    begin(2);
    ask(seconds(60), 0);                     // durable at 60.020
    ask(seconds(60) + milliseconds(15), 0);  // would be durable at 60.040
    befall(seconds(60) + milliseconds(30), 0, FaultKind::power_off);
    befall(seconds(70), 0, FaultKind::power_on);
    run->run_until(at(seconds(69)));
    EXPECT_EQ(kept(), (std::vector<std::uint32_t>{60'000}));
    EXPECT_EQ(run->node(PeerId{0}), nullptr);
    run->run_until(at(seconds(200)));
    EXPECT_EQ(found, (std::vector<std::size_t>{0, 1}));
    ASSERT_EQ(log.heard.size(), 1u) << "what was durable had been said, what was not was never said";
    EXPECT_EQ(log.heard[0].number, 60'000u);
    EXPECT_EQ(log.persisted.size(), 1u);
    EXPECT_EQ(log.dropped, (std::vector<Dropped>{Dropped::sender_off}));
    EXPECT_EQ(log.steps.back(), (std::pair{at(seconds(100)), 0u})) << "boots for 30 s";
    EXPECT_EQ(run->counters(PeerId{0}).starts, 2u);
}

TEST_F(Power, TakesTheQueueOfTheUplinkButNotWhatIsOnItsWay) {
    network.line_all = {base::ByteRate{1090}, sim::instant_rate};  // 100 ms a message
    network.path_all.delay = seconds(1);
    script().act = on<Requested>([](PeerId, const Requested&, protocol::Env& env) {
        for (std::uint32_t i = 1; i <= 5; ++i) env.out.send(PeerId{1}, numbered(i));
    });
    begin(2);
    ask(seconds(1), 0);
    befall(seconds(1) + milliseconds(250), 0, FaultKind::power_off);
    run->run_until(at(seconds(10)));
    EXPECT_EQ(log.heard,
              (std::vector<Heard>{{at(milliseconds(2100)), 0, 1, 1}, {at(milliseconds(2200)), 0, 1, 2}}));
    EXPECT_EQ(log.dropped.size(), 3u);
}

TEST_F(Power, MakesABoardDeafAndItsTasksLost) {
    script().act = on<Requested>([](PeerId self, const Requested&, protocol::Env& env) {
        env.out.send(PeerId{1 - self.index}, numbered(1));
    });
    begin(2);
    befall(seconds(1), 1, FaultKind::power_off);
    ask(seconds(2), 0);
    ask(seconds(2), 1);
    run->run_until(at(seconds(3)));
    EXPECT_TRUE(log.heard.empty());
    EXPECT_EQ(log.dropped, (std::vector<Dropped>{Dropped::receiver_off}));
    EXPECT_EQ(log.tasks_lost, 1);
}

TEST_F(Power, EndsDeadlinesAndWaitingInputs) {
    boards.all.step = seconds(1);
    script().deadlines[0] = at(seconds(5));
    begin(1);
    for (int i = 0; i < 4; ++i) ask(seconds(0), 0);
    befall(milliseconds(1500), 0, FaultKind::power_off);
    run->run_until(at(seconds(20)));
    EXPECT_EQ(log.steps.size(), 2u);
    EXPECT_TRUE(log.woken.empty());
}

TEST_F(Power, IsCountedToTheNanosecond) {
    boards.all.idle_mw = 1000;
    boards.all.busy_mw = 3000;
    boards.all.cores = 4;
    boards.all.step = seconds(2);
    config.owner.hours = {base::hours(1), base::hours(2)};
    begin(1);
    befall(base::hours(2), 0, FaultKind::power_off);
    befall(base::hours(6), 0, FaultKind::power_on);
    run->run_until(at(base::hours(10)));
    const sim::Counters counters = run->counters(PeerId{0});
    EXPECT_EQ(counters.powered, base::hours(6));
    EXPECT_EQ(counters.awake, base::hours(1));
    EXPECT_EQ(counters.core_time, seconds(4));  // two starts
    EXPECT_DOUBLE_EQ(sim::joules(boards.all, counters), 1.0 * 6 * 3600 + 0.5 * 4);
}

TEST_F(Power, StaysOnWhenAProcessDies) {
    script().act = on<Requested>(keep_and_tell);
    begin(2);
    ask(seconds(1), 0);
    befall(seconds(2), 0, FaultKind::kill);
    ask(seconds(3), 0);
    befall(seconds(4), 0, FaultKind::restart);
    run->run_until(at(seconds(5)));
    EXPECT_EQ(run->counters(PeerId{0}).powered, seconds(5));
    EXPECT_EQ(run->counters(PeerId{0}).starts, 2u);
    EXPECT_EQ(log.tasks_lost, 1);
    EXPECT_EQ(kept(), (std::vector<std::uint32_t>{1000}));
}

TEST_F(Power, IsNotGivenTwice) {
    begin(1);
    befall(seconds(1), 0, FaultKind::power_on);
    befall(seconds(2), 0, FaultKind::power_off);
    befall(seconds(3), 0, FaultKind::power_off);
    run->run_until(at(seconds(5)));
    EXPECT_EQ(run->counters(PeerId{0}).starts, 1u);
    EXPECT_EQ(run->counters(PeerId{0}).powered, seconds(2));
}

class BadDisk : public Power {};

TEST_F(BadDisk, TellsTheNodeAndKeepsItFromSpeaking) {
    script().act = on<Requested>(keep_and_tell);
    begin(2);
    befall(seconds(1), 0, FaultKind::disk_failing);
    ask(seconds(2), 0);
    befall(seconds(3), 0, FaultKind::disk_well);
    ask(seconds(4), 0);
    run->run_until(at(seconds(5)));
    EXPECT_EQ(log.persisted,
              (std::vector<std::pair<Instant, bool>>{{at(seconds(2)), false}, {at(seconds(4)), true}}));
    EXPECT_EQ(log.dropped, (std::vector<Dropped>{Dropped::disk_failed}));
    EXPECT_EQ(kept(), (std::vector<std::uint32_t>{4000}));
    EXPECT_EQ(run->counters(PeerId{0}).refused_writes, 1u);
}

TEST_F(BadDisk, CanStillForgetWhenItIsFull) {
    script().act = on<Requested>([](PeerId self, const Requested& in, protocol::Env& env) {
        if (env.now >= at(seconds(3)))
            return env.out.persist({9}, protocol::ForgottenStatement{{PeerId{0}, 1000}});
        keep_and_tell(self, in, env);
    });
    begin(2);
    ask(seconds(1), 0);
    befall(milliseconds(1500), 0, FaultKind::disk_full);
    ask(seconds(2), 0);
    ask(seconds(3), 0);
    run->run_until(at(seconds(5)));
    EXPECT_EQ(log.persisted, (std::vector<std::pair<Instant, bool>>{
                                 {at(seconds(1)), true}, {at(seconds(2)), false}, {at(seconds(3)), true}}));
    EXPECT_TRUE(kept().empty());
}

TEST_F(Power, ComesBackToNobodyWhoHasNotJoined) {
    begin(1, {at(seconds(30))});
    befall(seconds(5), 0, sim::FaultKind::power_off);
    befall(seconds(10), 0, sim::FaultKind::power_on);
    run->run_until(at(seconds(29)));
    EXPECT_FALSE(run->powered(PeerId{0}));
    run->run_until(at(seconds(31)));
    EXPECT_TRUE(run->powered(PeerId{0}));
}

}  // namespace
}  // namespace coop::test

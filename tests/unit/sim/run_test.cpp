// The run as a whole: repeatable, stoppable, observable.
#include "engine/sim/wire_recoder.hpp"
#include "tests/unit/sim/scripted_world.hpp"

namespace coop::test {
namespace {

using protocol::Received;
using protocol::Started;

/// Sends every message on to a random other node, so that a single different draw changes the rest of the
/// run.
void wander(PeerId self, const protocol::Input& input, protocol::Env& env) {
    const auto* const in = std::get_if<Received>(&input);
    if (in == nullptr && !std::holds_alternative<Started>(input)) return;
    PeerId to{static_cast<std::uint32_t>(env.rng.below(7))};
    if (to >= self) ++to.index;
    env.out.send(to, in != nullptr ? *in->message : numbered(self.index + 1));
}

class Run : public ScriptedWorld {
  protected:
    sim::Fingerprint wander_once(std::uint64_t seed, base::Duration length = seconds(20)) {
        script() = {};
        script().act = wander;
        setup.seed = seed;
        boards.all.step = microseconds(130);
        network.line_all = {base::ByteRate{50'000}, base::ByteRate{70'000}};
        network.path_all.jitter_max = milliseconds(3);
        network.path_all.loss_ppm = 1000;
        begin(8).run_until(at(length));
        return run->fingerprint();
    }
};

TEST_F(Run, RepeatsItselfWithTheSameSeed) {
    const auto once = wander_once(1);
    EXPECT_GT(run->progress().steps, 5'000u);
    EXPECT_EQ(once, wander_once(1));
}

TEST_F(Run, DiffersWithAnotherSeed) { EXPECT_NE(wander_once(1), wander_once(2)); }

TEST_F(Run, IsTheSameInSlices) {
    const auto whole = wander_once(1, seconds(3));
    script() = {};
    script().act = wander;
    begin(8);
    for (int i = 1; i <= 300; ++i) run->run_until(at(milliseconds(10 * i)));
    EXPECT_EQ(run->fingerprint(), whole);
    EXPECT_EQ(run->now(), at(seconds(3)));
}

TEST_F(Run, CanBeInterruptedAndGoOn) {
    const auto whole = wander_once(1);
    script() = {};
    script().act = wander;
    begin(8);
    int interruptions = 0;
    while (run->run_until(at(seconds(20)), [](const sim::Progress&) { return true; }) ==
           sim::Stop::interrupted)
        ++interruptions;
    EXPECT_GT(interruptions, 1);
    EXPECT_EQ(run->fingerprint(), whole);
}

TEST_F(Run, IsTheSameWhenEveryMessageIsReallyEncoded) {
    const auto typed = wander_once(1);
    sim::WireRecoder recoder(1, 8);
    setup.recoder = &recoder;
    setup.encode = sim::Encode::always;
    EXPECT_EQ(wander_once(1), typed);
    EXPECT_GT(recoder.passed(), 5'000u);
    EXPECT_EQ(recoder.refused(), 0u);
    const std::uint64_t always = recoder.passed();
    setup.encode = sim::Encode::sampled;
    EXPECT_EQ(wander_once(1), typed);
    EXPECT_EQ(recoder.passed() - always, always / 64);
}

TEST_F(Run, DrawsForOneNodeDoNotDependOnHowManyOthersThereAre) {
    std::vector<std::uint64_t> draws;
    script().act = on<Started>([&draws](PeerId self, const Started&, protocol::Env& env) {
        if (self.index == 2) draws.push_back(env.rng.next());
    });
    begin(3).run_until(at(seconds(1)));
    begin(30).run_until(at(seconds(1)));
    ASSERT_EQ(draws.size(), 2u);
    EXPECT_EQ(draws[0], draws[1]);
}

TEST_F(Run, TakesSamplesAtFixedIntervals) {
    setup.sample_every = seconds(2);
    begin(1).run_until(at(seconds(7)));
    EXPECT_EQ(log.samples, (std::vector<Instant>{at(seconds(2)), at(seconds(4)), at(seconds(6))}));
}

TEST_F(Run, ReadsWorkloadAndFaultsInOrder) {
    for (int i = 10; i > 0; --i) tasks.add({at(seconds(i)), PeerId{0}, protocol::Get{}});
    faults.add({at(milliseconds(5500)), PeerId{0}, sim::FaultKind::power_off});
    begin(1).run_until(at(seconds(20)));
    EXPECT_EQ(log.steps.size(), 6u);  // the start, and five tasks
    EXPECT_EQ(log.tasks_lost, 5);
}

TEST_F(Run, LosesWholeMessagesOnlyWhereThePathSaysSo) {
    network.path_all.vanish_ppm = 300'000;
    script().act = on<protocol::Requested>(
        [](PeerId, const protocol::Requested&, protocol::Env& env) { env.out.send(PeerId{1}, numbered(1)); });
    begin(2);
    for (int i = 1; i <= 10'000; ++i) ask(milliseconds(i), 0);
    run->run_until(at(seconds(20)));
    EXPECT_EQ(log.heard.size() + log.dropped.size(), 10'000u);
    EXPECT_NEAR(static_cast<double>(log.dropped.size()), 3000.0, 4 * 45.8);  // sd: sqrt(10^4 * .3 * .7)
}

TEST_F(Run, GoesRoundACutOnlyIfSomebodySendsThere) {
    network.cut(0, 1);
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        if (self.index == 0) {
            env.out.send(PeerId{1}, numbered(1));
            env.out.send(PeerId{2}, numbered(2));
        }
    });
    begin(3).run_until(at(seconds(1)));
    EXPECT_EQ(log.heard, (std::vector<Heard>{{at(milliseconds(10)), 0, 2, 2}}));
    EXPECT_EQ(log.dropped, (std::vector<sim::Dropped>{sim::Dropped::cut}));
}

TEST_F(Run, CountsByKind) {
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        if (self.index != 0) return;
        env.out.send(PeerId{1}, numbered(1));
        env.out.send(PeerId{1}, protocol::Prune{});
        env.out.send(PeerId{1}, protocol::Prune{});
    });
    begin(2).run_until(at(seconds(1)));
    const std::size_t graft = numbered(1).index();
    const std::size_t prune = protocol::Message{protocol::Prune{}}.index();
    EXPECT_EQ(run->kinds(PeerId{0})->up[graft].messages, 1u);
    EXPECT_EQ(run->kinds(PeerId{0})->up[prune].messages, 2u);
    EXPECT_EQ(run->kinds(PeerId{1})->down[prune].messages, 2u);
    EXPECT_EQ(run->kinds_of_all().up[graft].line, base::Bytes{numbered_line});
}

}  // namespace
}  // namespace coop::test

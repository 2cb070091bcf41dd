// What a step waits for and what it costs, to the nanosecond.
#include "tests/unit/sim/scripted_world.hpp"

namespace coop::test {
namespace {

using protocol::Persisted;
using protocol::Received;
using protocol::Requested;
using protocol::Started;

class Host : public ScriptedWorld {};

TEST_F(Host, ChargesLinesToTheNanosecond) {
    boards.all.step = microseconds(100);
    network.line_all = {base::ByteRate{125'000}, base::ByteRate{250'000}};
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        if (self.index != 0) return;
        env.out.send(PeerId{1}, numbered(1));
        env.out.send(PeerId{1}, numbered(2));
    });
    begin(2).run_until(at(seconds(1)));
    // 109 bytes: 872 us up, 10 ms between, 436 us down. The second follows the first on both lines.
    static_assert(numbered_line == 109);
    const auto first = microseconds(100 + 872 + 10'000 + 436);
    const auto second = microseconds(100 + 872 + 872 + 10'000 + 436);
    EXPECT_EQ(log.heard, (std::vector<Heard>{{at(first), 0, 1, 1}, {at(second), 0, 1, 2}}));
    EXPECT_EQ(run->counters(PeerId{0}).up.line, base::Bytes{218});
    EXPECT_EQ(run->counters(PeerId{1}).down.messages, 2u);
}

TEST_F(Host, QueuesOnANarrowDownlink) {
    network.line_all = {sim::instant_rate, base::ByteRate{109'000}};  // 1 ms a message
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        if (self.index < 3) env.out.send(PeerId{3}, numbered(self.index));
    });
    begin(4).run_until(at(seconds(1)));
    EXPECT_EQ(log.heard, (std::vector<Heard>{{at(milliseconds(11)), 0, 3, 0},
                                             {at(milliseconds(12)), 1, 3, 1},
                                             {at(milliseconds(13)), 2, 3, 2}}));
}

TEST_F(Host, WaitsForTheOnlyCore) {
    boards.all.step = milliseconds(1);
    begin(1);
    for (int i = 0; i < 3; ++i) ask(microseconds(0), 0);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(log.steps, (std::vector<std::pair<Instant, std::uint32_t>>{{at(milliseconds(0)), 0},
                                                                         {at(milliseconds(1)), 0},
                                                                         {at(milliseconds(2)), 0},
                                                                         {at(milliseconds(3)), 0}}));
    EXPECT_EQ(run->counters(PeerId{0}).core_time, milliseconds(4));
    EXPECT_EQ(run->counters(PeerId{0}).waiting_max, 3u);
}

TEST_F(Host, UsesEveryCore) {
    boards.all.step = milliseconds(1);
    boards.all.cores = 2;
    begin(1);
    for (int i = 0; i < 3; ++i) ask(microseconds(0), 0);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(log.steps, (std::vector<std::pair<Instant, std::uint32_t>>{{at(milliseconds(0)), 0},
                                                                         {at(milliseconds(0)), 0},
                                                                         {at(milliseconds(1)), 0},
                                                                         {at(milliseconds(1)), 0}}));
}

TEST_F(Host, ChargesCryptographyOnceForTheStepThatUsedIt) {
    boards.all.step = milliseconds(1);
    boards.all.per_signature = milliseconds(3);
    boards.all.per_verification = milliseconds(5);
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        protocol::Statement statement;
        statement.id = {self, 1};
        statement.body = protocol::Notice{};
        const auto signature = env.crypto.sign(statement);
        EXPECT_TRUE(env.crypto.verify(statement, signature));
    });
    begin(1);
    ask(milliseconds(20), 0);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(run->counters(PeerId{0}).core_time, milliseconds(1 + 3 + 5 + 1));
}

TEST_F(Host, LetsNoSendLeaveBeforeItsStepIsDurable) {
    boards.all.step = milliseconds(1);
    boards.all.per_sync = milliseconds(20);
    boards.all.disk_write = {1'000'000};
    script().act = on<Requested>([](PeerId, const Requested&, protocol::Env& env) {
        const bool first = env.now == at(milliseconds(100));
        if (first) env.out.persist({1}, protocol::KeptChunk{{}, 0, {{}, base::kib(32), nullptr}});
        env.out.send(PeerId{1}, numbered(first ? 1 : 2));
    });
    begin(2);
    ask(milliseconds(100), 0);
    ask(milliseconds(105), 0);
    run->run_until(at(seconds(1)));
    const auto durable = at(milliseconds(101 + 20) + microseconds(32'768));
    EXPECT_EQ(log.persisted, (std::vector<std::pair<Instant, bool>>{{durable, true}}));
    // The second step promised nothing, so it need not wait for the first one's disk.
    EXPECT_EQ(log.heard,
              (std::vector<Heard>{{at(milliseconds(116)), 0, 1, 2}, {durable + milliseconds(10), 0, 1, 1}}));
    EXPECT_EQ(log.sent[0].second, at(milliseconds(105)));
    EXPECT_EQ(log.sent[1], (std::pair{durable, at(milliseconds(100))}));
}

TEST_F(Host, CommitsAStepAtOnceAndStepsOneAfterTheOther) {
    boards.all.per_sync = milliseconds(20);
    script().act = on<Requested>([](PeerId, const Requested&, protocol::Env& env) {
        for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) env.out.persist({ticket}, statement(1));
    });
    begin(1);
    ask(milliseconds(1), 0);
    ask(milliseconds(2), 0);
    run->run_until(at(seconds(1)));
    ASSERT_EQ(log.persisted.size(), 6u);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(log.persisted[i].first, at(milliseconds(i < 3 ? 21 : 41)));
    EXPECT_EQ(run->counters(PeerId{0}).syncs, 2u);
}

TEST_F(Host, ReadsAChunkFromDiskBeforeSendingIt) {
    boards.all.disk_read = {32 * 1024 * 10};  // 100 ms a chunk
    script().act = on<Requested>([](PeerId, const Requested&, protocol::Env& env) {
        env.out.send(PeerId{1}, protocol::ChunkReply{{}, 0, {{}, base::kib(32), nullptr}});
    });
    begin(2);
    ask(milliseconds(1), 0);
    run->run_until(at(seconds(1)));
    ASSERT_EQ(log.sent.size(), 1u);
    EXPECT_EQ(log.sent[0].first, at(milliseconds(101)));
    EXPECT_EQ(run->counters(PeerId{0}).read, base::kib(32));
}

TEST_F(Host, WakesANodeAtItsDeadlineAndNotBefore) {
    script().deadlines[0] = at(milliseconds(70));
    script().act = on<protocol::Woken>(
        [](PeerId, const protocol::Woken&, protocol::Env&) { script().deadlines.clear(); });
    begin(1).run_until(at(seconds(1)));
    EXPECT_EQ(log.woken, (std::vector<Instant>{at(milliseconds(70))}));
}

TEST_F(Host, ForgetsADeadlineThatWasBroughtForward) {
    script().deadlines[0] = at(milliseconds(100));
    script().act = [](PeerId, const protocol::Input& input, protocol::Env&) {
        if (std::holds_alternative<Requested>(input)) script().deadlines[0] = at(milliseconds(60));
        if (std::holds_alternative<protocol::Woken>(input)) script().deadlines.clear();
    };
    begin(1);
    ask(milliseconds(50), 0);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(log.woken, (std::vector<Instant>{at(milliseconds(60))}));
}

TEST_F(Host, FollowsADeadlineThatWasPutOff) {
    script().deadlines[0] = at(milliseconds(100));
    script().act = [](PeerId, const protocol::Input& input, protocol::Env&) {
        if (std::holds_alternative<Requested>(input)) script().deadlines[0] = at(milliseconds(200));
        if (std::holds_alternative<protocol::Woken>(input)) script().deadlines.clear();
    };
    begin(1);
    ask(milliseconds(50), 0);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(log.woken, (std::vector<Instant>{at(milliseconds(200))}));
}

TEST_F(Host, DropsWhatFindsTheDoorClosed) {
    script().asleep[1] = true;
    script().act = on<Started>([](PeerId self, const Started&, protocol::Env& env) {
        if (self.index == 0) env.out.send(PeerId{1}, numbered(1));
    });
    begin(2).run_until(at(seconds(1)));
    EXPECT_TRUE(log.heard.empty());
    EXPECT_EQ(log.dropped, (std::vector<sim::Dropped>{sim::Dropped::receiver_asleep}));
    EXPECT_EQ(run->counters(PeerId{1}).dropped_here, 1u);
}

TEST_F(Host, KeepsTheOrderOfAPairThroughJitterAndLoss) {
    network.path_all.jitter_max = milliseconds(50);
    network.path_all.loss_ppm = 50'000;
    script().act = on<Requested>([](PeerId self, const Requested&, protocol::Env& env) {
        static std::uint32_t number;
        if (env.now == at(milliseconds(1))) number = 0;
        ++number;
        for (std::uint32_t to = 0; to < 4; ++to)
            if (to != self.index) env.out.send(PeerId{to}, numbered(number));
    });
    begin(4);
    for (int i = 1; i <= 500; ++i) ask(milliseconds(i), 0);
    run->run_until(at(seconds(10)));
    EXPECT_EQ(log.heard.size(), 1500u) << "loss costs time, not messages";
    std::map<std::uint32_t, std::uint32_t> last;
    bool overtook_another_pair = false;
    std::uint32_t highest = 0;
    for (const Heard& heard : log.heard) {
        EXPECT_EQ(heard.number, last[heard.to] + 1);
        last[heard.to] = heard.number;
        overtook_another_pair = overtook_another_pair || heard.number < highest;
        highest = std::max(highest, heard.number);
    }
    EXPECT_TRUE(overtook_another_pair) << "pairs do not wait for each other";
    EXPECT_GT(run->counters(PeerId{0}).resent.count, 0);
}

TEST_F(Host, CatchesANodeThatBreaksItsQuota) {
    config.owner.line_up = {100'000};
    config.owner.line_down = {100'000};
    config.owner.share = base::percent(10);
    quota = policy::make_fixed_share(base::kib(40));
    setup.check_quota = true;
    script().act = on<Requested>([](PeerId self, const Requested&, protocol::Env& env) {
        const int messages = self.index == 0 ? 20 : 1;
        for (int i = 0; i < messages; ++i) env.out.send(PeerId{2}, numbered(1));
    });
    begin(3);
    for (int i = 1; i <= 1000; ++i) {  // 218 KB/s from node 0, 10.9 KB/s from node 1
        ask(milliseconds(10 * i), 0);
        if (i % 2 == 0) ask(milliseconds(10 * i), 1);
    }
    run->run_until(at(seconds(11)));
    EXPECT_FALSE(log.violations.empty());
    EXPECT_EQ(log.violations.size(), run->violations());
    for (const sim::Violation& violation : log.violations) {
        EXPECT_EQ(violation.node, PeerId{0});
        EXPECT_EQ(violation.law, sim::Broken::quota_up);
    }
}

}  // namespace
}  // namespace coop::test

// Large messages share the lines max-min fairly; small ones wait for those of their own connection only.
#include "engine/sim/streams.hpp"

#include "engine/protocol/message_size.hpp"
#include "tests/unit/sim/scripted_world.hpp"

namespace coop::test {
namespace {

using protocol::Received;
using protocol::Requested;

constexpr std::int64_t mega = 1'000'000;

/// A chunk that says which it is, and what it takes on the line.
protocol::Message chunk(std::uint16_t number, base::Bytes size = base::kib(32)) {
    protocol::ChunkReply reply;
    reply.index = number;
    reply.chunk.size = size;
    return reply;
}
// Kind 1 + object 32 + number 2 + name 32 + size 4, frame 4, tag 16, and 52 for each 1448 of that.
constexpr std::int64_t chunk_line = 32768 + 71 + 20 + 52 * 23;

/// Of its own length: rates in this file divide it into whole nanoseconds.
base::Duration alone_at(std::int64_t rate, std::int64_t bytes = chunk_line) {
    return base::Bytes{bytes} / base::ByteRate{rate};
}

/// The last segment of a flow takes its turn on the receiver's line.
base::Duration tail_at(std::int64_t rate) { return alone_at(rate, 1500); }

struct Arrival {
    Instant at;
    std::uint32_t from, number;
    bool operator==(const Arrival&) const = default;
};

class StreamsTest : public ScriptedWorld {
  protected:
    // Each sender's messages at the same instant, said in a script.
    struct Says {
        std::uint32_t from, to;
        protocol::Message message;
        base::Duration when = milliseconds(1);
    };
    void play(std::uint32_t nodes, const std::vector<Says>& all, base::Duration length = seconds(10)) {
        says_ = all;
        script().act = [this](PeerId self, const protocol::Input& input, protocol::Env& env) {
            if (const auto* const in = std::get_if<Received>(&input)) hear(*in, env.now);
            if (!std::holds_alternative<Requested>(input)) return;
            for (const Says& each : says_)
                if (each.from == self.index && at(each.when) == env.now)
                    env.out.send(PeerId{each.to}, each.message);
        };
        begin(nodes);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool asked = std::any_of(
                all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
                [&](const Says& one) { return one.from == all[i].from && one.when == all[i].when; });
            if (!asked) ask(all[i].when, all[i].from);
        }
        run->run_until(at(length));
    }
    void hear(const Received& in, Instant now) {
        const auto* const reply = std::get_if<protocol::ChunkReply>(in.message);
        const auto* const graft = std::get_if<protocol::Graft>(in.message);
        arrivals.push_back({now, in.from.index, reply != nullptr ? reply->index : graft->id.sequence});
    }
    static Instant after(base::Duration on_line) { return at(milliseconds(1 + 10)) + on_line; }

    std::vector<Arrival> arrivals;
    std::vector<Says> says_;
};

TEST_F(StreamsTest, GoAtThePaceOfTheNarrowerEnd) {
    ASSERT_EQ(protocol::line_size(chunk(1)).count, chunk_line);
    network.line_all = {base::ByteRate{mega}, base::ByteRate{4 * mega}};
    play(2, {{0, 1, chunk(1)}});
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega) + tail_at(4 * mega)), 0, 1}}));
    arrivals.clear();
    network.line_all = {base::ByteRate{4 * mega}, base::ByteRate{mega}};
    play(2, {{0, 1, chunk(1)}});
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega) + tail_at(mega)), 0, 1}}));
}

TEST_F(StreamsTest, ShareTheirSendersUplink) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{4 * mega}};
    play(3, {{0, 1, chunk(1)}, {0, 2, chunk(2, base::kib(64))}});
    // Half the line each until the shorter is through; then the whole of it for the rest.
    const std::int64_t longer = protocol::line_size(chunk(2, base::kib(64))).count;
    const base::Duration tail = tail_at(4 * mega);
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega, 2 * chunk_line) + tail), 0, 1},
                                              {after(alone_at(mega, chunk_line + longer) + tail), 0, 2}}));
}

TEST_F(StreamsTest, ShareTheirReceiversDownlink) {
    network.line_all = {base::ByteRate{2 * mega}, base::ByteRate{2 * mega}};
    play(3, {{0, 2, chunk(1)}, {1, 2, chunk(2)}});
    const base::Duration tail = tail_at(2 * mega);
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega) + tail), 0, 1},
                                              {after(alone_at(mega) + tail * 2), 1, 2}}));
}

// 0 and 1 send to 3, and 1 sends to 2 as well. At 2 MB/s up and 2 MB/s down each gets 1 MB/s, until all are
// through at the same time; with three into 3, each of those gets 2/3, and what 1 has left goes to 2: 4/3.
TEST_F(StreamsTest, GetWhatOthersCannotUse) {
    network.line_all = {base::ByteRate{2 * mega}, base::ByteRate{2 * mega}};
    play(5, {{0, 3, chunk(1)}, {1, 3, chunk(2)}, {4, 3, chunk(3)}, {1, 2, chunk(4)}});
    ASSERT_EQ(arrivals.size(), 4u);
    EXPECT_EQ(arrivals[0].number, 4);
    const auto of = [](base::Duration ideal) { return static_cast<double>(ideal.ns()); };
    const auto took = [&](std::size_t i) { return static_cast<double>((arrivals[i].at - after({})).ns()); };
    const double tail = of(tail_at(2 * mega));
    EXPECT_NEAR(took(0), of(alone_at(mega)) * 3 / 4 + tail, 2);
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_NEAR(took(i), of(alone_at(mega)) * 3 / 2 + tail * static_cast<double>(i), 2);
}

TEST_F(StreamsTest, AreOneAfterTheOtherBetweenTheSameTwo) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    play(3, {{0, 1, chunk(1)}, {0, 1, chunk(2)}, {0, 2, chunk(3)}});
    // Two connections: half the line each. The first and the third end together; the second has all of it
    // then.
    const base::Duration tail = tail_at(mega);
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega, 2 * chunk_line) + tail), 0, 1},
                                              {after(alone_at(mega, 2 * chunk_line) + tail), 0, 3},
                                              {after(alone_at(mega, 3 * chunk_line) + tail), 0, 2}}));
}

TEST_F(StreamsTest, HoldUpWhatIsBehindThemAndNobodyElse) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    play(3, {{0, 1, chunk(1)}, {0, 1, numbered(2)}, {0, 2, numbered(3)}});
    // Small messages take turns on both lines, as if there were no bulk.
    const base::Duration turn = alone_at(mega, numbered_line);
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(turn * 3), 0, 3},
                                              {after(alone_at(mega) + tail_at(mega)), 0, 1},
                                              {after(alone_at(mega) + tail_at(mega) + turn), 0, 2}}));
}

TEST_F(StreamsTest, AreNoneForWhatFitsIntoAFirstWindow) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    const protocol::Message small = chunk(1, base::kib(12));
    const std::int64_t line = protocol::line_size(small).count;
    ASSERT_LT(line, sim::bulk_from.count);
    play(2, {{0, 1, small}});
    // Stored and forwarded: the whole of it on one line, then on the other.
    EXPECT_EQ(arrivals, (std::vector<Arrival>{{after(alone_at(mega, line) * 2), 0, 1}}));
}

TEST_F(StreamsTest, EndWithTheirSendersPower) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    faults.add({at(milliseconds(15)), PeerId{0}, sim::FaultKind::power_off});
    play(3, {{0, 1, chunk(1)}, {0, 1, numbered(2)}, {2, 1, chunk(3)}});
    // 14 ms at half the line, and then the whole of it.
    EXPECT_EQ(arrivals,
              (std::vector<Arrival>{{after(alone_at(mega) + milliseconds(7) + tail_at(mega)), 2, 3}}));
    EXPECT_EQ(log.dropped, (std::vector<sim::Dropped>{sim::Dropped::sender_off, sim::Dropped::sender_off}));
}

TEST_F(StreamsTest, EndWithTheirReceiversPower) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    faults.add({at(milliseconds(15)), PeerId{1}, sim::FaultKind::power_off});
    faults.add({at(milliseconds(16)), PeerId{1}, sim::FaultKind::power_on});
    play(3, {{0, 1, chunk(1)}, {0, 1, numbered(2)}, {0, 2, chunk(3)}, {0, 1, numbered(4), milliseconds(30)}});
    // The connection's end frees the line for the other flow, and what is said later goes over another
    // connection.
    const base::Duration turn = alone_at(mega, numbered_line);
    EXPECT_EQ(arrivals,
              (std::vector<Arrival>{{at(milliseconds(30 + 10)) + turn * 2, 0, 4},
                                    {after(alone_at(mega) + milliseconds(7) + tail_at(mega)), 0, 3}}));
    EXPECT_EQ(log.dropped,
              (std::vector<sim::Dropped>{sim::Dropped::receiver_off, sim::Dropped::receiver_off}));
}

TEST_F(StreamsTest, StayBehindWhatWasSaidBefore) {
    network.line_all = {base::ByteRate{10 * mega}, base::ByteRate{mega}};
    const protocol::Message small = chunk(1, base::kib(12));
    play(2, {{0, 1, small}, {0, 1, small}, {0, 1, chunk(2, base::kib(16))}, {0, 1, numbered(3)}});
    ASSERT_EQ(arrivals.size(), 4u);
    EXPECT_EQ(arrivals[1].number, 1);
    EXPECT_EQ(arrivals[2].number, 2);
    EXPECT_EQ(arrivals[3].number, 3);
}

TEST_F(StreamsTest, GoNowhereWhereTheOtherEndTakesNothing) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{0}};
    play(2, {{0, 1, chunk(1)}});
    EXPECT_TRUE(arrivals.empty());
    EXPECT_EQ(log.dropped, (std::vector<sim::Dropped>{sim::Dropped::cut}));
}

TEST_F(StreamsTest, CanBeCutWhereARunWasInterrupted) {
    network.line_all = {base::ByteRate{mega}, base::ByteRate{mega}};
    script().act = [this](PeerId self, const protocol::Input& input, protocol::Env& env) {
        if (const auto* const in = std::get_if<Received>(&input)) hear(*in, env.now);
        if (self.index == 0 && std::holds_alternative<protocol::Started>(input))
            env.out.send(PeerId{1}, chunk(1));
        env.out.send(PeerId{self.index == 2 ? 3U : 2U}, numbered(2));
    };
    begin(4);
    int cuts = 0;
    while (run->run_until(at(seconds(60)), [](const sim::Progress&) { return true; }) ==
           sim::Stop::interrupted) {
        run->add(sim::Fault{run->now(), PeerId{0}, sim::FaultKind::kill});
        run->add(sim::Fault{run->now(), PeerId{0}, sim::FaultKind::restart});
        if (++cuts == 8) break;
    }
    EXPECT_GT(cuts, 1);
}

// A crowd that sends chunks and small words at random and loses its power now and then. However the run is
// sliced, and so wherever windows begin and end, it is the same.
class StreamsCrowd : public ScriptedWorld {
  protected:
    sim::Fingerprint live(base::Duration slice) {
        script() = {};
        script().act = [](PeerId self, const protocol::Input& input, protocol::Env& env) {
            if (!std::holds_alternative<Received>(input) && !std::holds_alternative<protocol::Started>(input))
                return;
            PeerId to{static_cast<std::uint32_t>(env.rng.below(11))};
            if (to >= self) ++to.index;
            const std::uint64_t size = env.rng.below(4);
            env.out.send(to, size == 0 ? chunk(1)
                             : size == 1
                                 ? chunk(2, base::kib(12))  // waits for its turn, and often for a while
                                 : numbered(1));
        };
        setup.seed = 4;
        network.path_all.jitter_max = milliseconds(2);
        network.path_all.loss_ppm = 2'000;
        network.line_all = {base::ByteRate{300'000}, base::ByteRate{500'000}};
        begin(12);
        for (std::uint32_t i = 0; i < 40; ++i) {
            befall(milliseconds(500 + 700 * i), i % 12, sim::FaultKind::power_off);
            befall(milliseconds(503 + 700 * i), i % 12, sim::FaultKind::power_on);
        }
        for (base::Duration done = slice; done < seconds(30); done += slice) run->run_until(at(done));
        run->run_until(at(seconds(30)));
        return run->fingerprint();
    }
};

TEST_F(StreamsCrowd, IsTheSameInSlices) {
    const auto whole = live(seconds(30));
    EXPECT_GT(run->progress().steps, 2'000u);
    EXPECT_EQ(live(milliseconds(3)), whole);
    EXPECT_EQ(live(microseconds(717)), whole);
}

}  // namespace
}  // namespace coop::test

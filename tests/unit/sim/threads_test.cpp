// A run on several threads is the same run: the same fingerprint, and the same told in the same order.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/sim/crew.hpp"
#include "engine/sim/exchange.hpp"
#include "engine/sim/phantom.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/pool.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/sim/streams.hpp"
#include "engine/sim/wire_recoder.hpp"
#include "engine/sim/witness.hpp"

namespace coop::sim {
namespace {

using base::hours;
using base::Instant;
using base::milliseconds;
using base::minutes;
using base::seconds;

Instant since_midnight(base::Duration time) { return Instant::zero() + time; }

/// One number for each thing that an observer is told.
class Story final : public Observer {
  public:
    void on_report(Instant at, PeerId node, const protocol::Report& report) override {
        tell({1, word(at), node.index, static_cast<std::uint64_t>(report.what), report.peer.index,
              report.id.sequence});
    }
    void on_send(const Sent& sent) override {
        tell({2, word(sent.at), sent.from.index, sent.to.index, word(sent.line), sent.message->index()});
        bulk += sent.line >= bulk_from ? 1 : 0;
    }
    void on_drop(const Drop& drop) override {
        tell({3, word(drop.at), drop.from.index, drop.to.index, static_cast<std::uint64_t>(drop.why),
              drop.message->index()});
    }
    void on_fault(const Fault& fault) override {
        tell({4, word(fault.at), fault.node.index, static_cast<std::uint64_t>(fault.kind), 0, 0});
    }
    void on_violation(const Violation& broken) override {
        tell({5, word(broken.at), broken.node.index, static_cast<std::uint64_t>(broken.law), 0, 0});
    }
    void on_restart(Instant at, PeerId node, const Simulation& run) override {
        tell({6, word(at), node.index, word(run.counters(node).disk_used), 0, 0});
    }
    void on_sample(Instant at, const Simulation& run) override {
        std::uint64_t steps = 0;
        for (std::uint32_t i = 0; i < run.count(); ++i) steps += run.counters(PeerId{i}).steps;
        tell({7, word(at), steps, word(run.now()), 0, 0});
    }
    std::vector<std::uint64_t> told;
    std::array<int, 8> of_kind{};
    int bulk = 0;  ///< messages that share lines

  private:
    static std::uint64_t word(Instant at) { return static_cast<std::uint64_t>(at.ns()); }
    static std::uint64_t word(base::Bytes size) { return static_cast<std::uint64_t>(size.count); }
    void tell(std::array<std::uint64_t, 6> words) {
        std::uint64_t sum = 0;
        for (const std::uint64_t each : words) sum = base::combine(sum, each);
        told.push_back(sum);
        ++of_kind[words[0]];
    }
};

/// A town that puts, reads, publishes, sleeps, loses power, fails to write and is left, on lines with jitter
/// and loss. It starts in the same minute, so that there is enough for several threads at a time.
class Town {
  public:
    explicit Town(std::uint32_t threads, Cryptography crypto = Cryptography::priced) {
        network_.path_all.jitter_max = milliseconds(7);
        network_.path_all.loss_ppm = 5'000;
        network_.path_all.vanish_ppm = 1'000;
        protocol::Config config;
        config.owner.line_up = config.owner.line_down = base::bits_per_second(20'000'000);
        config.owner.disk = base::gigabytes(1);
        config.content.leave_within = minutes(5);
        people_.configs.assign(members, config);
        for (std::uint32_t i = 0; i < members; ++i) {
            people_.configs[i].contacts = {PeerId{(i + 1) % members}, PeerId{(i * 7 + 3) % members}};
            people_.joins.push_back(since_midnight(milliseconds(10 * i)));
            if (i % 5 == 0) people_.configs[i].owner.hours = {minutes(i % 30), minutes(10)};
        }
        for (std::uint32_t i = 0; i < 12; ++i) befalls(i);
        setup_.threads = threads;
        setup_.worth_a_thread = 0;  // all of them in every window
        setup_.crypto = crypto;
        setup_.policies = {placement_.get(), quota_.get()};
        run = std::make_unique<Simulation>(setup_, World{boards_, people_, network_, tasks_, faults_, story});
        run->run_until(since_midnight(minutes(5)));
        run->run_until(since_midnight(minutes(14)));
    }

    static constexpr std::uint32_t members = 60;
    Story story;
    std::unique_ptr<Simulation> run;

  private:
    void befalls(std::uint32_t i) {
        const PeerId who{i * 7 % members};
        tasks_.add({since_midnight(minutes(2) + seconds(i)), who, phantom_put({1, who, i}, base::kib(90))});
        tasks_.add({since_midnight(minutes(4)), who, phantom_notice(base::kib(1))});
        if (i % 4 == 0) {
            faults_.add({since_midnight(minutes(5)), who, FaultKind::power_off});
            faults_.add({since_midnight(minutes(5) + seconds(i)), who, FaultKind::power_on});
        }
        if (i % 4 == 1) faults_.add({since_midnight(minutes(3)), who, FaultKind::disk_failing});
        if (i % 4 == 2) faults_.add({since_midnight(minutes(6)), who, FaultKind::leave});
    }

    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(256));
    PlainBoards boards_{{.step = base::microseconds(50), .per_sync = milliseconds(3)}};
    PlainPeople people_{{}};
    PlainNetwork network_{milliseconds(60), {base::ByteRate{2'500'000}, base::ByteRate{2'500'000}}};
    ListedTasks tasks_;
    ListedFaults faults_;
    Setup setup_{.seed = 11, .policies = {}, .sample_every = minutes(1)};
};

TEST(Threads, TellTheSameStoryInTheSameOrderHoweverManyTheyAre) {
    const Town one(1);
    for (int kind = 1; kind < 8; ++kind) {
        if (kind == 5) continue;  // nobody breaks a law
        EXPECT_GT(one.story.of_kind[static_cast<std::size_t>(kind)], 0) << "nothing of kind " << kind;
    }
    EXPECT_GT(one.story.bulk, 50);
    for (const std::uint32_t threads : {2U, 3U, 8U}) {
        const Town several(threads);
        EXPECT_EQ(several.run->threads(), threads);
        EXPECT_EQ(several.run->fingerprint(), one.run->fingerprint());
        EXPECT_EQ(several.run->progress().events, one.run->progress().events);
        EXPECT_TRUE(several.story.told == one.story.told) << threads << " threads";
    }
}

TEST(Threads, SignAndHashForReal) {
    const Town priced(1);
    const Town real(2, Cryptography::real);
    EXPECT_EQ(real.run->fingerprint(), priced.run->fingerprint());
}

// --- one thread, and why -----------------------------------------------------------------------

struct Hamlet {
    OneThread why() const {
        Simulation run(setup, World{boards, people, network, tasks, faults, *observer});
        EXPECT_EQ(run.threads() == 1, run.one_thread() != OneThread::no);
        return run.one_thread();
    }
    /// What it sent in the first minutes, by its counters.
    base::Bytes sends() const {
        Simulation run(setup, World{boards, people, network, tasks, faults, *observer});
        run.run_until(base::Instant::zero() + base::minutes(2));
        base::Bytes sum{};
        for (const Traffic& kind : run.kinds_of_all().up) sum += kind.line;
        return sum;
    }
    std::unique_ptr<policy::Placement> placement = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota = policy::make_no_quota(base::kib(64));
    Setup setup{.policies = {placement.get(), quota.get()}, .sample_every = {}, .threads = 4};
    PlainBoards boards;
    PlainPeople people{4, protocol::Config{}};
    PlainNetwork network{milliseconds(1)};
    mutable ListedTasks tasks;
    mutable ListedFaults faults;
    Observer nobody;
    Observer* observer = &nobody;
};

TEST(Threads, AreAsManyAsWereAskedFor) { EXPECT_EQ(Hamlet().why(), OneThread::no); }

TEST(Threads, AreOneWhereAMessageMayArriveAtOnce) {
    Hamlet hamlet;
    hamlet.network.path_all.delay = {};
    EXPECT_EQ(hamlet.why(), OneThread::no_lookahead);
}

TEST(Threads, AreOneWhereMessagesAreEncoded) {
    Hamlet hamlet;
    WireRecoder recoder(1, 4);
    hamlet.setup.recoder = &recoder;
    hamlet.setup.encode = Encode::always;
    EXPECT_EQ(hamlet.why(), OneThread::encodes);
}

TEST(Threads, TellOfMessagesOnlyThoseWhoFollowThem) {
    struct Listener final : Observer {
        explicit Listener(bool follows) : follows_(follows) {}
        bool follows_messages() const override { return follows_; }
        void on_send(const Sent& sent) override { line += sent.line; }
        bool follows_;
        base::Bytes line{};
    };
    for (const std::uint32_t threads : {1U, 2U}) {
        Listener deaf(false);
        Listener hears(true);
        for (Listener* const each : {&deaf, &hears}) {
            Hamlet hamlet;
            protocol::Config config;
            config.contacts = {PeerId{0}};
            hamlet.people = PlainPeople{4, config};
            hamlet.setup.threads = threads;
            hamlet.observer = each;
            const base::Bytes counted = hamlet.sends();
            EXPECT_EQ(each->line, each->follows_ ? counted : base::Bytes{});
            EXPECT_GT(counted.count, 0);
        }
    }
}

TEST(Threads, AreOneForAnObserverOfSteps) {
    struct Follower final : Observer {
        bool follows_steps() const override { return true; }
    } follower;
    Hamlet hamlet;
    hamlet.observer = &follower;
    EXPECT_EQ(hamlet.why(), OneThread::steps_followed);
}

// --- the parts ---------------------------------------------------------------------------------

TEST(Crew, HasEveryHandDoEachJobOnce) {
    constexpr std::uint32_t hands = 5;
    std::array<std::uint64_t, hands> done{};  // each written by one thread, read between the runs
    Crew crew(hands, [&done](std::uint32_t number) { ++done[number]; });
    for (std::uint64_t round = 1; round <= 500; ++round) {
        crew.run();
        for (const std::uint64_t each : done) ASSERT_EQ(each, round);
    }
}

TEST(Exchange, HandsOverWhatWasPostedBeforeOneCameFurther) {
    Exchange exchange(2);
    const auto taken_by = [&exchange](std::uint32_t partition) {
        std::vector<Event> events;
        exchange.take(partition, events);
        std::vector<std::uint32_t> slots;
        for (const Event& event : events) slots.push_back(event.slot);
        return slots;
    };
    exchange.begin(since_midnight(seconds(1)), seconds(4));
    EXPECT_EQ(exchange.safe(1), since_midnight(seconds(5)));
    exchange.post(0, 1, {since_midnight(seconds(9)), 0, 0, 100, 0});
    exchange.post(0, 1, {since_midnight(seconds(5)), 0, 1, 101, 0});
    exchange.come_to(0, since_midnight(seconds(1)));  // no further
    EXPECT_TRUE(taken_by(1).empty());
    exchange.come_to(0, since_midnight(seconds(3)));
    EXPECT_EQ(exchange.safe(1), since_midnight(seconds(7)));
    EXPECT_EQ(exchange.safe(0), since_midnight(seconds(5)));
    EXPECT_TRUE(taken_by(0).empty());
    EXPECT_EQ(taken_by(1), (std::vector<std::uint32_t>{100, 101}));
    EXPECT_TRUE(taken_by(1).empty());
    exchange.post(0, 1, {since_midnight(seconds(8)), 0, 2, 102, 0});
    EXPECT_TRUE(taken_by(1).empty());
    exchange.settle();
    EXPECT_EQ(taken_by(1), (std::vector<std::uint32_t>{102}));
}

TEST(Exchange, WaitsForTheSlowest) {
    Exchange exchange(3);
    exchange.begin(since_midnight(seconds(1)), seconds(1));
    exchange.come_to(0, since_midnight(seconds(9)));
    exchange.come_to(1, since_midnight(seconds(5)));
    EXPECT_EQ(exchange.safe(2), since_midnight(seconds(6)));
    EXPECT_EQ(exchange.safe(0), since_midnight(seconds(2)));
    EXPECT_TRUE(Exchange(1).safe(0).is_never());
}

// Two who always go as far as they may: each hears of everything before it goes beyond it.
TEST(Exchange, TellsEachOfEverythingInTime) {
    constexpr std::int64_t rounds = 20'000;
    Exchange exchange(2);
    exchange.begin(Instant::zero(), base::nanoseconds(10));
    const auto go = [&exchange](std::uint32_t self, std::int64_t& late, std::int64_t& heard) {
        EventQueue queue;
        std::vector<Event> taken;
        for (std::int64_t at = 0; at < rounds;) {
            const Instant safe = exchange.safe(self);
            exchange.take(self, taken);
            for (const Event& event : taken) event.at.ns() < at ? ++late : (queue.push(event), ++heard);
            taken.clear();
            for (; at < rounds && Instant::of_ns(at) < safe; ++at) {
                exchange.post(self, 1 - self, {Instant::of_ns(at + 10), self, 0, 0, 0});
                exchange.come_to(self, Instant::of_ns(at + 1));
            }
            std::this_thread::yield();
        }
    };
    std::int64_t late0 = 0, heard0 = 0, late1 = 0, heard1 = 0;
    std::thread other([&] { go(1, late1, heard1); });
    go(0, late0, heard0);
    other.join();
    EXPECT_EQ(late0 + late1, 0);
    EXPECT_GT(heard0, rounds / 2);
    EXPECT_GT(heard1, rounds / 2);
}

TEST(SharedPool, LendsEachSlotToOneThreadAtATime) {
    SharedPool<std::uint32_t> pool;
    std::atomic<int> clashes = 0;
    const auto lend = [&](std::uint32_t who) {
        SharedPool<std::uint32_t>::Share share(pool);
        std::vector<Slot> lent;
        for (int round = 0; round < 4; ++round) {
            for (int i = 0; i < 5000; ++i) {
                lent.push_back(share.take());
                pool[lent.back()] = who;
            }
            for (const Slot slot : lent) {
                if (pool[slot] != who) ++clashes;
                share.give_back(slot);
            }
            lent.clear();
        }
    };
    std::thread other(lend, 2);
    lend(1);
    other.join();
    EXPECT_EQ(clashes, 0);
}

TEST(SharedPool, UsesAgainWhatAnotherThreadHasGivenBack) {
    SharedPool<int> pool;
    SharedPool<int>::Share takes(pool), gives(pool);
    Slot furthest = 0;
    for (int i = 0; i < 50'000; ++i) {
        const Slot slot = takes.take();
        furthest = std::max(furthest, slot);
        gives.give_back(slot);
    }
    EXPECT_LT(furthest, 5 * 1024u);
}

TEST(Witness, TellsWhatSeveralSawInTheOrderOfOneThread) {
    std::array<Event, 2> now{};
    std::vector<Witness> witnesses;
    for (const Event& event : now) witnesses.emplace_back(event);
    const auto sees = [&](std::size_t who, Event event, std::uint32_t what) {
        if (now[who].before(event)) now[who] = event;
        witnesses[who].on_fault({event.at, PeerId{what}, FaultKind::kill});
    };
    const Instant noon = since_midnight(hours(12));
    sees(0, {noon, 9, 0, 0, 0}, 0);
    sees(0, {noon, 3, 0, 0, 0}, 1);  // caused by the one before, at the same instant
    sees(0, {noon + seconds(2), 0, 0, 0, 0}, 4);
    sees(1, {noon, 10, 0, 0, 0}, 2);
    sees(1, {noon + seconds(1), 7, 0, 0, 0}, 3);
    struct Listener final : Observer {
        void on_fault(const Fault& fault) override { heard.push_back(fault.node.index); }
        std::vector<std::uint32_t> heard;
    } listener;
    tell_in_order(witnesses, listener);
    EXPECT_EQ(listener.heard, (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
    tell_in_order(witnesses, listener);
    EXPECT_EQ(listener.heard.size(), 5u);
}

}  // namespace
}  // namespace coop::sim

// What strangers, vandals and broken machines do to a board that is in service: it counts them and goes on.
#include <sys/resource.h>

#include "engine/base/rng.hpp"
#include "tests/unit/runtime/bytes_in_use.hpp"
#include "tests/unit/runtime/stranger.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using protocol::What;

class HostileWorld : public ::testing::Test {
  protected:
    HostileWorld() { start(Limits{}); }

    void start(const Limits& limits, Hooks hooks = {}) {
        host_.reset();
        Options options = options_in(folder_ / "board");
        options.limits = limits;
        host_ = std::make_unique<Resident>(std::move(options), std::move(hooks));
        EXPECT_TRUE(eventually([&] { return host().count(What::woke_up) > 0; }));
    }
    Resident& host() { return *host_; }
    protocol::Endpoint door() { return (*host_)->endpoint(); }
    bool counts(std::uint64_t Counters::*counter, std::uint64_t at_least = 1) {
        return eventually([&] { return (*host_)->counters().*counter >= at_least; });
    }
    /// Somebody decent comes, is let in and is heard.
    void expect_in_service() {
        Options options = options_in(folder_ / "visitor");
        options.contacts = {host().contact()};
        Resident visitor(options);
        EXPECT_TRUE(eventually([&] { return visitor.count(What::link_up) > 0; }));
        EXPECT_EQ(host()->counters().surprises, 0U);
    }

    Folder folder_;
    std::unique_ptr<Resident> host_;
};

TEST_F(HostileWorld, GarbageIsNoGreeting) {
    base::Rng rng(7, base::Purpose::test, 0);
    for (int i = 0; i < 20; ++i) {
        const Wire wire = connect_to(door());
        BytesOut garbage(1 + rng.below(5000));
        for (auto& byte : garbage) byte = static_cast<std::uint8_t>(rng.next());
        wire.write(garbage);
        ::shutdown(wire.fd(), SHUT_WR);
        EXPECT_TRUE(wire.reads_to_the_end());
    }
    EXPECT_TRUE(counts(&Counters::handshakes_failed, 20));
    EXPECT_EQ(host()->counters().handshakes, 0U);
    expect_in_service();
}

TEST_F(HostileWorld, LengthsOfZeroAndOfGigabytesEndTheConnectionAtOnce) {
    for (const BytesOut& header :
         {BytesOut{0, 0, 0, 0}, BytesOut{0xff, 0xff, 0xff, 0xff}, BytesOut{0, 0, 1, 0}}) {
        const Wire before = connect_to(door());
        before.write(header);
        EXPECT_TRUE(before.reads_to_the_end());
        Stranger after(door(), identity_of(1));
        ASSERT_TRUE(after.greeted);
        after.wire.write(header);
        EXPECT_TRUE(after.wire.reads_to_the_end());
    }
    EXPECT_TRUE(counts(&Counters::handshakes_failed, 3));
    EXPECT_TRUE(counts(&Counters::frames_oversized, 3));
    expect_in_service();
}

TEST_F(HostileWorld, AChangedFrameIsForged) {
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    BytesOut frame = stranger.sealed(protocol::KeepAlive{});
    frame.back() ^= 1;
    stranger.wire.write(frame);
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::frames_forged));
    EXPECT_EQ(host()->counters().messages_received, 0U);
    expect_in_service();
}

TEST_F(HostileWorld, AReplayedFrameIsForged) {
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    const BytesOut frame = stranger.sealed(protocol::KeepAlive{});
    stranger.wire.write(frame);
    stranger.wire.write(frame);
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::frames_forged));
    EXPECT_EQ(host()->counters().messages_received, 1U);
}

TEST_F(HostileWorld, AReplayedGreetingIsNobody) {
    // A third party repeats what a member's board sent in its own greeting.
    BytesOut first;
    BytesOut third;
    {
        const Wire wire = connect_to(door());
        wire::Greeting greeting(wire::Role::initiator, identity_of(1), "coop");
        ASSERT_FALSE(greeting.write(first));
        wire.write(first);
        ASSERT_FALSE(greeting.read(*wire.read_frame()));
        ASSERT_FALSE(greeting.write(third));
        wire.write(third);
        EXPECT_TRUE(counts(&Counters::handshakes, 1));
    }
    const Wire again = connect_to(door());
    again.write(first);
    ASSERT_TRUE(again.read_frame());
    again.write(third);
    EXPECT_TRUE(again.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::handshakes_failed));
    EXPECT_EQ(host()->counters().handshakes, 1U);
}

TEST_F(HostileWorld, ATruncatedFrameIsCounted) {
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    BytesOut frame = stranger.sealed(protocol::KeepAlive{});
    frame.pop_back();
    stranger.wire.write(frame);
    ::shutdown(stranger.wire.fd(), SHUT_WR);
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::frames_truncated));
    expect_in_service();
}

TEST_F(HostileWorld, AnotherPoolNeverFinishesAGreeting) {
    const Stranger stranger(door(), identity_of(1), "another");
    EXPECT_FALSE(stranger.greeted);
    EXPECT_EQ(host()->counters().handshakes, 0U);
}

TEST_F(HostileWorld, WhoeverAnswersInAContactsPlaceIsNotTheContact) {
    Options options = options_in(folder_ / "visitor");
    options.contacts = {{identity_of(9).key(), door()}};  // right address, wrong key
    Resident visitor(options);
    EXPECT_TRUE(eventually([&] { return visitor->counters().handshakes_failed > 0; }));
    EXPECT_EQ(visitor->counters().handshakes, 0U);
    EXPECT_EQ(visitor.count(What::link_up), 0U);
}

TEST_F(HostileWorld, NonsenseUnderAGoodSealIsMalformed) {
    const std::vector<BytesOut> nonsense{
        {0xff},                              // no such kind
        {},                                  // nothing: sealed, it is a frame of a tag
        {7},                                 // a keep-alive without its field
        {7, 0, 0},                           // and with too many
        {7, 2},                              // neither true nor false
        {12, 0, 0xff, 0xff},                 // 65 535 members heard, and none there
        {6, 0xff},                           // a list of 255
        BytesOut(wire::message_size_max, 8)  // the largest, full of noise
    };
    for (const BytesOut& bytes : nonsense) {
        Stranger stranger(door(), identity_of(1));
        ASSERT_TRUE(stranger.greeted);
        stranger.wire.write(stranger.sealed(BytesView(bytes)));
        EXPECT_TRUE(stranger.wire.reads_to_the_end());
    }
    EXPECT_TRUE(counts(&Counters::messages_malformed, nonsense.size()));
    expect_in_service();
}

TEST_F(HostileWorld, NobodyJoinsInAnothersName) {
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    const auto other = stranger.book.intern(identity_of(2).key(), {});
    stranger.say(protocol::Join{stranger.announcement(other)});
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::messages_impostor));
}

TEST_F(HostileWorld, NewsInAnothersNameIsNotBelieved) {
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    const auto other = stranger.book.intern(identity_of(2).key(), {});
    stranger.say(protocol::Gossip{stranger.announcement(other), 0});  // signed, by the wrong key
    EXPECT_TRUE(eventually([&] { return host().count(What::bad_signature) == 1; }));
    EXPECT_EQ(host().count(What::delivered), 0U);
    expect_in_service();
}

TEST_F(HostileWorld, AGreetingThatNeverEndsIsEnded) {
    Limits limits;
    limits.handshake_max = base::milliseconds(300);
    start(limits);
    const Wire silent = connect_to(door());
    const Wire half_way = connect_to(door());
    wire::Greeting greeting(wire::Role::initiator, identity_of(1), "coop");
    BytesOut first;
    ASSERT_FALSE(greeting.write(first));
    half_way.write(first);
    const Wire drop_by_drop = connect_to(door());
    std::size_t drops = 0;
    while (drops < first.size() && drop_by_drop.write(BytesView(&first[drops], 1))) {
        ++drops;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(silent.reads_to_the_end());
    EXPECT_TRUE(half_way.reads_to_the_end());
    EXPECT_TRUE(drop_by_drop.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::handshakes_late, 3));
    EXPECT_EQ(host()->counters().handshakes, 0U);
    start(Limits{});
    expect_in_service();
}

TEST_F(HostileWorld, AFrameThatNeverEndsIsEnded) {
    Limits limits;
    limits.frame_max = base::milliseconds(300);
    start(limits);
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    const BytesOut frame = stranger.sealed(protocol::KeepAlive{});
    stranger.wire.write(BytesView(frame).first(5));
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::frames_slow));
}

TEST_F(HostileWorld, SilenceIsClosed) {
    Limits limits;
    limits.idle_max = base::milliseconds(300);
    start(limits);
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::idle_closed));
}

TEST_F(HostileWorld, AConnectionThatIsClosedOnOneSideDoesNotStay) {
    Limits limits;
    limits.per_address_max = 1;
    start(limits);
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    stranger.say(protocol::KeepAlive{});
    ASSERT_TRUE(counts(&Counters::messages_received));
    ::shutdown(stranger.wire.fd(), SHUT_WR);
    EXPECT_TRUE(stranger.wire.reads_to_the_end());
    // Its place is free again, though it never closed its own side.
    const Stranger next(door(), identity_of(2));
    EXPECT_TRUE(next.greeted);
    EXPECT_EQ(host()->counters().frames_truncated, 0U);
}

TEST_F(HostileWorld, AContactThatTakesTheCallAndSaysNothingIsGivenUp) {
    const Wire tarpit(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ASSERT_EQ(::bind(tarpit.fd(), reinterpret_cast<sockaddr*>(&at), size), 0);
    ASSERT_EQ(::listen(tarpit.fd(), 16), 0);  // the system answers the call; nobody ever accepts it
    ASSERT_EQ(::getsockname(tarpit.fd(), reinterpret_cast<sockaddr*>(&at), &size), 0);
    Options options = options_in(folder_ / "visitor");
    options.limits.handshake_max = base::milliseconds(300);
    options.contacts = {{identity_of(9).key(), loopback(ntohs(at.sin_port))}, host().contact()};
    Resident visitor(options);
    EXPECT_TRUE(eventually([&] { return visitor->counters().handshakes_late > 0; }));
    EXPECT_TRUE(eventually([&] { return visitor.count(What::link_up) > 0; }));  // by the other one
}

TEST_F(HostileWorld, ABoardWithFewDescriptorsTurnsPeopleAwayWhileItCanStillSaySo) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    // 64 are for other things than connections, and a quarter of 128 connections is kept for its own.
    constexpr rlim_t places = 6;
    const rlimit few{64 + Limits{}.connections_own + places, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<Wire> held;
    for (std::uint32_t i = 0; i < places + 3; ++i)
        held.push_back(connect_to(door(), INADDR_LOOPBACK + 1 + i));
    EXPECT_TRUE(counts(&Counters::accepted, held.size()));
    EXPECT_EQ(host()->counters().refused_total, 3U);
    ::setrlimit(RLIMIT_NOFILE, &before);
    held.clear();
    expect_in_service();
}

TEST_F(HostileWorld, OneAddressTakesNoMoreThanItsPlaces) {
    std::vector<Wire> held;
    for (std::size_t i = 0; i < Limits{}.per_address_max; ++i) held.push_back(connect_to(door()));
    ASSERT_TRUE(counts(&Counters::accepted, held.size()));
    EXPECT_EQ(host()->counters().refused_address, 0U);
    const Wire refused = connect_to(door());
    EXPECT_TRUE(refused.reads_to_the_end());
    EXPECT_TRUE(counts(&Counters::refused_address));  // it hangs up first, and publishes its figures after
    EXPECT_EQ(host()->counters().refused_address, 1U);
    // Another address still gets in.
    const Stranger neighbour(door(), identity_of(1), "coop", INADDR_LOOPBACK + 1);
    EXPECT_TRUE(neighbour.greeted);
}

TEST_F(HostileWorld, TenThousandConnectionsFromOneAddressLeaveItInService) {
    constexpr std::size_t knocks = 10'000;
    constexpr std::size_t at_a_time = 200;
    // Two mebibytes: the places of one address hold some 25 KiB each. A buffer of 16 KiB for each that knocks
    // at a time would come to three, and for each that ever knocked to 160.
    constexpr std::size_t allowed = 2 * 1024 * 1024;
    const std::size_t before = bytes_in_use();
    std::size_t most = before;
    for (std::size_t done = 0; done < knocks; done += at_a_time) {
        std::vector<Wire> held;
        for (std::size_t i = 0; i < at_a_time; ++i) held.push_back(connect_to(door()));
        ASSERT_TRUE(counts(&Counters::accepted, done + at_a_time));
        most = std::max(most, bytes_in_use());
    }
    EXPECT_LT(most - before, allowed);
    const Counters c = host()->counters();
    EXPECT_EQ(c.accepted, knocks);
    EXPECT_EQ(c.handshakes, 0U);
    // At most the places of one address a batch are let in to greet.
    EXPECT_GE(c.refused_address, knocks - knocks / at_a_time * Limits{}.per_address_max);
    ASSERT_TRUE(eventually([&] {
        const Counters now = host()->counters();
        return now.handshakes_failed + now.handshakes_late + now.refused_address == knocks;
    }));
    expect_in_service();
}

TEST_F(HostileWorld, AllAddressesTogetherTakeNoMoreThanThePlacesForStrangers) {
    Options contact_options = options_in(folder_ / "contact");
    const Contact contact = Resident(contact_options).contact();  // seen once, then away
    Options options = options_in(folder_ / "board 2");
    options.limits.connections_max = 24;
    options.limits.connections_own = 4;
    options.contacts = {contact};
    Resident board(options);
    std::vector<Wire> held;
    for (std::uint32_t i = 0; i < 40; ++i)
        held.push_back(connect_to(board->endpoint(), INADDR_LOOPBACK + 1 + i));
    ASSERT_TRUE(eventually([&] { return board->counters().accepted == 40; }));
    EXPECT_EQ(board->counters().refused_total, 20U);
    EXPECT_EQ(board.count(What::link_up), 0U);
    // The contact comes back. The board itself can still dial: its places were kept free.
    contact_options.listen = contact.at;
    Resident back(contact_options);
    EXPECT_TRUE(eventually([&] { return board.count(What::link_up) == 1; }));
    EXPECT_EQ(board->counters().handshakes_late, 0U);
}

TEST_F(HostileWorld, AnAsleepBoardOpensToNobody) {
    Options options = options_in(folder_ / "sleeper");
    // By this epoch it is 0:00 now, and the owner's hours begin at noon.
    options.epoch = base::seconds(::time(nullptr));
    options.config.owner.hours = {base::hours(12), base::hours(3)};
    Resident sleeper(options);
    const Stranger stranger(sleeper->endpoint(), identity_of(1));
    EXPECT_FALSE(stranger.greeted);
    EXPECT_TRUE(eventually([&] { return sleeper->counters().refused_asleep == 1; }));
}

TEST_F(HostileWorld, APeerThatDoesNotReadIsDropped) {
    Limits limits;
    limits.queue_bytes_max = 64 * 1024;
    limits.write_max = base::milliseconds(500);
    limits.pace.messages_per_s = 1'000'000;
    start(limits);
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    // Every question for an object that is not there is answered with a refusal, which it never reads.
    BytesOut unsaid;
    EXPECT_TRUE(eventually([&] {
        for (int i = 0; i < 1000 && unsaid.size() < 100'000; ++i) {
            const BytesOut one = stranger.sealed(protocol::FetchManifest{});
            unsaid.insert(unsaid.end(), one.begin(), one.end());
        }
        const ssize_t said =
            ::send(stranger.wire.fd(), unsaid.data(), unsaid.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (said > 0) unsaid.erase(unsaid.begin(), unsaid.begin() + said);
        return host()->counters().slow_readers > 0;
    }));
    expect_in_service();
}

/// When messages of one kind came, by the board's own clock. The board may outlive the test that looks on.
class Arrivals : public std::enable_shared_from_this<Arrivals> {
  public:
    explicit Arrivals(std::size_t kind) : kind_(kind) {}
    Hooks hooks() {
        Hooks hooks;
        hooks.on_received = [self = shared_from_this(), this](const Traffic& traffic) {
            const std::lock_guard hold(lock_);
            if (traffic.kind == kind_) at_.push_back(traffic.now);
        };
        hooks.on_transcript = [self = shared_from_this(), this](base::Instant now, const auto&, const auto&) {
            const std::lock_guard hold(lock_);
            first_step_ = std::min(first_step_, now);
        };
        return hooks;
    }
    /// Since the board's first step.
    std::vector<base::Duration> after() const {
        const std::lock_guard hold(lock_);
        std::vector<base::Duration> after;
        for (const base::Instant at : at_) after.push_back(at - first_step_);
        return after;
    }

  private:
    std::size_t kind_;
    mutable std::mutex lock_;
    std::vector<base::Instant> at_;
    base::Instant first_step_ = base::Instant::never();
};

TEST_F(HostileWorld, AFloodOfQuestionsIsWorkedOffAtABoundedRateWhileOthersAreServed) {
    const protocol::Message question =
        protocol::SyncAsk{std::make_shared<const std::vector<protocol::Heard>>(), true};
    const auto questions = std::make_shared<Arrivals>(question.index());
    Limits limits;
    limits.pace.messages_per_s = 50;
    start(limits, questions->hooks());
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    BytesOut flood;
    constexpr std::size_t asked = 3000;
    for (std::size_t i = 0; i < asked; ++i) {
        const BytesOut one = stranger.sealed(question);
        flood.insert(flood.end(), one.begin(), one.end());
    }
    stranger.wire.write(flood);
    expect_in_service();
    EXPECT_LT(questions->after().size(), asked);
    ASSERT_TRUE(eventually([&] { return questions->after().size() >= 100; }));
    // A turn is paid for with a fiftieth of a second, and a link begins with none in hand.
    const auto after = questions->after();
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_GE(after[i], base::seconds(1) / 50 * static_cast<std::int64_t>(i));
    }
    EXPECT_GT(host()->counters().reads_paused, 0U);
    EXPECT_EQ(host()->counters().messages_malformed, 0U);
}

TEST_F(HostileWorld, WhatIsPutOffIsNotLost) {
    Limits limits;
    limits.pace.messages_per_s = 500;
    limits.frame_max = limits.idle_max = base::milliseconds(300);  // waiting is no silence
    start(limits);
    Stranger stranger(door(), identity_of(1));
    ASSERT_TRUE(stranger.greeted);
    for (int i = 0; i < 1000; ++i) stranger.say(protocol::KeepAlive{});
    ::shutdown(stranger.wire.fd(), SHUT_WR);
    EXPECT_TRUE(counts(&Counters::messages_received, 1000));
    EXPECT_EQ(host()->counters().frames_slow + host()->counters().idle_closed, 0U);
}

}  // namespace
}  // namespace coop::runtime::test

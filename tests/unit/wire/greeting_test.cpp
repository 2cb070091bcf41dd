// Whoever holds the connection is the member it says it is.
#include "engine/wire/greeting.hpp"

#include <gtest/gtest.h>

#include "tests/unit/wire/hex.hpp"

namespace coop {
namespace {

using test::text;
using wire::BytesOut;
using wire::Greeting;
using wire::NoiseError;
using wire::NoiseResult;
using wire::Role;

crypto::Identity identity(std::uint8_t n) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(n);
    return crypto::Identity::from_seed(crypto::Secret32(seed));
}

/// Lets the two greet; what went wrong first, if anything.
NoiseResult greet(Greeting& a, Greeting& b) {
    for (int i = 0; i < 3; ++i) {
        Greeting& writer = i % 2 == 0 ? a : b;
        Greeting& reader = i % 2 == 0 ? b : a;
        BytesOut stream;
        if (const NoiseResult failed = writer.write(stream)) return failed;
        wire::FrameReader frames(wire::greeting_frame_max);
        wire::BytesView input(stream);
        EXPECT_EQ(frames.feed(input), wire::FrameReader::State::ready);
        if (const NoiseResult failed = reader.read(frames.frame())) return failed;
    }
    return {};
}

TEST(Greeting, TellsEachSideWhoTheOtherIs) {
    Greeting a(Role::initiator, identity(1), "pool");
    Greeting b(Role::responder, identity(2), "pool");
    EXPECT_TRUE(a.my_turn());
    EXPECT_FALSE(b.my_turn());
    ASSERT_FALSE(greet(a, b));
    ASSERT_TRUE(a.finished() && b.finished());
    EXPECT_EQ(a.peer(), identity(2).key());
    EXPECT_EQ(b.peer(), identity(1).key());

    wire::Transport here = a.transport();
    wire::Transport there = b.transport();
    BytesOut stream;
    ASSERT_FALSE(wire::append_sealed(there.sending, text("welcome"), stream));
    wire::FrameReader frames;
    wire::BytesView input(stream);
    ASSERT_EQ(frames.feed(input), wire::FrameReader::State::ready);
    BytesOut opened;
    ASSERT_FALSE(here.receiving.decrypt({}, frames.frame(), opened));
    EXPECT_EQ(opened, text("welcome"));
}

TEST(Greeting, RefusesAStaticKeyThatTheMemberDidNotSign) {
    // A thief has copied member 2's public payload, but must use a static key of its own.
    crypto::Identity thief = identity(2);
    thief.agreement = identity(3).agreement;
    thief.signing = identity(3).signing;
    const auto stolen = wire::identity_payload(identity(2));
    EXPECT_FALSE(wire::check_identity(stolen, thief.agreement.public_key()).has_value());
    EXPECT_EQ(wire::check_identity(stolen, identity(2).agreement.public_key()), identity(2).key());

    Greeting honest(Role::initiator, identity(1), "pool");
    wire::HandshakeState impostor(Role::responder, thief.agreement, text("coopsim greeting 1 pool"));
    BytesOut first;
    BytesOut second;
    BytesOut payload;
    ASSERT_FALSE(honest.write(first));
    ASSERT_FALSE(impostor.read_message(wire::BytesView(first).subspan(4), payload));
    ASSERT_FALSE(impostor.write_message(stolen, second));
    EXPECT_EQ(honest.read(second), NoiseError::wrong_identity);
    EXPECT_FALSE(honest.finished());
    EXPECT_FALSE(honest.my_turn());
    EXPECT_EQ(honest.write(first), NoiseError::dead);
    EXPECT_EQ(honest.read(second), NoiseError::dead);
}

TEST(Greeting, RefusesAPayloadWithAnyByteChanged) {
    const crypto::Identity member = identity(4);
    const auto payload = wire::identity_payload(member);
    for (std::size_t at = 0; at < payload.size(); ++at) {
        auto changed = payload;
        changed[at] ^= 1;
        EXPECT_FALSE(wire::check_identity(changed, member.agreement.public_key()).has_value()) << at;
    }
    EXPECT_FALSE(wire::check_identity({}, member.agreement.public_key()).has_value());
}

TEST(Greeting, KeepsPoolsApart) {
    Greeting a(Role::initiator, identity(1), "north");
    Greeting b(Role::responder, identity(2), "south");
    EXPECT_EQ(greet(a, b), NoiseError::forged);
}

TEST(Greeting, TakesNoPayloadInTheClear) {
    Greeting b(Role::responder, identity(2), "pool");
    wire::HandshakeState chatty(Role::initiator, identity(1).agreement, text("coopsim greeting 1 pool"));
    BytesOut first;
    ASSERT_FALSE(chatty.write_message(text("x"), first));
    EXPECT_EQ(b.read(first), NoiseError::too_long);
}

TEST(Greeting, NeedsNoMoreThanItsStatedFrames) {
    Greeting a(Role::initiator, identity(1), "pool");
    Greeting b(Role::responder, identity(2), "pool");
    BytesOut first;
    BytesOut second;
    ASSERT_FALSE(a.write(first));
    ASSERT_FALSE(b.read(wire::BytesView(first).subspan(4)));
    ASSERT_FALSE(b.write(second));
    EXPECT_EQ(second.size() - wire::frame_header_size, wire::greeting_frame_max);
}

}  // namespace
}  // namespace coop

// What a sealed connection refuses. That it agrees with others is tests/truth_crypto's claim.
#include "engine/wire/noise.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "tests/unit/wire/hex.hpp"

namespace coop {
namespace {

using test::text;
using wire::BytesOut;
using wire::CipherState;
using wire::HandshakeState;
using wire::NoiseError;
using wire::NoiseResult;
using wire::Role;

crypto::AgreementKey agreement(std::uint8_t n) {
    std::array<std::uint8_t, 32> secret{};
    secret.fill(n);
    return crypto::AgreementKey::from_secret(crypto::Secret32(secret));
}

struct Pair {
    HandshakeState initiator{Role::initiator, agreement(1), text("pool")};
    HandshakeState responder{Role::responder, agreement(2), text("pool")};

    NoiseResult pass(int messages) {
        for (int i = 0; i < messages; ++i) {
            BytesOut sealed;
            BytesOut payload;
            HandshakeState& writer = i % 2 == 0 ? initiator : responder;
            HandshakeState& reader = i % 2 == 0 ? responder : initiator;
            if (const NoiseResult failed = writer.write_message(text("hello"), sealed)) return failed;
            if (const NoiseResult failed = reader.read_message(sealed, payload)) return failed;
            if (payload != text("hello")) return NoiseError::forged;
        }
        return {};
    }
};

TEST(NoiseHandshake, TellsEachSideTheOthersStaticKey) {
    Pair pair;
    ASSERT_FALSE(pair.pass(3));
    ASSERT_TRUE(pair.initiator.finished() && pair.responder.finished());
    EXPECT_EQ(pair.initiator.remote_static(), agreement(2).public_key());
    EXPECT_EQ(pair.responder.remote_static(), agreement(1).public_key());
    EXPECT_EQ(pair.initiator.split().handshake_hash, pair.responder.split().handshake_hash);
}

TEST(NoiseHandshake, NeverRepeatsAConnection) {
    Pair first;
    Pair second;
    ASSERT_FALSE(first.pass(3));
    ASSERT_FALSE(second.pass(3));
    EXPECT_NE(first.initiator.split().handshake_hash, second.initiator.split().handshake_hash);
}

TEST(NoiseHandshake, FailsWhenAnyByteIsChanged) {
    for (int message = 1; message < 3;
         ++message) {  // the first has nothing to check it by: see the next test
        Pair probe;
        ASSERT_FALSE(probe.pass(message));
        BytesOut whole;
        HandshakeState& probing = message % 2 == 0 ? probe.initiator : probe.responder;
        ASSERT_FALSE(probing.write_message(text("hello"), whole));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            Pair pair;
            ASSERT_FALSE(pair.pass(message));
            HandshakeState& writer = message % 2 == 0 ? pair.initiator : pair.responder;
            HandshakeState& reader = message % 2 == 0 ? pair.responder : pair.initiator;
            BytesOut sealed;
            BytesOut payload;
            ASSERT_FALSE(writer.write_message(text("hello"), sealed));
            sealed[at] ^= 1;
            EXPECT_EQ(reader.read_message(sealed, payload), NoiseError::forged) << message << " at " << at;
            EXPECT_TRUE(payload.empty());
            EXPECT_EQ(reader.read_message(sealed, payload), NoiseError::dead);
            EXPECT_EQ(reader.write_message({}, payload), NoiseError::dead);
            EXPECT_FALSE(reader.finished());
        }
    }
}

TEST(NoiseHandshake, FailsAtTheSecondMessageWhenTheFirstWasChanged) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{31}, std::size_t{34}}) {
        Pair pair;
        BytesOut first;
        BytesOut second;
        BytesOut payload;
        ASSERT_FALSE(pair.initiator.write_message(text("hello"), first));
        first[at] ^= 1;
        ASSERT_FALSE(pair.responder.read_message(first, payload));
        ASSERT_FALSE(pair.responder.write_message({}, second));
        EXPECT_EQ(pair.initiator.read_message(second, payload), NoiseError::forged);
    }
}

TEST(NoiseHandshake, FailsAcrossPools) {
    HandshakeState here(Role::initiator, agreement(1), text("north"));
    HandshakeState there(Role::responder, agreement(2), text("south"));
    BytesOut first;
    BytesOut second;
    BytesOut payload;
    ASSERT_FALSE(here.write_message({}, first));
    ASSERT_FALSE(there.read_message(first, payload));
    ASSERT_FALSE(there.write_message({}, second));
    EXPECT_EQ(here.read_message(second, payload), NoiseError::forged);
}

TEST(NoiseHandshake, RefusesKeysOfSmallOrder) {
    HandshakeState responder(Role::responder, agreement(2), {});
    BytesOut out;
    ASSERT_FALSE(responder.read_message(BytesOut(32, 0), out));
    EXPECT_EQ(responder.write_message({}, out), NoiseError::bad_key);
    EXPECT_TRUE(out.empty());
}

TEST(NoiseHandshake, RefusesWhatIsTooShortTooLongOrOutOfTurn) {
    BytesOut out;
    EXPECT_EQ(Pair().responder.read_message(BytesOut(31), out), NoiseError::too_short);
    EXPECT_EQ(Pair().responder.read_message(BytesOut(65'536), out), NoiseError::too_long);
    EXPECT_EQ(Pair().initiator.write_message(BytesOut(65'504), out), NoiseError::too_long);
    EXPECT_EQ(Pair().initiator.read_message(BytesOut(32), out), NoiseError::out_of_turn);
    EXPECT_EQ(Pair().responder.write_message({}, out), NoiseError::out_of_turn);
    Pair done;
    ASSERT_FALSE(done.pass(3));
    EXPECT_EQ(done.initiator.write_message({}, out), NoiseError::out_of_turn);
    EXPECT_TRUE(out.empty());
}

class NoiseTransport : public testing::Test {
  protected:
    NoiseTransport() {
        EXPECT_FALSE(pair_.pass(3));
        here_ = pair_.initiator.split();
        there_ = pair_.responder.split();
    }
    BytesOut sealed(std::string_view words) {
        BytesOut out;
        EXPECT_FALSE(here_.sending.encrypt({}, text(words), out));
        return out;
    }
    NoiseResult opens(const BytesOut& message) {
        BytesOut out;
        return there_.receiving.decrypt({}, message, out);
    }

    Pair pair_;
    wire::Transport here_;
    wire::Transport there_;
};

TEST_F(NoiseTransport, OpensMessagesInTheirOrder) {
    for (const char* words : {"one", "two", ""}) {
        BytesOut out;
        ASSERT_FALSE(there_.receiving.decrypt({}, sealed(words), out));
        EXPECT_EQ(out, text(words));
    }
}

TEST_F(NoiseTransport, RefusesAReplayedMessage) {
    const BytesOut once = sealed("pay 5");
    EXPECT_FALSE(opens(once));
    EXPECT_EQ(opens(once), NoiseError::forged);
}

TEST_F(NoiseTransport, RefusesReorderedMessagesAndEverythingAfterThem) {
    const BytesOut first = sealed("one");
    const BytesOut second = sealed("two");
    EXPECT_EQ(opens(second), NoiseError::forged);
    EXPECT_EQ(opens(first), NoiseError::dead);
}

TEST_F(NoiseTransport, RefusesAMessageWithAnyByteChanged) {
    const BytesOut honest = sealed("one");
    for (std::size_t at = 0; at < honest.size(); ++at) {
        BytesOut changed = honest;
        changed[at] ^= 0x10;
        wire::Transport fresh = pair_.responder.split();
        BytesOut out;
        EXPECT_EQ(fresh.receiving.decrypt({}, changed, out), NoiseError::forged);
        EXPECT_TRUE(out.empty());
    }
}

TEST_F(NoiseTransport, RefusesTruncatedAndReflectedMessages) {
    EXPECT_EQ(opens(BytesOut(15)), NoiseError::too_short);
    BytesOut out;
    EXPECT_EQ(here_.receiving.decrypt({}, sealed("mine"), out), NoiseError::forged);
}

TEST_F(NoiseTransport, CarriesTheLargestMessageAndNoLarger) {
    BytesOut out;
    EXPECT_FALSE(here_.sending.encrypt({}, BytesOut(65'519), out));
    EXPECT_EQ(out.size(), 65'535U);
    EXPECT_FALSE(opens(out));
    EXPECT_EQ(here_.sending.encrypt({}, BytesOut(65'520), out), NoiseError::too_long);
}

TEST(CipherState, StopsBeforeItsCounterComesRound) {
    constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    CipherState sending(crypto::Secret32{}, last - 1);
    BytesOut out;
    EXPECT_FALSE(sending.encrypt({}, text("the last one"), out));
    EXPECT_EQ(sending.encrypt({}, text("one more"), out), NoiseError::exhausted);
    CipherState receiving(crypto::Secret32{}, last - 1);
    BytesOut opened;
    EXPECT_FALSE(receiving.decrypt({}, out, opened));
    EXPECT_EQ(opened, text("the last one"));
    EXPECT_EQ(receiving.decrypt({}, out, opened), NoiseError::exhausted);
}

}  // namespace
}  // namespace coop

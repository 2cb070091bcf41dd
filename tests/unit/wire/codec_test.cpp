// What is encoded comes back, in exactly the bytes that the line and the quota are charged for.
#include "engine/wire/codec.hpp"

#include <gtest/gtest.h>

#include "engine/crypto/hash.hpp"
#include "engine/protocol/message_size.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/random_message.hpp"

namespace coop {
namespace {

using namespace protocol;
using test::describe;
using test::hex;
using test::RandomMessages;

constexpr std::uint32_t peers = 20;

class Codec : public testing::Test {
  protected:
    Codec() { test::fill(book_, peers, 1); }

    wire::BytesOut encoded(const Message& message) {
        wire::BytesOut out;
        wire::encode(message, book_, out);
        return out;
    }
    std::string key(std::uint32_t peer) { return hex(book_.key_of({peer})->bytes); }

    wire::BoundedPeerBook book_;
};

TEST_F(Codec, BringsEveryKindBackWhole) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomMessages random(seed, peers);
        for (std::size_t kind = 0; kind < message_kinds; ++kind) {
            const Message sent = random.message(kind);
            ASSERT_EQ(sent.index(), kind);
            const wire::BytesOut bytes = encoded(sent);
            const auto read = wire::decode(bytes, book_);
            ASSERT_TRUE(read.ok()) << describe(sent) << to_text(read.error());
            ASSERT_EQ(describe(read.value()), describe(sent));
        }
    }
}

TEST_F(Codec, TakesExactlyTheBytesThatTheLineIsChargedFor) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomMessages random(seed, peers);
        for (std::size_t kind = 0; kind < message_kinds; ++kind) {
            const Message sent = random.message(kind);
            EXPECT_EQ(static_cast<std::int64_t>(encoded(sent).size()), wire_size(sent).count)
                << kind_name(sent);
        }
    }
}

TEST_F(Codec, FitsItsLargestMessagesIntoOneFrame) {
    RandomMessages random(1, peers);
    Chunk full{{}, chunk_size_max, nullptr};
    EXPECT_EQ(encoded(ChunkReply{{}, 0, full}).size(), wire::message_size_max);
    const auto manifest = std::make_shared<const Manifest>(random.manifest(chunks_in_object_max));
    EXPECT_EQ(encoded(ManifestReply{manifest}).size(), 1U + 32 + 8 + 2 + 32 * 1000);
    const auto heard = std::make_shared<const std::vector<Heard>>(heard_in_message_max, Heard{{0}, 1, 1});
    EXPECT_EQ(encoded(SyncAsk{heard, true}).size(), 1U + 1 + 2 + 8 + 2 + 44 * 512);
    EXPECT_LE(wire::message_size_max + 16, 65'535U);
}

TEST_F(Codec, WritesLittleEndianFieldsInTheStatedOrder) {
    EXPECT_EQ(hex(encoded(Prune{})), "0b");
    EXPECT_EQ(hex(encoded(Disconnect{Farewell::sleeping})), "0402");
    EXPECT_EQ(hex(encoded(IHave{{{3}, 0x01020304}, 0x0506})), "09" + key(3) + "04030201" + "0605");
    Refusal refusal{{}, whole_object, Reason::busy};
    refusal.object.bytes.fill(0xab);
    std::string object;
    for (int i = 0; i < 32; ++i) object += "ab";
    EXPECT_EQ(hex(encoded(refusal)), "11" + object + "ffff" + "03");
    PeerList list;
    list.push_back({2});  // address 3, 4, 5 …; port 4002 = 0x0fa2
    EXPECT_EQ(hex(encoded(ShuffleReply{list})),
              "0601" + key(2) + "030405060708090a0b0c0d0e0f101112" + "a20f");
}

TEST_F(Codec, WritesAnAnnouncementInTheStatedOrder) {
    Announcement said{{base::seconds(0x10203), base::seconds(10)}, {0x1122334455}, false, true};
    Signed made{{{{1}, 7}, base::Instant::of_ns(9), said}, {}};
    made.signature.bytes.fill(0x5a);
    wire::BytesOut out;
    wire::encode_signed(made, book_, out);
    std::string signature;
    for (int i = 0; i < 64; ++i) signature += "5a";
    EXPECT_EQ(hex(out), key(1) + "07000000" + "0900000000000000" + "00" +  // origin, sequence, at, body
                            "02030405060708090a0b0c0d0e0f1011" + "a10f" +  // the book's endpoint of 1
                            "03020100" + "0a000000" + "5544332211000000" + "02" + signature);
}

TEST_F(Codec, KeepsTheEndpointThatTheAuthorSigned) {
    const Announcement said{{base::hours(1), base::hours(3)}, base::gigabytes(8), true, false};
    const Signed made{{{{4}, 1}, base::Instant::of_ns(5), said}, {}};
    wire::BytesOut at_author;
    wire::encode_signed(made, book_, at_author);

    wire::BoundedPeerBook elsewhere;
    Endpoint hearsay;
    hearsay.port = 1;
    elsewhere.confirm(elsewhere.intern(*book_.key_of({4}), {}), hearsay);
    const auto read = wire::decode_signed(at_author, elsewhere);
    ASSERT_TRUE(read.ok());
    wire::BytesOut forwarded;
    wire::encode_signed(read.value(), elsewhere, forwarded);
    EXPECT_EQ(hex(forwarded), hex(at_author));
}

TEST_F(Codec, BringsStoredStatementsBack) {
    RandomMessages random(5, peers);
    for (std::size_t body = 0; body < 3; ++body) {
        const Signed made = random.statement(body);
        wire::BytesOut out;
        wire::encode_signed(made, book_, out);
        EXPECT_EQ(static_cast<std::int64_t>(out.size()), wire_size(made).count);
        const auto read = wire::decode_signed(out, book_);
        ASSERT_TRUE(read.ok());
        EXPECT_EQ(describe(read.value()), describe(made));
    }
}

TEST_F(Codec, NamesAManifestByItsEncoding) {
    Manifest made = RandomMessages(3, peers).manifest(7);
    wire::BytesOut out;
    wire::encode_manifest(made, out);
    EXPECT_EQ(static_cast<std::int64_t>(out.size()), wire_size(made).count);
    made.object = crypto::blake2b_256(out);
    EXPECT_EQ(made.object, crypto::manifest_name(made));
    const auto read = wire::decode_manifest(out);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(describe(read.value()), describe(made));
}

TEST_F(Codec, LeavesNothingOutOfWhatIsSigned) {
    RandomMessages random(5, peers);
    for (std::size_t body = 0; body < 3; ++body) {
        const Signed made = random.statement(body);
        wire::BytesOut stored;
        wire::encode_signed(made, book_, stored);
        stored.resize(stored.size() - 64);
        wire::BytesOut to_sign;
        wire::encode_for_signing(made.statement, book_, to_sign);
        EXPECT_EQ(hex(to_sign), hex(test::text("coopsim statement 1")) + hex(stored));
    }
}

TEST_F(Codec, SpeaksOfNobodyWhomTheBookHasForgotten) {
    wire::BoundedPeerBook forgetful;
    PeerList all;
    auto heard = std::make_shared<std::vector<Heard>>();
    for (std::uint32_t i = 0; i < 5; ++i) {
        all.push_back(forgetful.intern(*book_.key_of({i}), {}));
        heard->push_back({{i}, i + 1, 0});
    }
    ASSERT_EQ(forgetful.forget(std::vector<PeerId>{{1}, {3}}), 2U);

    wire::BytesOut bytes{0xab};
    EXPECT_FALSE(wire::encode(Graft{{{3}, 7}}, forgetful, bytes));
    EXPECT_FALSE(wire::encode(Shuffle{{1}, 2, all}, forgetful, bytes));
    EXPECT_EQ(hex(bytes), "ab");
    bytes.clear();
    ASSERT_TRUE(wire::encode(ShuffleReply{all}, forgetful, bytes));
    const auto list = wire::decode(bytes, book_);
    PeerList left;
    for (const std::uint32_t i : {0U, 2U, 4U}) left.push_back({i});
    EXPECT_EQ(describe(list.value()), describe(Message{ShuffleReply{left}}));
    bytes.clear();
    ASSERT_TRUE(wire::encode(SyncAsk{heard, true}, forgetful, bytes));
    const auto ask = wire::decode(bytes, book_);
    ASSERT_TRUE(ask.ok());
    const auto& those = *std::get<SyncAsk>(ask.value()).heard;
    ASSERT_EQ(those.size(), 3U);
    EXPECT_EQ(those[1].origin, PeerId{2});
    EXPECT_EQ(those[1].through, 3U);
}

TEST_F(Codec, GivesASimulationItsPhantomsBack) {
    const Chunk phantom{{}, {5000}, nullptr};
    const auto notice = share(Signed{{{{1}, 1}, base::Instant::of_ns(1), Notice{{1024}, nullptr}}, {}});
    wire::BoundedPeerBook placeless;
    placeless.intern(*book_.key_of({0}), {});
    placeless.intern(*book_.key_of({1}), {});
    const auto announced =
        share(Signed{{{{1}, 2}, base::Instant::of_ns(1), Announcement{{}, {1}, true, false}}, {}});
    for (const Message& sent :
         {Message{ChunkReply{{}, 3, phantom}}, Message{Gossip{notice, 0}}, Message{Join{announced}}}) {
        wire::BytesOut bytes;
        wire::encode(sent, placeless, bytes);
        const auto in_simulation = wire::decode(bytes, placeless, wire::Phantoms::allowed);
        ASSERT_TRUE(in_simulation.ok());
        EXPECT_EQ(describe(in_simulation.value()), describe(sent));
        const auto on_board = wire::decode(bytes, placeless);
        ASSERT_TRUE(on_board.ok());
        EXPECT_NE(describe(on_board.value()), describe(sent));
    }
}

}  // namespace
}  // namespace coop

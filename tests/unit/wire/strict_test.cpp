// Bytes that no honest board sends are refused, each for its reason, and cost no memory.
#include <gtest/gtest.h>

#include "engine/protocol/message_size.hpp"
#include "engine/wire/codec.hpp"
#include "tests/unit/wire/random_message.hpp"

namespace coop {
namespace {

using namespace protocol;
using test::RandomMessages;
using wire::DecodeError;

constexpr std::uint32_t peers = 20;

class StrictDecoder : public testing::Test {
  protected:
    StrictDecoder() { test::fill(book_, peers, 1); }

    wire::BytesOut encoded(const Message& message) {
        wire::BytesOut out;
        wire::encode(message, book_, out);
        return out;
    }
    std::string verdict(const wire::BytesOut& bytes) {
        const auto read = wire::decode(bytes, book_);
        return std::string(read.ok() ? "ok" : to_text(read.error()));
    }
    /// The message's bytes with one of them set to another value.
    std::string verdict_with(const Message& message, std::size_t at, std::uint8_t value) {
        wire::BytesOut bytes = encoded(message);
        bytes.at(at) = value;
        return verdict(bytes);
    }
    static SignedRef saying(Body body, std::uint32_t number = 1) {
        return share(Signed{{{{1}, number}, base::Instant::of_ns(1), std::move(body)}, {}});
    }

    wire::BoundedPeerBook book_;
};

// Where the body starts in a Gossip: kind, hops, origin, sequence, at, body kind.
constexpr std::size_t gossip_body = 1 + 2 + 2 + 1 + 4 + 32 + 4 + 8 + 1;

TEST_F(StrictDecoder, RefusesEveryPrefixOfEveryMessage) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        RandomMessages random(seed, peers);
        for (std::size_t kind = 0; kind < message_kinds; ++kind) {
            const wire::BytesOut whole = encoded(random.message(kind));
            for (std::size_t size = 0; size < whole.size(); size += size < 400 ? 1 : 97) {
                const wire::BytesOut part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
                ASSERT_EQ(verdict(part), "too_short") << kind_name(kind) << " cut to " << size;
            }
        }
    }
}

TEST_F(StrictDecoder, RefusesBytesLeftOver) {
    RandomMessages random(7, peers);
    for (std::size_t kind = 0; kind < message_kinds; ++kind) {
        wire::BytesOut bytes = encoded(random.message(kind));
        bytes.push_back(0);
        EXPECT_EQ(verdict(bytes), "too_long") << kind_name(kind);
    }
}

TEST_F(StrictDecoder, EncodesWhateverItAcceptsToTheSameBytes) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        RandomMessages random(seed, peers);
        for (std::size_t kind = 0; kind < message_kinds; ++kind) {
            wire::BytesOut bytes = encoded(random.message(kind));
            bytes[random.below(std::min<std::size_t>(bytes.size(), 160))] ^=
                static_cast<std::uint8_t>(1U << random.below(8));
            const auto read = wire::decode(bytes, book_);
            if (!read.ok()) continue;
            ASSERT_EQ(static_cast<std::int64_t>(bytes.size()), wire_size(read.value()).count);
            const bool has_contacts = kind == 1 || kind == 5 || kind == 6;  // their endpoints are the book's
            if (has_contacts) continue;
            ASSERT_EQ(encoded(read.value()), bytes) << kind_name(kind);
        }
    }
}

TEST_F(StrictDecoder, KnowsItsKinds) {
    EXPECT_EQ(verdict({}), "too_short");
    EXPECT_EQ(verdict({static_cast<std::uint8_t>(message_kinds)}), "unknown_kind");
    EXPECT_EQ(verdict({255}), "unknown_kind");
    const Message gossip = Gossip{saying(Holding{{}, {1}, Custody::keeper}), 1};
    EXPECT_EQ(verdict_with(gossip, gossip_body - 1, 3), "unknown_kind");
}

TEST_F(StrictDecoder, KnowsTheRangeOfEveryEnumeratorAndFlag) {
    EXPECT_EQ(verdict_with(Neighbor{true}, 1, 2), "out_of_range");
    EXPECT_EQ(verdict_with(NeighborReply{true}, 1, 255), "out_of_range");
    EXPECT_EQ(verdict_with(KeepAlive{true}, 1, 2), "out_of_range");
    EXPECT_EQ(verdict_with(Disconnect{}, 1, 0), "out_of_range");
    EXPECT_EQ(verdict_with(Disconnect{}, 1, 4), "out_of_range");
    EXPECT_EQ(verdict_with(Refusal{}, 35, 0), "out_of_range");
    EXPECT_EQ(verdict_with(Refusal{}, 35, 10), "out_of_range");
    const Message holding = Gossip{saying(Holding{{}, {1}, Custody::keeper}), 1};
    EXPECT_EQ(verdict_with(holding, gossip_body + 40, 0), "out_of_range");
    EXPECT_EQ(verdict_with(holding, gossip_body + 40, 5), "out_of_range");
    const Message announced = Gossip{saying(Announcement{{}, {1}, true, false}), 1};
    EXPECT_EQ(verdict_with(announced, gossip_body + 34, 4), "out_of_range");
}

TEST_F(StrictDecoder, KnowsTheRangeOfNumbers) {
    EXPECT_EQ(verdict(encoded(Graft{{{1}, 0}})), "out_of_range");
    EXPECT_EQ(verdict(encoded(IHave{{{1}, 0}, 1})), "out_of_range");
    EXPECT_EQ(verdict(encoded(FetchChunk{{}, 1000})), "out_of_range");
    EXPECT_EQ(verdict(encoded(FetchChunk{{}, 999})), "ok");
    EXPECT_EQ(verdict(encoded(Refusal{{}, 1000, Reason::busy})), "out_of_range");
    EXPECT_EQ(verdict(encoded(Refusal{{}, 0, Reason::leaving})), "out_of_range");  // for an owner's ears only
    const auto heard = std::make_shared<const std::vector<Heard>>(1, Heard{{1}, 0xffff'ffff, 0});
    EXPECT_EQ(verdict(encoded(SyncAsk{heard, false})), "out_of_range");
    const Message gossip = Gossip{saying(Holding{{}, {1}, Custody::keeper}), 1};
    EXPECT_EQ(verdict_with(gossip, gossip_body - 2, 0x80), "out_of_range");       // a moment before the epoch
    EXPECT_EQ(verdict_with(gossip, gossip_body + 32 + 7, 0x80), "out_of_range");  // a negative size
    EXPECT_EQ(verdict_with(gossip, gossip_body + 32 + 4, 1), "out_of_range");     // 4 GiB
    EXPECT_EQ(verdict_with(gossip, 1 + 2 + 2, 3), "out_of_range");                // a part that there is not
    // What a board may say, others may ask about: both bounds are one.
    const auto asks = [](std::uint32_t number) {
        return SyncAsk{std::make_shared<const std::vector<Heard>>(1, Heard{{1}, number, 0}), false};
    };
    EXPECT_EQ(verdict(encoded(IHave{{{1}, sequence_max}, 1})), "ok");
    EXPECT_EQ(verdict(encoded(asks(sequence_max))), "ok");
    EXPECT_EQ(verdict(encoded(IHave{{{1}, sequence_max + 1}, 1})), "out_of_range");
    EXPECT_EQ(verdict(encoded(asks(sequence_max + 1))), "out_of_range");
    EXPECT_EQ(verdict(encoded(Gossip{saying(Holding{{}, {1}, Custody::keeper}, UINT32_MAX), 1})),
              "out_of_range");
}

TEST_F(StrictDecoder, KnowsTheHoursOfADay) {
    const auto with = [&](std::int64_t start, std::int64_t length) {
        const policy::DailyHours hours{base::seconds(start), base::seconds(length)};
        return verdict(encoded(Gossip{saying(Announcement{hours, {1}, true, false}), 1}));
    };
    EXPECT_EQ(with(86'399, 86'400), "ok");
    EXPECT_EQ(with(86'400, 1), "out_of_range");
    EXPECT_EQ(with(0, 86'401), "out_of_range");
}

TEST_F(StrictDecoder, JoinsOnlyByAnnouncement) {
    EXPECT_EQ(verdict(encoded(Join{saying(Holding{{}, {1}, Custody::keeper})})), "wrong_body");
    EXPECT_EQ(verdict(encoded(ForwardJoin{{1}, saying(Notice{{0}, nullptr}), 1})), "wrong_body");
}

TEST_F(StrictDecoder, BoundsCountsByTheContractAndByTheBytesThatAreThere) {
    EXPECT_EQ(verdict_with(ShuffleReply{}, 1, 17), "too_many");
    EXPECT_EQ(verdict_with(ShuffleReply{}, 1, 16), "too_short");
    const auto nothing = std::make_shared<const std::vector<Heard>>();
    EXPECT_EQ(verdict_with(SyncAsk{nothing, false}, 1, 3), "ok");
    EXPECT_EQ(verdict_with(SyncAsk{nothing, false}, 1, 4), "out_of_range");   // a flag that there is not
    EXPECT_EQ(verdict_with(SyncAsk{nothing, false}, 13, 0x02), "too_short");  // 512
    EXPECT_EQ(verdict_with(SyncAsk{nothing, false}, 13, 0x03), "too_many");   // 768
    const Message chunk = ChunkReply{{}, 0, {{}, {5}, nullptr}};
    EXPECT_EQ(verdict_with(chunk, 67, 4), "too_long");
    EXPECT_EQ(verdict_with(chunk, 67, 6), "too_short");
    EXPECT_EQ(verdict_with(chunk, 67, 0), "out_of_range");
    EXPECT_EQ(verdict_with(chunk, 69, 1), "out_of_range");  // 64 KiB
    const Message notice = Gossip{saying(Notice{{5}, nullptr}), 0};
    EXPECT_EQ(verdict_with(notice, gossip_body + 1, 0x41), "out_of_range");  // above 16 KiB
}

TEST_F(StrictDecoder, TakesOnlyManifestsWhoseSizesAgree) {
    Manifest two = RandomMessages(1, peers).manifest(2);
    two.size = chunk_size_max + base::Bytes{1};
    EXPECT_EQ(verdict(encoded(ManifestReply{std::make_shared<const Manifest>(two)})), "ok");
    for (const std::int64_t size : {std::int64_t{0}, chunk_size_max.count, 2 * chunk_size_max.count + 1}) {
        two.size = {size};
        EXPECT_EQ(verdict(encoded(ManifestReply{std::make_shared<const Manifest>(two)})), "out_of_range")
            << size;
    }
    Manifest huge = RandomMessages(1, peers).manifest(1001);
    EXPECT_EQ(verdict(encoded(ManifestReply{std::make_shared<const Manifest>(huge)})), "out_of_range");
    huge.size = {1};
    EXPECT_EQ(verdict(encoded(ManifestReply{std::make_shared<const Manifest>(huge)})), "too_many");
}

TEST_F(StrictDecoder, ShortensListsAndRefusesStatementsWhenTheBookIsFull) {
    wire::BoundedPeerBook full({.members_max = 1, .strangers_max = 1});
    ASSERT_TRUE(full.promote(full.intern(*book_.key_of({0}), {})));
    PeerList list;
    for (std::uint32_t i = 0; i < 4; ++i) list.push_back({i});
    const auto shuffled = wire::decode(encoded(ShuffleReply{list}), full);
    ASSERT_TRUE(shuffled.ok());
    EXPECT_EQ(std::get<ShuffleReply>(shuffled.value()).peers.size(), 2U);  // the member, and one stranger

    const auto gossip = wire::decode(encoded(Graft{{{7}, 1}}), full);
    ASSERT_FALSE(gossip.ok());
    EXPECT_EQ(gossip.error(), DecodeError::strangers_full);
}

}  // namespace
}  // namespace coop

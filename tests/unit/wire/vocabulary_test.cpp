// What messages are called and how urgent they are. Results and transcripts store these names.
#include <set>

#include <gtest/gtest.h>

#include "engine/protocol/effect.hpp"
#include "engine/protocol/message_size.hpp"

namespace coop {
namespace {

using namespace protocol;

TEST(Messages, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (std::size_t kind = 0; kind < message_kinds; ++kind) names.insert(kind_name(kind));
    EXPECT_EQ(names.size(), message_kinds);
    EXPECT_EQ(kind_name(Message{Join{}}), "join");
    EXPECT_EQ(kind_name(Message{IHave{}}), "ihave");
    EXPECT_EQ(kind_name(Message{ChunkReply{}}), "chunk_reply");
    EXPECT_EQ(kind_name(Message{Refusal{}}), "refusal");
}

TEST(Messages, LetControlGoBeforeNewsAndNewsBeforeBulk) {
    for (const Message& m : {Message{Join{}}, Message{Shuffle{}}, Message{KeepAlive{}}, Message{IHave{}},
                             Message{Graft{}}, Message{Prune{}}, Message{FetchChunk{}}, Message{Refusal{}}})
        EXPECT_EQ(urgency(m), Urgency::control) << kind_name(m);
    for (const Message& m : {Message{Gossip{}}, Message{SyncAsk{}}}) EXPECT_EQ(urgency(m), Urgency::news);
    for (const Message& m : {Message{ManifestReply{}}, Message{ChunkReply{}}})
        EXPECT_EQ(urgency(m), Urgency::bulk);
}

TEST(Messages, OccupyWhatTheirLayoutAddsUpTo) {
    const auto announced = share(Signed{{{{0}, 1}, {}, Announcement{}}, {}});
    const auto noticed = share(Signed{{{{0}, 1}, {}, Notice{{1024}, nullptr}}, {}});
    constexpr std::int64_t head = 32 + 4 + 8 + 1;  // origin, sequence, at, body kind
    constexpr std::int64_t signature = 64;
    EXPECT_EQ(wire_size(Join{announced}).count, 1 + head + (18 + 4 + 4 + 8 + 1) + signature);
    EXPECT_EQ(wire_size(ForwardJoin{{1}, announced, 6}).count, 1 + 50 + 1 + head + 35 + signature);
    EXPECT_EQ(wire_size(Gossip{noticed, 1}).count, 1 + 2 + 2 + 1 + 4 + head + 4 + 1024 + signature);
    EXPECT_EQ(wire_size(IHave{}).count, 1 + 32 + 4 + 2);
    EXPECT_EQ(wire_size(KeepAlive{}).count, 2);
    // One IHave on the line: frame 4, tag 16, one segment's headers 52.
    EXPECT_EQ(line_size(IHave{}).count, 39 + 4 + 16 + 52);
}

TEST(Reports, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    int known = 0;
    for (int i = 1; i < 256 && to_text(static_cast<What>(i)) != "unknown"; ++i, ++known)
        names.insert(to_text(static_cast<What>(i)));
    EXPECT_GE(known, static_cast<int>(What::get_failed));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(known));
    EXPECT_EQ(to_text(Reason::disk_full), "disk_full");
}

}  // namespace
}  // namespace coop

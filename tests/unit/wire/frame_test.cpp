// Frames come out as they went in, however the stream is cut; what is too large is refused by its length
// alone.
#include "engine/wire/frame.hpp"

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop {
namespace {

using State = wire::FrameReader::State;

TEST(Frames, ComeOutHoweverTheStreamIsCut) {
    base::Rng rng(1, base::Purpose::test, 0);
    std::vector<wire::BytesOut> sent;
    wire::BytesOut stream;
    for (int i = 0; i < 200; ++i) {
        sent.emplace_back(1 + rng.below(i % 10 == 0 ? 65'535 : 100), static_cast<std::uint8_t>(i));
        wire::append_frame(sent.back(), stream);
    }
    wire::FrameReader reader;
    std::vector<wire::BytesOut> received;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t piece = std::min<std::size_t>(1 + rng.below(3000), stream.size() - at);
        wire::BytesView input = wire::BytesView(stream).subspan(at, piece);
        at += piece;
        while (reader.feed(input) == State::ready)
            received.emplace_back(reader.frame().begin(), reader.frame().end());
        EXPECT_TRUE(input.empty());
    }
    EXPECT_EQ(received, sent);
}

TEST(Frames, AreRefusedByTheirLengthAlone) {
    for (const std::uint32_t length : {std::uint32_t{0}, std::uint32_t{65'536}, std::uint32_t{0xffff'ffff}}) {
        wire::FrameReader reader;
        wire::BytesOut header;
        for (unsigned i = 0; i < 4; ++i) header.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
        wire::BytesView input(header);
        EXPECT_EQ(reader.feed(input), State::not_a_frame) << length;
        const wire::BytesOut good{1, 0, 0, 0, 7};
        input = good;
        EXPECT_EQ(reader.feed(input), State::not_a_frame);
        EXPECT_EQ(input.size(), good.size());
    }
}

TEST(Frames, HaveASmallerMaximumWhileGreeting) {
    wire::FrameReader reader(192);
    wire::BytesOut stream;
    wire::append_frame(wire::BytesOut(193, 1), stream);
    wire::BytesView input(stream);
    EXPECT_EQ(reader.feed(input), State::not_a_frame);
}

TEST(Frames, WaitForTheirLastByte) {
    wire::BytesOut stream;
    wire::append_frame(wire::BytesOut{1, 2, 3}, stream);
    wire::FrameReader reader;
    for (std::size_t i = 0; i + 1 < stream.size(); ++i) {
        wire::BytesView input = wire::BytesView(stream).subspan(i, 1);
        ASSERT_EQ(reader.feed(input), State::hungry);
    }
    wire::BytesView last = wire::BytesView(stream).last(1);
    EXPECT_EQ(reader.feed(last), State::ready);
    EXPECT_EQ(wire::BytesOut(reader.frame().begin(), reader.frame().end()), (wire::BytesOut{1, 2, 3}));
}

}  // namespace
}  // namespace coop

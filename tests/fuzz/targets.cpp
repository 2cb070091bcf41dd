#include "tests/fuzz/targets.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/greeting.hpp"

namespace coop::fuzz {
namespace {

bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Room for all that one input can name, so that nothing is left out on the way.
wire::BoundedPeerBook roomy() { return wire::BoundedPeerBook({.members_max = 16, .strangers_max = 4096}); }

bool has_contacts(const protocol::Message& message) {
    return std::holds_alternative<protocol::ForwardJoin>(message) ||
           std::holds_alternative<protocol::Shuffle>(message) ||
           std::holds_alternative<protocol::ShuffleReply>(message);
}

}  // namespace

void decode_everything(std::span<const std::uint8_t> bytes) {
    wire::BoundedPeerBook book = roomy();
    if (const auto message = wire::decode(bytes, book)) {
        COOP_ASSERT(protocol::wire_size(message.value()).count == static_cast<std::int64_t>(bytes.size()));
        wire::BytesOut again;
        wire::encode(message.value(), book, again);
        COOP_ASSERT(again.size() == bytes.size());
        COOP_ASSERT(has_contacts(message.value()) || equal(again, bytes));
    }
    if (const auto statement = wire::decode_signed(bytes, book)) {
        wire::BytesOut again;
        wire::encode_signed(statement.value(), book, again);
        COOP_ASSERT(equal(again, bytes));
    }
    if (const auto manifest = wire::decode_manifest(bytes)) {
        COOP_ASSERT(protocol::well_formed(manifest.value()));
        wire::BytesOut again;
        wire::encode_manifest(manifest.value(), again);
        COOP_ASSERT(equal(again, bytes));
    }
    COOP_ASSERT(book.size() <= 4096);
}

void listen_to(std::span<const std::uint8_t> bytes) {
    static const crypto::Identity own = crypto::Identity::from_seed(crypto::Secret32{});
    wire::Greeting greeting(wire::Role::responder, own, "pool");
    wire::FrameReader frames(wire::greeting_frame_max);
    std::span<const std::uint8_t> rest = bytes;
    while (frames.feed(rest) == wire::FrameReader::State::ready) {
        if (greeting.read(frames.frame())) break;
        wire::BytesOut answer;
        if (greeting.my_turn() && greeting.write(answer)) break;
    }
    COOP_ASSERT(!greeting.finished());  // nobody guesses a Poly1305 tag
}

}  // namespace coop::fuzz

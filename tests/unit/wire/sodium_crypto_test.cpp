// A signature holds on every board whatever its handles are, and for nothing but what was signed.
#include "engine/wire/sodium_crypto.hpp"

#include <gtest/gtest.h>

#include "engine/crypto/hash.hpp"
#include "engine/wire/codec.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/random_message.hpp"

namespace coop {
namespace {

using namespace protocol;
using test::RandomMessages;

crypto::SigningKey signing(std::uint8_t n) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(n);
    return crypto::SigningKey::from_seed(crypto::Secret32(seed));
}

/// Two boards whose handles for each other differ.
class SodiumCrypto : public testing::Test {
  protected:
    SodiumCrypto() {
        author_book_.confirm(author_book_.intern(author_.public_key(), {}), {{9, 9}, 4000});
        other_book_.intern(other_.public_key(), {});
        other_book_.intern(signing(3).public_key(), {});
    }
    Signed signed_by_author(std::size_t body) {
        Signed made = RandomMessages(body, 1).statement(body);
        if (auto* const said = std::get_if<Announcement>(&made.statement.body)) said->endpoint.reset();
        made.signature = at_author_.sign(made.statement);
        return made;
    }
    Signed arrived(const Signed& made) {
        wire::BytesOut bytes;
        wire::encode_signed(made, author_book_, bytes);
        return wire::decode_signed(bytes, other_book_).value();
    }

    crypto::SigningKey author_ = signing(1);
    crypto::SigningKey other_ = signing(2);
    wire::BoundedPeerBook author_book_;
    wire::BoundedPeerBook other_book_;
    wire::SodiumCrypto at_author_{author_, author_book_};
    wire::SodiumCrypto at_other_{other_, other_book_};
};

TEST_F(SodiumCrypto, VerifiesEveryBodyOnAnotherBoard) {
    for (std::size_t body = 0; body < 3; ++body) {
        const Signed made = signed_by_author(body);
        const Signed there = arrived(made);
        EXPECT_NE(there.statement.id.origin, made.statement.id.origin);
        EXPECT_TRUE(at_other_.verify(there.statement, there.signature)) << body;
        EXPECT_TRUE(at_author_.verify(made.statement, made.signature)) << body;
    }
}

TEST_F(SodiumCrypto, RefusesAChangedStatement) {
    Signed there = arrived(signed_by_author(1));
    Statement changed = there.statement;
    changed.id.sequence += 1;
    EXPECT_FALSE(at_other_.verify(changed, there.signature));
    changed = there.statement;
    changed.id.origin = {1};
    EXPECT_FALSE(at_other_.verify(changed, there.signature));
    changed = there.statement;
    changed.at += base::nanoseconds(1);
    EXPECT_FALSE(at_other_.verify(changed, there.signature));
    there.signature.bytes[17] ^= 1;
    EXPECT_FALSE(at_other_.verify(there.statement, there.signature));
}

TEST_F(SodiumCrypto, RefusesAnAnnouncementWithAnotherEndpoint) {
    Signed there = arrived(signed_by_author(0));
    auto& said = std::get<Announcement>(there.statement.body);
    ASSERT_TRUE(said.endpoint.has_value());
    EXPECT_EQ(said.endpoint->port, 4000);
    said.endpoint->port = 4001;
    EXPECT_FALSE(at_other_.verify(there.statement, there.signature));
}

TEST_F(SodiumCrypto, RefusesAnUnknownOrigin) {
    Signed there = arrived(signed_by_author(1));
    there.statement.id.origin = {77};
    EXPECT_FALSE(at_other_.verify(there.statement, there.signature));
    EXPECT_EQ(at_other_.key_prefix({77}), 0U);
    EXPECT_EQ(at_other_.key_prefix({0}), other_.public_key().prefix());
}

TEST_F(SodiumCrypto, NamesChunksByTheirContent) {
    const auto content = std::make_shared<const Content>(test::text("a photo"));
    Chunk chunk{crypto::blake2b_256(*content), {7}, content};
    EXPECT_TRUE(at_other_.names(chunk));
    chunk.size = {6};
    EXPECT_FALSE(at_other_.names(chunk));
    chunk = {chunk.name, {7}, std::make_shared<const Content>(test::text("a phot0"))};
    EXPECT_FALSE(at_other_.names(chunk));
    chunk.bytes = nullptr;
    EXPECT_FALSE(at_other_.names(chunk));
}

TEST_F(SodiumCrypto, NamesManifestsByTheirEncoding) {
    Manifest manifest = RandomMessages(2, 1).manifest(3);
    EXPECT_FALSE(at_other_.names(manifest));
    manifest.object = crypto::manifest_name(manifest);
    EXPECT_TRUE(at_other_.names(manifest));
    manifest.chunks[1].bytes[0] ^= 1;
    EXPECT_FALSE(at_other_.names(manifest));
}

}  // namespace
}  // namespace coop

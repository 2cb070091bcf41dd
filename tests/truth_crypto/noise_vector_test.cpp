// The public test vector of Noise_XX_25519_ChaChaPoly_BLAKE2b, message by message.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/wire/noise.hpp"
#include "tests/unit/wire/hex.hpp"

namespace coop {
namespace {

using test::hex;
using test::unhex;
using test::unhex_array;

nlohmann::json vector_of_xx() {
    std::ifstream file(COOP_SOURCE_DIR "/tests/data/noise-xx-vector.json");
    return nlohmann::json::parse(file).at("vectors").at(0);
}

wire::HandshakeState side(const nlohmann::json& v, wire::Role role) {
    const std::string who = role == wire::Role::initiator ? "init" : "resp";
    const auto key = [&](const char* what) {
        return crypto::AgreementKey::from_secret(
            crypto::Secret32(unhex_array<32>(v.at(who + what).get<std::string>())));
    };
    wire::HandshakeState state(role, key("_static"), unhex(v.at(who + "_prologue").get<std::string>()));
    state.fix_ephemeral_for_test(key("_ephemeral"));
    return state;
}

TEST(Noise, FollowsThePublishedVector) {
    const nlohmann::json v = vector_of_xx();
    ASSERT_EQ(v.at("protocol_name"), "Noise_XX_25519_ChaChaPoly_BLAKE2b");
    wire::HandshakeState initiator = side(v, wire::Role::initiator);
    wire::HandshakeState responder = side(v, wire::Role::responder);
    const auto& messages = v.at("messages");
    ASSERT_EQ(messages.size(), 6U);

    for (std::size_t i = 0; i < 3; ++i) {
        wire::HandshakeState& writer = i % 2 == 0 ? initiator : responder;
        wire::HandshakeState& reader = i % 2 == 0 ? responder : initiator;
        wire::BytesOut sealed;
        wire::BytesOut opened;
        ASSERT_FALSE(writer.write_message(unhex(messages[i].at("payload").get<std::string>()), sealed));
        EXPECT_EQ(hex(sealed), messages[i].at("ciphertext"));
        ASSERT_FALSE(reader.read_message(sealed, opened));
        EXPECT_EQ(hex(opened), messages[i].at("payload"));
    }
    ASSERT_TRUE(initiator.finished() && responder.finished());
    wire::Transport here = initiator.split();
    wire::Transport there = responder.split();
    EXPECT_EQ(hex(here.handshake_hash), v.at("handshake_hash"));
    EXPECT_EQ(hex(there.handshake_hash), v.at("handshake_hash"));

    for (std::size_t i = 3; i < 6;
         ++i) {  // the responder goes on: the roles alternate through the whole vector
        wire::Transport& writer = i % 2 == 0 ? here : there;
        wire::Transport& reader = i % 2 == 0 ? there : here;
        wire::BytesOut sealed;
        wire::BytesOut opened;
        ASSERT_FALSE(writer.sending.encrypt({}, unhex(messages[i].at("payload").get<std::string>()), sealed));
        EXPECT_EQ(hex(sealed), messages[i].at("ciphertext"));
        ASSERT_FALSE(reader.receiving.decrypt({}, sealed, opened));
        EXPECT_EQ(hex(opened), messages[i].at("payload"));
    }
}

}  // namespace
}  // namespace coop

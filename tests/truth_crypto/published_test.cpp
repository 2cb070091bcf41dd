// Published vectors of the primitives that everything else stands on.
#include <gtest/gtest.h>

#include "engine/crypto/aead.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/crypto/keys.hpp"
#include "tests/unit/wire/hex.hpp"

namespace coop {
namespace {

using test::hex;
using test::text;
using test::unhex;
using test::unhex_array;

struct SignatureVector {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
};

// RFC 8032, §7.1, tests 1 to 3.
constexpr SignatureVector rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, SignsAsRfc8032Says) {
    for (const SignatureVector& v : rfc8032) {
        const auto key = crypto::SigningKey::from_seed(crypto::Secret32(unhex_array<32>(v.seed)));
        EXPECT_EQ(hex(key.public_key().bytes), v.public_key);
        const protocol::Signature made = key.sign(unhex(v.message));
        EXPECT_EQ(hex(made.bytes), v.signature);
        EXPECT_TRUE(crypto::verify(key.public_key(), unhex(v.message), made));
        EXPECT_FALSE(crypto::verify(key.public_key(), text("another message"), made));
    }
}

TEST(X25519, AgreesAsRfc7748Says) {  // RFC 7748, §6.1
    const auto alice = crypto::AgreementKey::from_secret(crypto::Secret32(
        unhex_array<32>("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")));
    const auto bob = crypto::AgreementKey::from_secret(crypto::Secret32(
        unhex_array<32>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")));
    EXPECT_EQ(hex(alice.public_key().bytes),
              "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    EXPECT_EQ(hex(bob.public_key().bytes),
              "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const auto shared = alice.agree(bob.public_key());
    ASSERT_TRUE(shared.has_value());
    EXPECT_EQ(hex(shared->view()), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

TEST(Blake2b, HashesAbcAsRfc7693Says) {  // RFC 7693, Appendix A
    EXPECT_EQ(hex(crypto::blake2b_512(text("abc"))),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    EXPECT_EQ(hex(crypto::Blake2b(64).add(text("a")).add(text("")).add(text("bc")).hash64()),
              hex(crypto::blake2b_512(text("abc"))));
}

TEST(Blake2b, NamesContentWith256Bits) {
    // Computed with CPython 3.11's hashlib.blake2b(b"abc", digest_size=32).
    EXPECT_EQ(base::to_hex(crypto::blake2b_256(text("abc"))),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(HmacBlake2b, IsRfc2104OverBlake2b) {
    // Computed with CPython 3.11's hmac.new(key, message, hashlib.blake2b), for a short key and one beyond a
    // block.
    EXPECT_EQ(hex(crypto::hmac_blake2b_512(text("Jefe"), text("what do ya want for nothing?"))),
              "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643"
              "b8807c1335d107ecdb9ffeaeb6828c4625ba172c66379efcd222c2de11727ab4");
    const std::vector<std::uint8_t> long_key(131, 0xaa);
    EXPECT_EQ(hex(crypto::hmac_blake2b_512(long_key,
                                           text("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "a54b2943b2a20227d41ca46c0945af09bc1faefb2f49894c23aebc557fb79c48"
              "89dca74408dc865086667aedee4a3185c53a49c80b814c4c5813ea0c8b38a8f8");
}

}  // namespace
}  // namespace coop

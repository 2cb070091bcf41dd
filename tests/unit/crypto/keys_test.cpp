#include "engine/crypto/keys.hpp"

#include <gtest/gtest.h>

namespace coop {
namespace {

using crypto::Secret32;

Secret32 seed(std::uint8_t n) {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(n);
    return Secret32(bytes);
}

TEST(Identity, GrowsFromItsSeedAlone) {
    const auto once = crypto::Identity::from_seed(seed(1));
    const auto again = crypto::Identity::from_seed(seed(1));
    const auto other = crypto::Identity::from_seed(seed(2));
    EXPECT_EQ(once.key(), again.key());
    EXPECT_EQ(once.agreement.public_key(), again.agreement.public_key());
    EXPECT_NE(once.key(), other.key());
    EXPECT_NE(once.agreement.public_key(), other.agreement.public_key());
}

TEST(Identity, DoesNotAgreeWithTheSecretItSignsWith) {
    const auto own = crypto::Identity::from_seed(seed(1));
    EXPECT_NE(own.agreement.public_key(), crypto::AgreementKey::from_secret(seed(1)).public_key());
}

TEST(SigningKey, IsCheckedAgainstItsOwner) {
    const auto own = crypto::SigningKey::random();
    const auto other = crypto::SigningKey::random();
    const std::vector<std::uint8_t> message{1, 2, 3};
    const auto signature = own.sign(message);
    EXPECT_TRUE(crypto::verify(own.public_key(), message, signature));
    EXPECT_FALSE(crypto::verify(other.public_key(), message, signature));
    EXPECT_FALSE(crypto::verify(base::Key{}, message, protocol::Signature{}));
}

TEST(AgreementKey, RefusesKeysOfSmallOrder) {
    EXPECT_FALSE(crypto::AgreementKey::random().agree(base::Key{}).has_value());
    base::Key one;
    one.bytes[0] = 1;
    EXPECT_FALSE(crypto::AgreementKey::random().agree(one).has_value());
}

TEST(Secrets, AreWipedAndComparedWhole) {
    std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
    EXPECT_TRUE(crypto::same(bytes, std::array<std::uint8_t, 4>{1, 2, 3, 4}));
    EXPECT_FALSE(crypto::same(bytes, std::array<std::uint8_t, 4>{1, 2, 3, 5}));
    EXPECT_FALSE(crypto::same(bytes, std::array<std::uint8_t, 3>{1, 2, 3}));
    EXPECT_TRUE(crypto::same({}, {}));
    crypto::wipe(bytes);
    EXPECT_EQ(bytes, (std::array<std::uint8_t, 4>{}));
    EXPECT_FALSE(crypto::same(Secret32::random().view(), Secret32::random().view()));
}

}  // namespace
}  // namespace coop

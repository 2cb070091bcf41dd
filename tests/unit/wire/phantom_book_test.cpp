#include "engine/wire/phantom_book.hpp"

#include <gtest/gtest.h>

#include "engine/crypto/priced.hpp"

namespace coop {
namespace {

TEST(PhantomBook, RanksByTheKeysThatPricedCryptoRanksBy) {
    const wire::PhantomBook book(5, 300);
    const crypto::PricedCrypto priced(5);
    for (std::uint32_t i = 0; i < 300; ++i) {
        ASSERT_EQ(book.key_of({i})->prefix(), priced.key_prefix({i}));
        ASSERT_EQ(book.find(*book.key_of({i})), protocol::PeerId{i});
    }
}

TEST(PhantomBook, KnowsNobodyElse) {
    wire::PhantomBook book(5, 3);
    EXPECT_EQ(book.key_of({3}), nullptr);
    EXPECT_TRUE(book.intern(*wire::PhantomBook(6, 1).key_of({0}), {}).is_none());
}

}  // namespace
}  // namespace coop

#include <gtest/gtest.h>

#include "engine/crypto/aead.hpp"

namespace coop {
namespace {

using crypto::BytesOut;
using crypto::Secret32;

const BytesOut plain{1, 2, 3, 4, 5};
const BytesOut associated{9};

TEST(Seal, OpensUnderTheSameKeyCounterAndContextOnly) {
    const Secret32 key = Secret32::random();
    BytesOut sealed;
    crypto::seal({key, 7}, associated, plain, sealed);
    EXPECT_EQ(sealed.size(), plain.size() + crypto::tag_bytes);
    BytesOut out{42};
    EXPECT_FALSE(crypto::open({key, 8}, associated, sealed, out));
    EXPECT_FALSE(crypto::open({key, 7}, {}, sealed, out));
    EXPECT_FALSE(crypto::open({Secret32::random(), 7}, associated, sealed, out));
    EXPECT_EQ(out, BytesOut{42});
    EXPECT_TRUE(crypto::open({key, 7}, associated, sealed, out));
    EXPECT_EQ(out, (BytesOut{42, 1, 2, 3, 4, 5}));
}

TEST(Seal, UsesAllBitsOfTheCounter) {
    const Secret32 key = Secret32::random();
    BytesOut sealed;
    crypto::seal({key, 1}, {}, plain, sealed);
    for (unsigned bit = 1; bit < 64; ++bit) {
        BytesOut out;
        EXPECT_FALSE(crypto::open({key, 1 ^ (std::uint64_t{1} << bit)}, {}, sealed, out)) << bit;
    }
}

TEST(Seal, RefusesWhatIsShorterThanATag) {
    for (std::size_t size = 0; size < crypto::tag_bytes; ++size) {
        BytesOut out;
        EXPECT_FALSE(crypto::open({Secret32{}, 0}, {}, BytesOut(size), out));
    }
}

}  // namespace
}  // namespace coop

#include "engine/base/digest.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "engine/base/id.hpp"

namespace {

using coop::base::Digest;
using coop::base::Id;
using coop::base::parse_hex32;
using coop::base::to_hex;

Digest counted() {
    Digest digest;
    for (std::size_t i = 0; i < digest.bytes.size(); ++i)
        digest.bytes[i] = static_cast<std::uint8_t>(i * 8 + 7);
    return digest;
}

TEST(Digest, IsWrittenAsLowerCaseHexadecimal) {
    EXPECT_EQ(to_hex(counted()), "070f171f272f373f474f575f676f777f878f979fa7afb7bfc7cfd7dfe7eff7ff");
}

TEST(Digest, IsReadBackInEitherCase) {
    const std::string text = to_hex(counted());
    std::string shouted;
    for (const char c : text) shouted.push_back(c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c);
    EXPECT_EQ(parse_hex32(text), counted().bytes);
    EXPECT_EQ(parse_hex32(shouted), counted().bytes);
}

TEST(Digest, IsNotReadFromAnythingButSixtyFourDigits) {
    const std::string text = to_hex(counted());
    EXPECT_FALSE(parse_hex32(""));
    EXPECT_FALSE(parse_hex32(text.substr(1)));
    EXPECT_FALSE(parse_hex32(text + "0"));
    for (const char wrong : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\xff'}) {
        std::string spoilt = text;
        spoilt[17] = wrong;
        EXPECT_FALSE(parse_hex32(spoilt)) << static_cast<int>(wrong);
    }
}

TEST(Digest, RanksByItsFirstEightBytesLittleEndian) { EXPECT_EQ(counted().prefix(), 0x3f372f271f170f07u); }

TEST(Id, IsNobodyUntilItIsSet) {
    using SeatId = Id<struct SeatTag>;
    EXPECT_TRUE(SeatId{}.is_none());
    EXPECT_FALSE(SeatId{0}.is_none());
    EXPECT_LT(SeatId{3}, SeatId{4});
}

}  // namespace

#include "engine/runtime/endpoint.hpp"

#include <gtest/gtest.h>

namespace coop::runtime::test {
namespace {

protocol::Endpoint at(const char* text) { return parse_endpoint(text).value(); }

TEST(Endpoints, AreReadAndWritten) {
    for (const char* const text : {"192.0.2.7:7100", "[2001:db8::7]:7100", "127.0.0.1:0", "[::]:1"}) {
        EXPECT_EQ(to_text(at(text)), text);
    }
    for (const char* const text : {"", "7100", "192.0.2.7", "192.0.2.7:", "192.0.2.7:70000", "192.0.2:1x",
                                   "name:1", "2001:db8::7:7100", "[]:1", "[192.0.2.7]:1", "192.0.2.7:-1"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
}

TEST(Endpoints, CanBeDialledWhenTheyNameOneBoard) {
    EXPECT_TRUE(can_be_dialled(at("192.0.2.7:7100")));
    EXPECT_TRUE(can_be_dialled(at("[::1]:7100")));
    EXPECT_FALSE(can_be_dialled(at("192.0.2.7:0")));
    EXPECT_FALSE(can_be_dialled(at("0.0.0.0:7100")));
    EXPECT_FALSE(can_be_dialled(at("[::]:7100")));
}

TEST(Endpoints, OfOneHouseholdAreOneIpv4AddressOrOneIpv6Network) {
    EXPECT_TRUE(same_place(at("192.0.2.7:1"), at("192.0.2.7:2")));
    EXPECT_FALSE(same_place(at("192.0.2.7:1"), at("192.0.2.8:1")));
    EXPECT_TRUE(same_place(at("[2001:db8:1:2::7]:1"), at("[2001:db8:1:2:ffff::9]:1")));
    EXPECT_FALSE(same_place(at("[2001:db8:1:2::7]:1"), at("[2001:db8:1:3::7]:1")));
    EXPECT_FALSE(same_place(at("[::1]:1"), at("127.0.0.1:1")));
}

}  // namespace
}  // namespace coop::runtime::test

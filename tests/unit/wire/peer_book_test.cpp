// A handle means one key for good, and strangers are bounded.
#include "engine/wire/peer_book.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/crypto/phantom.hpp"

namespace coop {
namespace {

using wire::BoundedPeerBook;
using wire::Endpoint;
using wire::LinkBook;
using wire::PeerId;

base::Key key(std::uint32_t n) { return crypto::simulated_key(9, {n}); }
Endpoint port(std::uint16_t n) { return {{1}, n}; }

TEST(PeerBook, GivesOneKeyOneHandle) {
    BoundedPeerBook book;
    const PeerId a = book.intern(key(1), port(1));
    const PeerId b = book.intern(key(2), {});
    EXPECT_EQ(a, PeerId{0});
    EXPECT_EQ(b, PeerId{1});
    EXPECT_EQ(book.intern(key(1), {}), a);
    EXPECT_EQ(book.find(key(2)), b);
    EXPECT_TRUE(book.find(key(3)).is_none());
    EXPECT_EQ(*book.key_of(b), key(2));
    EXPECT_EQ(book.key_of({2}), nullptr);
    EXPECT_EQ(book.key_of(PeerId::none()), nullptr);
}

TEST(PeerBook, TurnsStrangersAwayWhenFullAndKeepsThoseItKnows) {
    BoundedPeerBook book({.members_max = 10, .strangers_max = 3});
    for (std::uint32_t n = 0; n < 3; ++n) EXPECT_FALSE(book.intern(key(n), {}).is_none());
    EXPECT_TRUE(book.intern(key(3), {}).is_none());
    EXPECT_EQ(book.refused(), 1U);
    EXPECT_EQ(book.intern(key(2), {}), PeerId{2});

    EXPECT_TRUE(book.promote({1}));
    EXPECT_TRUE(book.promote({1}));
    EXPECT_EQ(book.strangers(), 2U);
    EXPECT_EQ(book.intern(key(3), {}), PeerId{3});
    EXPECT_TRUE(book.intern(key(4), {}).is_none());
    EXPECT_EQ(*book.key_of({1}), key(1));
}

TEST(PeerBook, BoundsMembersToo) {
    BoundedPeerBook book({.members_max = 1, .strangers_max = 3});
    EXPECT_TRUE(book.promote(book.intern(key(0), {})));
    EXPECT_FALSE(book.promote(book.intern(key(1), {})));
    EXPECT_FALSE(book.promote({77}));
    EXPECT_TRUE(book.is_member({0}));
    EXPECT_FALSE(book.is_member({1}));
}

TEST(PeerBook, BelievesConfirmedEndpointsOverHearsay) {
    BoundedPeerBook book;
    const PeerId a = book.intern(key(1), {});
    book.intern(key(1), port(5));
    EXPECT_EQ(book.endpoint_of(a), port(5));
    book.intern(key(1), port(6));
    EXPECT_EQ(book.endpoint_of(a), port(6));
    book.confirm(a, port(7));
    book.intern(key(1), port(8));
    EXPECT_EQ(book.endpoint_of(a), port(7));
    book.confirm(a, {});
    EXPECT_EQ(book.endpoint_of(a), port(7));
    book.confirm(a, port(9));
    EXPECT_EQ(book.endpoint_of(a), port(9));
    EXPECT_EQ(book.endpoint_of({99}), Endpoint{});
}

TEST(PeerBook, ForgetsStrangersAndNeverMembers) {
    BoundedPeerBook book({.members_max = 10, .strangers_max = 3});
    for (std::uint32_t n = 0; n < 3; ++n) book.intern(key(n), {});
    ASSERT_TRUE(book.promote({1}));
    const std::vector<PeerId> all{{2}, {1}, {0}, {77}};
    EXPECT_EQ(book.forget(all), 2U);
    EXPECT_EQ(book.size(), 1U);
    EXPECT_EQ(book.strangers(), 0U);
    EXPECT_EQ(book.key_of({0}), nullptr);
    EXPECT_TRUE(book.find(key(2)).is_none());
    EXPECT_EQ(*book.key_of({1}), key(1));
    EXPECT_EQ(book.find(key(1)), PeerId{1});
    EXPECT_FALSE(book.promote({0}));
    EXPECT_EQ(book.forget(all), 0U);
}

TEST(PeerBook, NeverGivesAForgottenHandleToSomebodyElse) {
    BoundedPeerBook book;
    const PeerId first = book.intern(key(1), {});
    book.forget(std::vector{first});
    EXPECT_EQ(book.intern(key(2), {}), PeerId{1});
    EXPECT_EQ(book.intern(key(1), {}), PeerId{2});
    EXPECT_EQ(book.key_of(first), nullptr);
}

TEST(LinkBook, LetsOneLinkNameOnlySoManyStrangers) {
    BoundedPeerBook board;
    LinkBook hostile(board, 3);
    LinkBook honest(board, 3);
    for (std::uint32_t n = 0; n < 100; ++n) hostile.intern(key(n), {});
    EXPECT_EQ(board.size(), 3U);
    EXPECT_EQ(hostile.intern(key(2), {}), PeerId{2});
    EXPECT_EQ(honest.intern(key(50), {}), PeerId{3});
    EXPECT_EQ(hostile.refused(), 97U);
    EXPECT_EQ(hostile.introduced().size(), 3U);
}

TEST(LinkBook, LeavesRoomForWhoeverComesByItselfHoweverManyLinksAreHostile) {
    constexpr std::uint32_t connections = 128;  // runtime::Limits::connections_max
    constexpr std::uint32_t names = 2000;       // more than any link may introduce
    BoundedPeerBook board;
    for (std::uint32_t link = 0; link + 1 < connections; ++link) {
        LinkBook hostile(board);
        for (std::uint32_t n = 0; n < names; ++n) hostile.intern(key(link * names + n), {});
    }
    EXPECT_EQ(board.refused(), 0U);
    EXPECT_LE(board.strangers(), 8 * 1024 + (connections - 9) * 64);
    LinkBook newcomer(board);
    EXPECT_FALSE(newcomer.intern(key(connections * names), {}).is_none());
}

TEST(LinkBook, CountsNobodyWhoBecameAMember) {
    BoundedPeerBook board;
    LinkBook link(board, 2);
    for (std::uint32_t n = 0; n < 100; ++n) {
        const PeerId met = link.intern(key(n), {});
        ASSERT_FALSE(met.is_none());
        board.promote(met);
    }
}

TEST(PeerBook, MembersWhomNobodyKeepsAccountOfMakeRoomForOthers) {
    BoundedPeerBook book({.members_max = 8, .strangers_max = 3});
    std::vector<PeerId> members;
    for (std::uint8_t i = 1; i <= 8; ++i) {
        EXPECT_EQ(book.crowded(), i == 8);
        members.push_back(book.intern(key(i), {}));
        ASSERT_TRUE(book.promote(members.back()));
    }
    const PeerId next = book.intern(key(9), {});
    EXPECT_FALSE(book.promote(next));
    const auto demoted = book.demote_unless([&](PeerId peer) { return peer != members[2]; });
    EXPECT_EQ(demoted, std::vector<PeerId>{members[2]});
    EXPECT_TRUE(book.promote(next));
    EXPECT_EQ(book.forget(demoted), 1U);
    EXPECT_EQ(book.key_of(members[2]), nullptr);
    EXPECT_NE(book.key_of(members[3]), nullptr);
}

}  // namespace
}  // namespace coop

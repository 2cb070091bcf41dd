#include "models/board/boards.hpp"

#include <gtest/gtest.h>

namespace coop::models {
namespace {

using base::microseconds;
using base::milliseconds;

TEST(Boards, ChargeWhatTheProfileSays) {
    Profile profile;
    profile.cores = 3;
    profile.step = microseconds(1);
    profile.per_hashed_mib = microseconds(2);
    profile.per_sealed_mib = microseconds(3);
    profile.per_signature = microseconds(4);
    profile.per_verification = microseconds(5);
    profile.per_sync = milliseconds(6);
    profile.disk_write = {7};
    profile.disk_read = {8};
    profile.nic = {9};
    profile.idle_mw = 10;
    profile.busy_mw = 11;
    profile.boot = base::seconds(12);
    const sim::Board board = charged(profile);
    EXPECT_EQ(board.cores, 3u);
    EXPECT_EQ(board.step, microseconds(1));
    EXPECT_EQ(board.per_hashed_mib, microseconds(2));
    EXPECT_EQ(board.per_sealed_mib, microseconds(3));
    EXPECT_EQ(board.per_signature, microseconds(4));
    EXPECT_EQ(board.per_verification, microseconds(5));
    EXPECT_EQ(board.per_sync, milliseconds(6));
    EXPECT_EQ(board.disk_write, base::ByteRate{7});
    EXPECT_EQ(board.disk_read, base::ByteRate{8});
    EXPECT_EQ(board.nic, base::ByteRate{9});
    EXPECT_EQ(board.idle_mw, 10);
    EXPECT_EQ(board.busy_mw, 11);
    EXPECT_EQ(board.boot, base::seconds(12));
}

TEST(Boards, BelongToTheirMembers) {
    Profile small;
    small.cores = 1;
    Profile large;
    large.cores = 8;
    const ProfiledBoards boards({small, large}, {1, 0, 1});
    EXPECT_EQ(boards.board(sim::PeerId{0}).cores, 8u);
    EXPECT_EQ(boards.board(sim::PeerId{1}).cores, 1u);
    EXPECT_EQ(&boards.board(sim::PeerId{0}), &boards.board(sim::PeerId{2})) << "one a kind, not one a member";
}

}  // namespace
}  // namespace coop::models

#include "models/board/boards.hpp"

#include <utility>

#include "engine/base/assert.hpp"

namespace coop::models {

sim::Board charged(const Profile& profile) {
    sim::Board board;
    board.cores = profile.cores;
    board.step = profile.step;
    board.per_hashed_mib = profile.per_hashed_mib;
    board.per_sealed_mib = profile.per_sealed_mib;
    board.per_signature = profile.per_signature;
    board.per_verification = profile.per_verification;
    board.per_sync = profile.per_sync;
    board.disk_write = profile.disk_write;
    board.disk_read = profile.disk_read;
    board.nic = profile.nic;
    board.idle_mw = profile.idle_mw;
    board.busy_mw = profile.busy_mw;
    board.boot = profile.boot;
    return board;
}

ProfiledBoards::ProfiledBoards(const std::vector<Profile>& kinds, std::vector<std::uint32_t> kind_of_member)
    : kind_of_member_(std::move(kind_of_member)) {
    for (const Profile& kind : kinds) boards_.push_back(charged(kind));
    for (const std::uint32_t kind : kind_of_member_) COOP_ASSERT(kind < boards_.size());
}

}  // namespace coop::models

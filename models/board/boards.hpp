// Boards by profile: each member has one kind of board, and a kind is a file of measured figures.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/sim/ports.hpp"
#include "models/board/profile.hpp"

namespace coop::models {

/// The profile's figures in the form that the simulated host charges.
sim::Board charged(const Profile& profile);

class ProfiledBoards final : public sim::Boards {
  public:
    /// `kind_of_member[i]` is an index into `kinds`.
    ProfiledBoards(const std::vector<Profile>& kinds, std::vector<std::uint32_t> kind_of_member);
    const sim::Board& board(sim::PeerId node) const override { return boards_[kind_of_member_[node.index]]; }

  private:
    std::vector<sim::Board> boards_;
    std::vector<std::uint32_t> kind_of_member_;
};

}  // namespace coop::models

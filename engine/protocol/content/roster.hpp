// Roster: who may hold content, as the placement policy sees it. A snapshot of the Directory.
//
// Law: two members with the same Directory have the same Roster, so they name the same holders without
// asking.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/policy/placement.hpp"
#include "engine/protocol/crypto.hpp"
#include "engine/protocol/membership/directory.hpp"

namespace coop::protocol::content {

struct Place {
    PeerId peer;
    policy::DailyHours hours;
    bool leaving = false;  ///< its copies may be fetched, and count no more
};

class Roster {
  public:
    /// Takes everybody who has neither departed nor failed. A member that accepts nothing new keeps what it
    /// holds but is given nothing; one that is leaving is a place to fetch from, and no more.
    void rebuild(const membership::Directory& directory, const Crypto& crypto);

    std::size_t size() const { return places_.size(); }
    const Place& at(std::uint32_t index) const { return places_[index]; }
    std::optional<std::uint32_t> index_of(PeerId peer) const;
    /// Was a member, and leaves, has departed or failed.
    bool lost(PeerId peer) const { return std::binary_search(lost_.begin(), lost_.end(), peer); }

    /// For choosing: full boards weigh nothing.
    std::span<const policy::Candidate> takers() const { return takers_; }
    /// For judging whether copies suffice: whoever is alive counts.
    std::span<const policy::Candidate> holders() const { return holders_; }

  private:
    std::vector<Place> places_;  // sorted by peer
    std::vector<PeerId> lost_;   // sorted
    std::vector<policy::Candidate> takers_;
    std::vector<policy::Candidate> holders_;
};

}  // namespace coop::protocol::content

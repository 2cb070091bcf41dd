// Placement: which members should hold an object, and whether those who do are enough.
//
//     object ──► rank every candidate by weighted rendezvous hashing ──► the first n
//
// Law: every member that knows the same candidates names the same holders; nobody is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/policy/policy.hpp"

namespace coop::policy {

/// A member that may hold content. `key` identifies it to everyone alike (a prefix of its public key).
struct Candidate {
    std::uint64_t key = 0;
    std::uint32_t weight = 1;  ///< relative; 0 takes nothing
};

struct PlacementView {
    std::uint64_t object = 0;  ///< prefix of the object's digest
    std::span<const Candidate> members;
};

class Placement : public Policy {
  public:
    /// Fills `chosen` with indexes into `view.members`, best first; returns how many it filled.
    virtual std::size_t choose(const PlacementView& view, std::span<std::uint32_t> chosen) const noexcept = 0;
    /// Whether copies on these members (indexes into `view.members`) keep the promise.
    virtual bool satisfied_by(const PlacementView& view,
                              std::span<const std::uint32_t> holders) const noexcept = 0;
    /// The most that `choose` ever fills.
    virtual std::size_t chosen_max() const noexcept = 0;
};

/// The score of one member for one object, -w / ln u with u uniform from both names: the highest wins, so a
/// member is chosen in proportion to its weight, and one that leaves moves only its own objects.
/// Thaler, Ravishankar, "Using name-based mappings to increase hit rates", ToN 1998; weights: Schindelhauer,
/// Schomaker, "Weighted distributed hash tables", SPAA 2005.
double rendezvous_score(std::uint64_t object, const Candidate& member) noexcept;

/// `copies/1`: n equal copies on the n best-ranked members.
std::unique_ptr<Placement> make_copies(std::int64_t copies);

}  // namespace coop::policy

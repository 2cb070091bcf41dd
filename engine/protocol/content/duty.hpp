// Duty: what one member should do about one object. A pure function of what everybody knows.
//
//     object ─► who should hold it? ─► who does? ─► enough: the author's and the couriers' copies may go
//                                              └──► not enough: am I one of those who should?    keep it
//                                                   └► can nobody carry it there sooner than I?  carry it
//
// A courier exists because members sleep: two boards that share 3 hours a day at their own times meet with
// probability 2·3/24. Where no holder ever meets a member that should hold the object, the member that is
// nearest to it by `Routes` takes a copy along, and the next one takes it from there.
//
// Law: no messages, no memory. Two members with the same knowledge never both carry; with different knowledge
// they cost one copy too many, which is released later.
#pragma once

#include <span>
#include <vector>

#include "engine/protocol/content/roster.hpp"
#include "engine/protocol/content/routes.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::protocol::content {

struct Holder {
    PeerId peer;
    Custody custody = Custody::keeper;
};
using Holders = std::vector<Holder>;
/// As many are remembered: all whom the policy may ask for, couriers, the author, and who holds one too many.
constexpr std::size_t holders_max(const policy::Placement& placement) {
    constexpr std::size_t beside = 13;  // Guess. Study: scenarios/studies/couriers.toml
    return placement.chosen_max() + beside;
}

enum class Duty : std::uint8_t {
    none,
    keep,     ///< fetch a copy and hold it
    carry,    ///< fetch a copy for somebody whom no holder meets
    promote,  ///< say that the copy here is one of the placed ones
    release,  ///< the copy here is no longer needed
};

struct Situation {
    PeerId self;
    std::uint64_t object = 0;  ///< prefix of its digest
    const Holders* holders = nullptr;
    base::Duration unsettled_for;  ///< how long there have been too few copies
};

struct Judgement {
    Duty duty = Duty::none;
    bool satisfied = false;
    bool repair = false;  ///< a keeper has left or failed: this copy replaces its own
};

/// What everybody works it out from.
struct Ground {
    const Roster& roster;
    Routes& routes;  ///< of this roster
    const policy::Placement& placement;
};

Judgement judge(const Situation& situation, const Ground& ground);

}  // namespace coop::protocol::content

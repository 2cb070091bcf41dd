// Population: the members of a scenario, drawn once, the same for a simulated and for a real run.
//
//     Scenario ──► who has which board, line, hours and contacts; what they wish for; what befalls them
//
// Law: a function of the scenario alone (its seed included).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/scenario.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "models/faults/plan.hpp"
#include "models/people/members.hpp"
#include "models/workload/wishes.hpp"

namespace coop::app {

struct Population {
    std::vector<std::string> groups;           ///< by member
    std::vector<std::uint32_t> board_of;       ///< by member, index into scenario.profiles
    std::vector<std::uint32_t> line_of;        ///< by member, index into scenario.lines
    std::unique_ptr<models::Members> members;  ///< configuration, hours, contacts, first start
    models::WishesParams wishes;
    models::FaultParams faults;

    std::uint32_t count() const { return members->count(); }
    const policy::Contribution& owner(std::uint32_t member) const {
        return members->own(protocol::PeerId{member}).owner;
    }
};
Population populate(const config::Scenario& scenario);

/// "member 7", as tables and logs call it.
std::string member_name(std::uint32_t member);

struct OwnedPolicies {
    std::unique_ptr<policy::Gossip> gossip;
    std::unique_ptr<policy::Placement> placement;
    std::unique_ptr<policy::Quota> quota;
    protocol::Policies view() const { return {placement.get(), quota.get(), gossip.get()}; }
};
OwnedPolicies make_policies(const config::PolicyChoices& choices);

}  // namespace coop::app

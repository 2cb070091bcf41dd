// Testbed replay: the boards' journals and what befell them, put in order of time and told to the same
// Session that looks on at a simulation.
#pragma once

#include <string>
#include <vector>

#include "engine/app/session.hpp"
#include "engine/app/testbed_driver.hpp"
#include "engine/policy/quota.hpp"

namespace coop::app {

struct Happening {
    base::Instant at;
    protocol::PeerId member;
    std::variant<protocol::Report, SentTick, sim::FaultKind> what;
};
struct Collected {
    std::vector<Happening> happenings;  ///< in order of time, until the end of the play
    std::uint64_t bad_lines = 0;
};
/// The error is a sentence.
base::Result<Collected, std::string> collect(const BoardPlan& plan, const Played& played);

struct ReplaySetup {
    const config::Scenario& scenario;
    const Population& population;
    const policy::Quota& quota;
    Session& session;
};
/// Owners' limits are judged on the way, as far as whole seconds tell: what leaves, the hours, and the disk.
void replay(const Collected& collected, const Played& played, const ReplaySetup& setup);

}  // namespace coop::app

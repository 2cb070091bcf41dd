#include "engine/app/population.hpp"

#include <algorithm>
#include <utility>

#include "models/people/mix.hpp"

namespace coop::app {
namespace {

using config::Offer;
using config::Scenario;

std::vector<std::int64_t> weights(const config::Mix& mix) {
    std::vector<std::int64_t> shares;
    for (const config::Part& part : mix) shares.push_back(part.share.ppm);
    return shares;
}

template <class Named>
std::uint32_t index_of(const std::vector<Named>& all, const std::string& name) {
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const Named& each) { return each.name == name; });
    COOP_ASSERT(at != all.end());  // the loader resolved every name
    return static_cast<std::uint32_t>(at - all.begin());
}

/// The members first, first + 1, … of one group, dealt their boards and lines.
struct Deal {
    const Offer& offer;
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t group;
};

void deal_out(const Scenario& scenario, const Deal& deal, Population& population) {
    using base::Purpose;
    const auto boards = models::deal(weights(deal.offer.boards), deal.count,
                                     base::Rng(scenario.seed, Purpose::board, deal.group));
    const auto lines = models::deal(weights(deal.offer.lines), deal.count,
                                    base::Rng(scenario.seed, Purpose::line, deal.group));
    for (std::uint32_t i = 0; i < deal.count; ++i) {
        population.board_of.push_back(index_of(scenario.profiles, deal.offer.boards[boards[i]].name));
        population.line_of.push_back(index_of(scenario.lines, deal.offer.lines[lines[i]].name));
        population.groups.emplace_back(config::place_of(scenario, deal.first + i).group);
    }
}

policy::Contribution contribution(const Scenario& scenario, const Population& population,
                                  std::uint32_t member) {
    const Offer& offer = *config::place_of(scenario, member).offer;
    const models::Line& line = scenario.lines[population.line_of[member]];
    policy::Contribution owner{line.up, line.down, offer.share_of_line, {{}, offer.hours}, offer.disk};
    if (owner.hours.always()) return owner;
    owner.hours = offer.hours_at.empty()
                      ? models::drawn_hours(scenario.seed, member, offer.hours)
                      : policy::DailyHours{offer.hours_at[member % offer.hours_at.size()], offer.hours};
    return owner;
}

models::Habit habit(const config::Workload& workload) {
    using config::WorkKind;
    const models::Deed deed = workload.kind == WorkKind::photos    ? models::Deed::photo
                              : workload.kind == WorkKind::notices ? models::Deed::notice
                                                                   : models::Deed::read;
    return {.deed = deed,
            .size = workload.size,
            .at = workload.at,
            .every = workload.every,
            .steady = workload.rhythm == config::Rhythm::steady,
            .from = workload.from,
            .until = workload.until,
            .skip_asleep = workload.when_asleep == config::WhenAsleep::skip,
            .by = workload.by};
}

models::Trouble trouble(const config::Fault& fault) {
    using config::FaultKind;
    const models::Mishap kind = fault.kind == FaultKind::power_cut ? models::Mishap::power_cut
                                : fault.kind == FaultKind::leave   ? models::Mishap::leave
                                : fault.kind == FaultKind::crash   ? models::Mishap::crash
                                                                   : models::Mishap::disk_full;
    return {.kind = kind,
            .at = fault.at,
            .lasts = fault.lasts,
            .share = fault.share,
            .count = fault.count,
            .members = fault.members,
            .farewell = fault.farewell};
}

}  // namespace

Population populate(const Scenario& scenario) {
    Population population;
    std::uint32_t first = 0;
    std::uint32_t number = 0;
    for (const config::Group& group : scenario.groups) {
        deal_out(scenario, {group.offer, first, group.count, number++}, population);
        first += group.count;
    }
    deal_out(scenario, {scenario.members.offer, first, scenario.members.count - first, number}, population);

    models::MembersParams params;
    params.seed = scenario.seed;
    params.common = scenario.tuning;
    params.contacts_each = std::min(scenario.members.contacts, scenario.members.count - 1);
    params.join_within = scenario.members.start_within;
    for (std::uint32_t i = 0; i < scenario.members.count; ++i) {
        params.owners.push_back(contribution(scenario, population, i));
    }
    population.members = std::make_unique<models::Members>(params);

    population.wishes = {scenario.seed, population.members->all_hours(), {}};
    for (const config::Workload& each : scenario.workloads) population.wishes.habits.push_back(habit(each));
    population.faults = {scenario.seed, population.members->all_hours(), {}};
    for (const config::Fault& each : scenario.faults) population.faults.troubles.push_back(trouble(each));
    return population;
}

std::string member_name(std::uint32_t member) { return "member " + std::to_string(member); }

OwnedPolicies make_policies(const config::PolicyChoices& choices) {
    OwnedPolicies policies{
        policy::make_gossip(choices.gossip.name, config::values_of(choices.gossip)),
        policy::make_placement(choices.placement.name, config::values_of(choices.placement)),
        policy::make_quota(choices.quota.name, config::values_of(choices.quota))};
    // The loader resolved the names.
    COOP_ASSERT(policies.gossip != nullptr && policies.placement != nullptr && policies.quota != nullptr);
    return policies;
}

}  // namespace coop::app

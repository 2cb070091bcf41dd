#include "models/faults/plan.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "models/people/mix.hpp"

namespace coop::models {
namespace {

using sim::FaultKind;

struct Pair {
    FaultKind begins;
    FaultKind ends;
};
Pair kinds_of(Mishap mishap) {
    switch (mishap) {
        case Mishap::power_cut:
            return {FaultKind::power_off, FaultKind::power_on};
        case Mishap::crash:
            return {FaultKind::kill, FaultKind::restart};
        case Mishap::disk_full:
            return {FaultKind::disk_full, FaultKind::disk_well};
        case Mishap::disk_failing:
            return {FaultKind::disk_failing, FaultKind::disk_well};
        case Mishap::leave:
            break;
    }
    return {FaultKind::leave, FaultKind::power_off};
}

}  // namespace

std::vector<std::uint32_t> struck(const Trouble& trouble, std::uint32_t members, base::Rng rng) {
    if (!trouble.members.empty()) return trouble.members;
    const std::int64_t by_share = (trouble.share.ppm * std::int64_t{members} + 500'000) / 1'000'000;
    const auto wanted = trouble.count > 0 ? trouble.count : static_cast<std::uint32_t>(by_share);
    return pick(std::min(wanted, members), members, rng);
}

FaultPlan::FaultPlan(const FaultParams& params) {
    for (std::size_t i = 0; i < params.troubles.size(); ++i)
        plan(params, params.troubles[i], base::Rng(params.seed, base::Purpose::fault, i));
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const sim::Fault& a, const sim::Fault& b) { return a.at < b.at; });
    for (const Gone& gone : gone_)
        std::erase_if(faults_, [&](const sim::Fault& fault) {
            return fault.node.index == gone.member && fault.at >= gone.at &&
                   fault.kind != FaultKind::power_off;
        });
}

std::optional<sim::Fault> FaultPlan::next() {
    if (read_ == faults_.size()) return {};
    return faults_[read_++];
}

void FaultPlan::plan(const FaultParams& params, const Trouble& trouble, base::Rng rng) {
    const auto members = static_cast<std::uint32_t>(params.hours.size());
    for (const std::uint32_t member : struck(trouble, members, rng)) {
        if (trouble.kind == Mishap::leave) {
            leave(trouble, member);
            continue;
        }
        const Pair kinds = kinds_of(trouble.kind);
        const base::Instant at = base::Instant::zero() + trouble.at;
        add(at, member, kinds.begins);
        if (trouble.lasts < base::Duration::max()) add(at + trouble.lasts, member, kinds.ends);
    }
}

void FaultPlan::leave(const Trouble& trouble, std::uint32_t member) {
    if (std::find(left_.begin(), left_.end(), member) != left_.end()) return;
    left_.push_back(member);
    const base::Instant at = base::Instant::zero() + trouble.at;
    if (trouble.farewell) return add(at, member, FaultKind::leave);
    add(at, member, FaultKind::power_off);
    gone_.push_back({member, at});
}

void FaultPlan::add(base::Instant at, std::uint32_t member, sim::FaultKind kind) {
    COOP_ASSERT(kind >= sim::FaultKind::power_off);
    faults_.push_back({at, sim::PeerId{member}, kind});
}

}  // namespace coop::models

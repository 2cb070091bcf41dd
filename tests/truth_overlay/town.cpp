#include "tests/truth_overlay/town.hpp"

#include <algorithm>
#include <cmath>

#include "engine/sim/phantom.hpp"

namespace coop::protocol::test {
namespace {

constexpr base::Duration between_joins = base::milliseconds(20);
// More than so many do not all keep account of each other: their links are what is looked at.
constexpr std::uint32_t crowd = 1024;
constexpr base::ByteRate boundless{100'000'000'000};  // what the line "ideal" has

std::vector<Config> townsfolk(std::uint32_t members, std::uint64_t seed) {
    Config config;
    config.owner.line_up = config.owner.line_down = boundless;
    config.owner.share = base::percent(100);
    if (members > crowd) config.membership.members_max = config.broadcast.strangers_max = crowd;
    std::vector<Config> all(members, config);
    base::Rng rng(seed, base::Purpose::contacts, 0);
    for (std::uint32_t i = 1; i < members; ++i) {
        all[i].contacts.push_back(PeerId{static_cast<std::uint32_t>(rng.below(i))});
    }
    return all;
}

}  // namespace

Town::Town(std::uint32_t members, std::uint64_t seed, const policy::Gossip& gossip)
    : members_(members), people_(townsfolk(members, seed)), alive_(members, true) {
    for (std::uint32_t i = 0; i < members; ++i)
        people_.joins.push_back(base::Instant::zero() + between_joins * i);
    const sim::Setup setup{.seed = seed,
                           .policies = {placement_.get(), quota_.get(), &gossip},
                           .sample_every = {},
                           .keep_records = false,
                           .count_kinds = false,
                           .check_quota = false};
    run_ = std::make_unique<sim::Simulation>(setup,
                                             sim::World{boards_, people_, network_, tasks_, faults_, *this});
}

void Town::grow(std::uint32_t shuffles) {
    run_for(between_joins * members_);
    run_for(MembershipConfig{}.shuffle_every * shuffles);
}

void Town::run_for(base::Duration time) {
    // Before anything has happened, "now" is the beginning of time.
    const base::Instant now = std::max(run_->now(), base::Instant::zero());
    run_->run_until(now + time);
}

void Town::kill_randomly(double fraction, std::uint64_t seed) {
    base::Rng rng(seed, base::Purpose::fault, 0);
    auto left = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(members_)));
    while (left > 0) {
        const auto victim = static_cast<std::uint32_t>(rng.below(members_));
        if (!alive_[victim]) continue;
        alive_[victim] = false;
        run_->add(sim::Fault{run_->now(), PeerId{victim}, sim::FaultKind::power_off});
        --left;
    }
    run_for(base::Duration::zero());
}

Told Town::tell(std::uint32_t author) {
    told_ = {};
    told_.hops.assign(members_, -1);
    author_ = PeerId{author};
    run_->add(sim::Task{run_->now(), author_, sim::phantom_notice(base::kib(1))});
    const policy::Plumtree timers;
    run_for((timers.graft_after + timers.graft_again) * 2);
    author_ = PeerId::none();
    return told_;
}

void Town::on_send(const sim::Sent& sent) {
    if (author_.is_none()) return;
    if (const auto* m = std::get_if<Gossip>(sent.message)) {
        const bool of_it = m->statement->statement.id == told_.id;
        told_.payloads += of_it ? 1 : 0;
        told_.pushed += of_it && m->hops != broadcast::hops_unpushed ? 1 : 0;
    } else if (const auto* announced = std::get_if<IHave>(sent.message)) {
        told_.announcements += announced->id == told_.id ? 1 : 0;
    } else if (const auto* asked = std::get_if<Graft>(sent.message)) {
        told_.grafts += asked->id == told_.id ? 1 : 0;
    } else if (std::holds_alternative<Prune>(*sent.message)) {
        ++told_.prunes;
    }
}

void Town::on_report(base::Instant, PeerId node, const Report& report) {
    if (author_.is_none()) return;
    if (report.what == What::published && node == author_) {
        told_.id = report.id;
        told_.hops[node.index] = 0;
    } else if (report.what == What::delivered && report.id == told_.id) {
        ++told_.delivered;
        told_.hops[node.index] = report.hops;
    }
}

Graph Town::overlay() const { return graph(&Node::neighbours); }
Graph Town::tree() const { return graph(&Node::eager); }

Graph Town::graph(PeerList (Node::*list)() const noexcept) const {
    Graph graph(members_);
    for (std::uint32_t i = 0; i < members_; ++i) {
        const Node* const node = run_->node(PeerId{i});
        if (node == nullptr) continue;
        for (const PeerId each : (node->*list)()) graph[i].push_back(each.index);
    }
    return graph;
}

}  // namespace coop::protocol::test

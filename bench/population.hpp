// Population: real nodes in one overlay, on ideal boards, ready to be run. For everything here that asks what
// the real node costs.
//
//     configs, lines ──► Population ──► simulation.run_until(…), reports.delivered
//
// Law: boards compute and store at no simulated cost, so a run costs what the node and its host cost.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/policy/catalogue.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::bench {

using protocol::PeerId;

/// A member of a very large overlay that does little beside broadcasting.
inline protocol::Config overlay_only(std::uint32_t contact) {
    protocol::Config config;
    config.owner = {base::ByteRate{1'000'000'000}, base::ByteRate{1'000'000'000}, base::percent(100), {}, {}};
    config.contacts = {PeerId{contact}};
    config.membership.members_max = 8;  // nobody knows a million members
    config.membership.shuffle_every = base::hours(1);
    config.membership.keep_alive_every = base::minutes(10);
    config.membership.link_silent_max = base::minutes(30);
    config.sync.every = base::hours(12);
    config.broadcast.cache_max = 64;
    return config;
}

/// When everybody of `overlay` has joined, and the overlay is at rest.
inline constexpr base::Instant settled = base::Instant::zero() + base::minutes(30);

/// Everybody joins through an earlier one within ten minutes.
inline sim::PlainPeople overlay(std::uint32_t members) {
    std::vector<protocol::Config> configs;
    base::Rng rng(1, base::Purpose::contacts, 0);
    for (std::uint32_t i = 0; i < members; ++i) {
        configs.push_back(overlay_only(static_cast<std::uint32_t>(rng.below(i == 0 ? 1 : i))));
    }
    sim::PlainPeople all(std::move(configs));
    for (std::uint32_t i = 0; i < members; ++i)
        all.joins.push_back(base::Instant::zero() + base::minutes(10) * i / members);
    return all;
}

struct Reports final : sim::Observer {
    void on_report(base::Instant, PeerId, const protocol::Report& report) override {
        delivered += report.what == protocol::What::delivered ? 1 : 0;
    }
    std::uint64_t delivered = 0;
};

class Population {
  public:
    Population(sim::PlainPeople members, sim::PlainNetwork lines, std::uint32_t threads = 1)
        : people_(std::move(members)), network_(std::move(lines)), simulation(setup(threads), world()) {}

    /// A kibibyte to all, said now.
    void publish(std::uint32_t who) {
        const protocol::Notice notice{base::kib(1), nullptr};
        simulation.add(sim::Task{simulation.now(), PeerId{who}, protocol::Publish{notice}});
    }
    void run_for(base::Duration time) { simulation.run_until(simulation.now() + time); }

  private:
    sim::Setup setup(std::uint32_t threads) const {
        sim::Setup setup;
        setup.threads = threads;
        setup.policies = {placement_.get(), quota_.get()};
        setup.keep_records = false;
        setup.count_kinds = false;
        setup.check_quota = false;
        return setup;
    }
    sim::World world() { return {boards_, people_, network_, tasks_, faults_, reports}; }

    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota_ = policy::make_no_quota(base::kib(1024));
    sim::PlainBoards boards_;
    sim::PlainPeople people_;
    sim::PlainNetwork network_;
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;

  public:
    Reports reports;
    sim::Simulation simulation;
};

}  // namespace coop::bench

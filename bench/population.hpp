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

/// Of a very large overlay that does little beside broadcasting.
inline protocol::Tuning overlay_only() {
    protocol::Tuning config;
    // Nobody knows a million members: as many are enough as there are links, for notices travel along links
    // alone, and views name more. That all are reached is measured.
    config.membership.members_max = 5;
    config.membership.shuffle_every = base::hours(1);
    config.membership.keep_alive_every = base::minutes(10);
    config.membership.link_silent_max = base::minutes(30);
    config.sync.every = base::hours(12);
    config.content.review_every = base::hours(1);  // there is no content
    // A place that a newcomer took is filled by the walks of the next ones; asking round is for when none
    // come.
    config.membership.join_retry = base::minutes(1);
    config.broadcast.cache_max = 64;
    return config;
}

/// Members on fast lines, all tuned alike, each of whom joins through one other.
class Crowd final : public sim::People {
  public:
    Crowd(const protocol::Tuning& tuning, std::uint32_t members) : tuning_(tuning) {
        own_.reserve(members);
        joins_.reserve(members);
    }
    void add(PeerId contact, base::Instant joins = base::Instant::zero()) {
        constexpr base::ByteRate line{1'000'000'000};
        own_.push_back({{line, line, base::percent(100), {}, {}}, {}});
        own_.back().contacts.push_back(contact);
        joins_.push_back(joins);
    }
    std::uint32_t count() const override { return static_cast<std::uint32_t>(own_.size()); }
    const protocol::Tuning& tuning(PeerId) const override { return tuning_; }
    const protocol::Own& own(PeerId node) const override { return own_[node.index]; }
    base::Instant joins_at(PeerId node) const override { return joins_[node.index]; }

  private:
    protocol::Tuning tuning_;
    std::vector<protocol::Own> own_;
    std::vector<base::Instant> joins_;
};

/// When everybody of `overlay` has joined, and the overlay is at rest.
inline constexpr base::Instant settled = base::Instant::zero() + base::minutes(30);

/// Everybody joins through an earlier one within ten minutes.
inline Crowd overlay(std::uint32_t members) {
    Crowd all(overlay_only(), members);
    base::Rng rng(1, base::Purpose::contacts, 0);
    for (std::uint32_t i = 0; i < members; ++i) {
        const PeerId contact{static_cast<std::uint32_t>(rng.below(i == 0 ? 1 : i))};
        all.add(contact, base::Instant::zero() + base::minutes(10) * i / members);
    }
    return all;
}

struct Reports final : sim::Observer {
    bool follows_messages() const override { return false; }
    void on_report(base::Instant, PeerId, const protocol::Report& report) override {
        delivered += report.what == protocol::What::delivered ? 1 : 0;
    }
    std::uint64_t delivered = 0;
};

class Population {
  public:
    Population(Crowd members, sim::PlainNetwork lines, std::uint32_t threads = 1)
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
    Crowd people_;
    sim::PlainNetwork network_;
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;

  public:
    Reports reports;
    sim::Simulation simulation;
};

}  // namespace coop::bench

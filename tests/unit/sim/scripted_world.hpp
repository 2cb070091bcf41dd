// A small world for scripted nodes, and a log of what they heard.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::test {

using base::Instant;
using base::microseconds;
using base::milliseconds;
using base::seconds;
using protocol::PeerId;

inline Instant at(base::Duration since_midnight) { return Instant::zero() + since_midnight; }

/// Messages that say which they are. On the line: kind 1 + key 32 + number 4, frame 4, tag 16, headers 52.
inline protocol::Message numbered(std::uint32_t number) { return protocol::Graft{{PeerId{0}, number}}; }
inline constexpr std::int64_t numbered_line = 1 + 32 + 4 + 4 + 16 + 52;

struct Heard {
    Instant at;
    std::uint32_t from, to, number;
    bool operator==(const Heard&) const = default;
};

class Log final : public sim::Observer {
  public:
    bool follows_steps() const override { return true; }
    void on_step(Instant now, PeerId node, const protocol::Input& input, const protocol::Outbox&) override {
        steps.emplace_back(now, node.index);
        if (const auto* const in = std::get_if<protocol::Received>(&input))
            if (const auto* const graft = std::get_if<protocol::Graft>(in->message))
                heard.push_back({now, in->from.index, node.index, graft->id.sequence});
        if (std::holds_alternative<protocol::Woken>(input)) woken.push_back(now);
        if (const auto* const in = std::get_if<protocol::Persisted>(&input))
            persisted.emplace_back(now, in->durable);
    }
    void on_send(const sim::Sent& one) override { sent.emplace_back(one.at, one.decided); }
    void on_drop(const sim::Drop& drop) override { dropped.push_back(drop.why); }
    void on_violation(const sim::Violation& one) override { violations.push_back(one); }
    void on_task_lost(const sim::Task&) override { ++tasks_lost; }
    void on_sample(Instant now, const sim::Simulation&) override { samples.push_back(now); }

    std::vector<std::pair<Instant, std::uint32_t>> steps;
    std::vector<Heard> heard;
    std::vector<Instant> woken;
    std::vector<std::pair<Instant, bool>> persisted;
    std::vector<std::pair<Instant, Instant>> sent;
    std::vector<sim::Dropped> dropped;
    std::vector<sim::Violation> violations;
    std::vector<Instant> samples;
    int tasks_lost = 0;
};

class ScriptedWorld : public testing::Test {
  protected:
    ScriptedWorld() { script() = {}; }

    sim::Simulation& begin(std::uint32_t nodes, std::vector<Instant> joins = {}) {
        people = std::make_unique<sim::PlainPeople>(nodes, config);
        people->joins = std::move(joins);
        setup.policies = {placement.get(), quota.get()};
        run = std::make_unique<sim::Simulation>(
            setup, sim::World{boards, *people, network, tasks, faults, watcher ? *watcher : log});
        return *run;
    }
    void ask(base::Duration when, std::uint32_t node) {
        run->add(sim::Task{at(when), PeerId{node}, protocol::Get{}});
    }
    void befall(base::Duration when, std::uint32_t node, sim::FaultKind kind) {
        run->add(sim::Fault{at(when), PeerId{node}, kind});
    }

    sim::PlainBoards boards;
    sim::PlainNetwork network{milliseconds(10)};
    sim::ListedTasks tasks;
    sim::ListedFaults faults;
    Log log;
    sim::Observer* watcher = nullptr;  ///< instead of the log
    protocol::Config config;
    std::unique_ptr<policy::Placement> placement = policy::make_copies(1);
    std::unique_ptr<policy::Quota> quota = policy::make_no_quota(base::mib(1));
    sim::Setup setup{.sample_every = {}, .check_quota = false};
    std::unique_ptr<sim::PlainPeople> people;
    std::unique_ptr<sim::Simulation> run;
};

/// Acts on one kind of input only.
template <class In, class Act>
auto on(Act act) {
    return [act](PeerId self, const protocol::Input& input, protocol::Env& env) {
        if (const auto* const in = std::get_if<In>(&input)) act(self, *in, env);
    };
}

inline protocol::Record statement(std::uint32_t number) {
    protocol::Signed made{};
    made.statement.id = {PeerId{0}, number};
    made.statement.body = protocol::Notice{};
    return protocol::KeptStatement{protocol::share(made)};
}

}  // namespace coop::test

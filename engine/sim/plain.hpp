// The plainest world: every port as a short list or one number. For tests, truths and stories; models/ has
// the rest.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

/// The same board everywhere. By default work costs nothing and writing takes no time.
struct PlainBoards final : Boards {
    PlainBoards() = default;
    explicit PlainBoards(Board same) : all(same) {}
    const Board& board(PeerId) const override { return all; }
    Board all;
};

/// Every pair equally far apart. `cut` closes both directions until it is mended.
struct PlainNetwork final : Network {
    explicit PlainNetwork(base::Duration one_way, LineRates line = {})
        : path_all{.delay = one_way}, line_all(line) {}
    LineRates rates(PeerId) const override { return line_all; }
    Path path(PeerId from, PeerId to, base::Instant) const override {
        Path path = path_all;
        path.open = !cuts.contains(std::minmax(from.index, to.index));
        return path;
    }
    base::Duration lookahead() const override { return path_all.delay; }
    void cut(std::uint32_t a, std::uint32_t b) { cuts.insert(std::minmax(a, b)); }
    void mend(std::uint32_t a, std::uint32_t b) { cuts.erase(std::minmax(a, b)); }

    Path path_all;
    LineRates line_all;
    std::set<std::pair<std::uint32_t, std::uint32_t>> cuts;
};

/// One configuration a member, all powered from `from` on.
struct PlainPeople final : People {
    explicit PlainPeople(std::vector<protocol::Config> each) : configs(std::move(each)) {}
    PlainPeople(std::uint32_t members, const protocol::Config& same) : configs(members, same) {}
    std::uint32_t count() const override { return static_cast<std::uint32_t>(configs.size()); }
    const protocol::Tuning& tuning(PeerId node) const override { return configs[node.index]; }
    const protocol::Own& own(PeerId node) const override { return configs[node.index]; }
    base::Instant joins_at(PeerId node) const override {
        return node.index < joins.size() ? joins[node.index] : base::Instant::zero();
    }
    std::vector<protocol::Config> configs;
    std::vector<base::Instant> joins;  ///< those not listed join at once
};

/// What was said beforehand, in any order. During a run use Simulation::add.
template <class Port, class Item>
class Listed final : public Port {
  public:
    Listed() = default;
    explicit Listed(std::vector<Item> items) {
        for (Item& item : items) add(std::move(item));
    }
    void add(Item item) {
        const auto later = [](const Item& a, const Item& b) { return a.at < b.at; };
        items_.insert(
            std::upper_bound(items_.begin() + static_cast<std::ptrdiff_t>(read_), items_.end(), item, later),
            std::move(item));
    }
    std::optional<Item> next() override {
        if (read_ == items_.size()) return {};
        return items_[read_++];
    }

  private:
    std::vector<Item> items_;
    std::size_t read_ = 0;
};
using ListedTasks = Listed<Workload, Task>;
using ListedFaults = Listed<Faults, Fault>;

/// Passes everything on to several.
class FanOut final : public Observer {
  public:
    explicit FanOut(std::vector<Observer*> to) : to_(std::move(to)) {}
    bool follows_steps() const override {
        return std::any_of(to_.begin(), to_.end(),
                           [](const Observer* each) { return each->follows_steps(); });
    }
    bool follows_messages() const override {
        return std::any_of(to_.begin(), to_.end(),
                           [](const Observer* each) { return each->follows_messages(); });
    }
    void on_step(base::Instant at, PeerId node, const protocol::Input& in,
                 const protocol::Outbox& out) override {
        for (Observer* const each : to_) each->on_step(at, node, in, out);
    }
    void on_report(base::Instant at, PeerId node, const protocol::Report& report) override {
        for (Observer* const each : to_) each->on_report(at, node, report);
    }
    void on_send(const Sent& sent) override {
        for (Observer* const each : to_) each->on_send(sent);
    }
    void on_drop(const Drop& drop) override {
        for (Observer* const each : to_) each->on_drop(drop);
    }
    void on_fault(const Fault& fault) override {
        for (Observer* const each : to_) each->on_fault(fault);
    }
    void on_violation(const Violation& broken) override {
        for (Observer* const each : to_) each->on_violation(broken);
    }
    void on_restart(base::Instant at, PeerId node, const Simulation& run) override {
        for (Observer* const each : to_) each->on_restart(at, node, run);
    }
    void on_task_lost(const Task& task) override {
        for (Observer* const each : to_) each->on_task_lost(task);
    }
    void on_sample(base::Instant at, const Simulation& run) override {
        for (Observer* const each : to_) each->on_sample(at, run);
    }

  private:
    std::vector<Observer*> to_;
};

}  // namespace coop::sim

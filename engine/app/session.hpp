// Session: looks on while a scenario is played, in either world, and writes what it sees.
//
// Law: a simulation tells it at once, a testbed from the boards' journals afterwards; what is written is the
// same.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/app/journal.hpp"
#include "engine/app/record.hpp"
#include "engine/app/summary.hpp"
#include "engine/sim/ports.hpp"

namespace coop::app {

struct SessionSetup {
    const config::Loaded& loaded;
    const Population& population;
    const policy::Placement& placement;
    const std::vector<models::FaultPlan::Gone>& gone;
    results::Writer& writer;
    bool events = false;
};

class Session final : public sim::Observer {
  public:
    explicit Session(const SessionSetup& setup);

    void on_report(base::Instant at, PeerId node, const protocol::Report& report) override;
    void on_send(const sim::Sent& sent) override;
    void on_drop(const sim::Drop& drop) override;
    void on_fault(const sim::Fault& fault) override;
    void on_violation(const sim::Violation& violation) override;
    void on_sample(base::Instant at, const sim::Simulation& simulation) override;

    // What real boards tell in another form.
    void on_sent(PeerId from, const SentTick& tick, base::Instant second);
    /// `eager`: null when nobody asked the boards at that moment.
    void on_links(base::Instant at, std::span<const results::Edge> active,
                  const std::vector<results::Edge>* eager);
    /// The program itself went wrong.
    void on_broken(base::Instant at, PeerId node, std::string_view detail);

    const Measures& measures() const { return measures_; }
    const Timeline& timeline() const { return timeline_; }
    /// The overlay is kept with the first sample and then this often.
    base::Duration snapshot_every() const {
        return setup_.loaded.scenario.results.sample_every * static_cast<std::int64_t>(snapshot_every_);
    }

  private:
    void event(base::Instant at, PeerId node, std::string_view kind, std::string json);
    void sample(base::Instant at);
    void snapshot(base::Instant at, const sim::Simulation& simulation);
    bool leaves_now(const sim::Fault& fault) const;

    const SessionSetup setup_;
    Measures measures_;
    Timeline timeline_;
    std::uint64_t samples_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t snapshot_every_ = 1;
};

}  // namespace coop::app

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
#include "engine/app/moments.hpp"
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
    bool follows_messages() const override { return setup_.events; }
    void on_send(const sim::Sent& sent) override;
    void on_drop(const sim::Drop& drop) override;
    void on_fault(const sim::Fault& fault) override;
    void on_violation(const sim::Violation& violation) override;
    void on_restart(base::Instant at, PeerId node, const sim::Simulation& simulation) override;
    void on_sample(base::Instant at, const sim::Simulation& simulation) override;
    /// Once, at the end of what was simulated.
    void on_end(const sim::Simulation& simulation);

    // What real boards tell in another form.
    void on_sent(PeerId from, const SentTick& tick, base::Instant second);
    struct Links {
        std::vector<results::Edge> active;
        const std::vector<results::Edge>* eager = nullptr;  ///< null: nobody asked the boards at that moment
    };
    void on_links(base::Instant at, const Links& links);
    /// Before the sample at the end, if there is one.
    void on_last_links(base::Instant at, const Links& links);
    /// What disks hold is asked, and held against what their boards reported. Of one board, or of all.
    void audit(base::Instant at, const Objects::Holds& holds, PeerId only = PeerId::none());
    /// The program itself went wrong.
    void on_broken(base::Instant at, PeerId node, std::string_view detail);

    const Measures& measures() const { return measures_; }
    const Timeline& timeline() const { return timeline_; }
    /// How many violations of each law, by its name in the table `violation`.
    const BrokenLaws& broken() const { return broken_; }

  private:
    void event(base::Instant at, PeerId node, std::string_view kind, std::string json);
    void broke(base::Instant at, PeerId node, std::string_view law, std::string detail);
    void sample(base::Instant at);
    void count_sent(const sim::Simulation& simulation);
    void snapshot(base::Instant at, const sim::Simulation& simulation);
    void snapshot(base::Instant at, const Links& links);
    bool leaves_now(const sim::Fault& fault) const;

    const SessionSetup setup_;
    Measures measures_;
    Timeline timeline_;
    BrokenLaws broken_;
    Moments moments_;
    base::Instant newest_snapshot_ = base::Instant::zero();
    std::uint64_t sequence_ = 0;
};

}  // namespace coop::app

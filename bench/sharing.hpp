// Sharing: the load of bench/flow_load.hpp on the simulator's flows.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/flow_load.hpp"
#include "engine/sim/flows.hpp"

namespace coop::bench {

class Sharing {
  public:
    /// `has_shares`: four links a flow, else two.
    Sharing(const FlowLoad& load, bool has_shares) : load_(load), numbers_(load.chains()) {
        for (const FlowLoad::Home& home : load.homes) {
            const sim::LinkId up = flows_.add_link(home.up);
            const sim::LinkId down = flows_.add_link(home.down);
            lines_.push_back({up, down, {}, {}});
            if (!has_shares) continue;
            lines_.back().share_up = flows_.add_link(home.share_up);
            lines_.back().share_down = flows_.add_link(home.share_down);
        }
        for (std::uint32_t chain = 0; chain < load.chains(); ++chain) start(base::Instant::zero(), chain);
    }

    /// The next moment in which files are through: visit(now, chain, number) for each.
    template <class Visit>
    void happen(Visit visit) {
        const base::Instant now = flows_.next_at();
        flows_.finish(now, [&](std::uint32_t chain) {
            visit(now, chain, numbers_[chain]);
            ++numbers_[chain];
            start(now, chain);
        });
    }
    const sim::Flows& flows() const { return flows_; }

  private:
    struct Line {
        sim::LinkId up;
        sim::LinkId down;
        sim::LinkId share_up;
        sim::LinkId share_down;
    };
    void start(base::Instant now, std::uint32_t chain) {
        const FlowLoad::File file = load_.file(chain, numbers_[chain]);
        const Line& from = lines_[file.from];
        const Line& to = lines_[file.to];
        sim::Flow flow{.id = chain, .order = chain, .size = file.size, .links = {from.up, to.down}};
        if (!from.share_up.is_none()) {
            flow.links[2] = from.share_up;
            flow.links[3] = to.share_down;
        }
        flows_.start(now, flow);
    }

    const FlowLoad& load_;
    sim::Flows flows_;
    std::vector<Line> lines_;
    std::vector<std::uint32_t> numbers_;  // by chain: the file that is under way
};

}  // namespace coop::bench

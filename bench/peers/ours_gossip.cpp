// Notices by the real node: HyParView and Plumtree, not blind push, so nobody gets a notice five times; what
// else its boards say to each other while it spreads is simulated and counted, too.
#include "bench/peers/workload.hpp"
#include "bench/population.hpp"

namespace coop::peers {
namespace {

std::uint64_t arrived(const sim::Simulation& simulation) {
    std::uint64_t sum = 0;
    for (const sim::Traffic& kind : simulation.kinds_of_all().down) sum += kind.messages;
    return sum;
}

void run(const Asked& asked) {
    sim::PlainNetwork lines(delay_min, {.up = base::ByteRate{uplink_bits / 8}});
    lines.path_all.jitter_max = delay_max - delay_min;
    bench::Population all(bench::overlay(asked.n), lines);
    all.simulation.run_until(bench::settled);
    base::Rng rng = chance();
    // The first notice is a flood, which settles the tree.
    all.publish(0);
    all.run_for(notice_every);

    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        const std::uint64_t delivered = all.reports.delivered, messages = arrived(all.simulation);
        const Round timed;
        for (std::uint32_t i = 0; i < asked.amount; ++i) {
            all.publish(static_cast<std::uint32_t>(rng.below(asked.n)));
            all.run_for(notice_every);
        }
        timed.tell("gossip", asked.n,
                   spread(all.reports.delivered - delivered, arrived(all.simulation) - messages, asked));
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) { coop::peers::run(coop::peers::read(count, words)); }

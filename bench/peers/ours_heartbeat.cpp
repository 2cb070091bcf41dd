// Heartbeats by the real node: pairs with one active link each, kept alive every second.
#include "bench/peers/workload.hpp"
#include "bench/population.hpp"

namespace coop::peers {
namespace {

/// Two by two: nobody has another contact, nor room for another link.
bench::Crowd pairs(std::uint32_t members) {
    protocol::Tuning tuning = bench::overlay_only();
    tuning.membership.active_max = 1;
    tuning.membership.keep_alive_every = beat_every;
    tuning.membership.link_silent_max = beat_every * 3;
    bench::Crowd all(tuning, members);
    for (std::uint32_t i = 0; i < members; ++i) all.add(bench::PeerId{i ^ 1});
    return all;
}

std::uint64_t beats(const sim::Simulation& simulation) {
    const std::size_t kind = protocol::Message(protocol::KeepAlive{}).index();
    return simulation.kinds_of_all().down[kind].messages;
}

void run(const Asked& asked) {
    sim::PlainNetwork lines(delay_min, {.up = base::ByteRate{uplink_bits / 8}});
    lines.path_all.jitter_max = delay_max - delay_min;
    bench::Population all(pairs(asked.n), lines);
    all.run_for(base::minutes(1));
    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        const std::uint64_t before = beats(all.simulation);
        const Round timed;
        all.run_for(base::seconds(asked.amount));
        timed.tell("heartbeat", asked.n, beaten(beats(all.simulation) - before, asked));
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) { coop::peers::run(coop::peers::read(count, words)); }

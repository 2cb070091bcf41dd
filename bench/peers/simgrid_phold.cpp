// PHOLD in SimGrid: an actor for every pending event, which sleeps for one delay after the other. Nobody can
// wake another one without a message, so the successor is always at the same node.
#include <simgrid/s4u.hpp>

#include "bench/peers/simgrid_platform.hpp"
#include "bench/peers/workload.hpp"
#include "bench/phold.hpp"

namespace coop::peers {
namespace {

namespace s4u = simgrid::s4u;

struct Phold {
    base::Rng rng{1, base::Purpose::test, 0};
    std::uint64_t events = 0;

    void node() {
        for (;;) {
            s4u::this_actor::sleep_for(bench::phold_delay(rng).seconds());
            ++events;
        }
    }
};

void run(const Asked& asked, s4u::Engine& engine) {
    make_small();
    s4u::NetZone* const zone = s4u::create_full_zone("all");
    s4u::Host* const host = zone->create_host("host", 1e9);
    zone->seal();
    Phold phold;
    for (std::uint32_t i = 0; i < asked.n; ++i) {
        s4u::Actor::create("node", host, [&phold] { phold.node(); })->daemonize();
    }
    s4u::Actor::create("clock", host, [&] {
        s4u::this_actor::sleep_for(0.1);                         // until all have begun
        const double seconds = 0.0335 * asked.amount / asked.n;  // a delay lasts 33.5 ms on average
        for (std::uint32_t round = 0; round < asked.rounds; ++round) {
            phold.events = 0;
            const Round timed;
            s4u::this_actor::sleep_for(seconds);
            timed.tell("phold", asked.n, {phold.events, phold.events, 1});
        }
    });
    engine.run();
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) {
    simgrid::s4u::Engine engine(&count, words);
    coop::peers::run(coop::peers::read(count, words), engine);
}

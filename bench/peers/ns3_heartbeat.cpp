// Heartbeats in ns-3 without any of its network: two callbacks a beat, one that sends and one that receives.
// HOW names one of its schedulers.

#include <ns3/simulator.h>

#include "bench/peers/ns3_rounds.hpp"

namespace coop::peers {
namespace {

class Heartbeat {
  public:
    explicit Heartbeat(std::uint32_t n) {
        for (std::uint32_t node = 0; node < n; ++node) {
            const base::Duration phase = rng_.between(base::Duration::zero(), beat_every);
            ns3::Simulator::Schedule(to_ns3(phase), &Heartbeat::beat, this, node);
        }
    }
    std::uint64_t beats = 0;

  private:
    void beat(std::uint32_t node) {
        ns3::Simulator::Schedule(to_ns3(on_uplink(beat_bytes) + way(rng_)), &Heartbeat::receive, this,
                                 node ^ 1);
        ns3::Simulator::Schedule(to_ns3(beat_every), &Heartbeat::beat, this, node);
    }
    void receive(std::uint32_t) { ++beats; }

    base::Rng rng_ = chance();
};

void run(const Asked& asked) {
    choose_scheduler(asked);
    Heartbeat heartbeat(asked.n);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();  // until all have begun
    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        heartbeat.beats = 0;
        const Round timed;
        ns3::Simulator::Stop(ns3::Seconds(asked.amount));
        ns3::Simulator::Run();
        timed.tell("heartbeat", asked.n, beaten(heartbeat.beats, asked));
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) { coop::peers::run(coop::peers::read(count, words, true)); }

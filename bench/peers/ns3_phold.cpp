// PHOLD in ns-3: bare callbacks; HOW names one of its schedulers, such as ns3::MapScheduler.
#include <vector>

#include <ns3/simulator.h>

#include "bench/peers/ns3_rounds.hpp"
#include "bench/phold.hpp"

namespace coop::peers {
namespace {

class Phold {
  public:
    explicit Phold(std::uint32_t pending) : counts_(pending) {
        for (std::uint32_t node = 0; node < pending; ++node) schedule(node);
    }
    void run(std::uint32_t events) {
        left_ = events;
        ns3::Simulator::Run();
    }

  private:
    void schedule(std::uint32_t node) {
        ++counts_[node];
        ns3::Simulator::Schedule(to_ns3(bench::phold_delay(rng_)), &Phold::hop, this);
    }
    void hop() {
        if (--left_ == 0) ns3::Simulator::Stop();
        schedule(static_cast<std::uint32_t>(rng_.next() % counts_.size()));
    }

    base::Rng rng_{1, base::Purpose::test, 0};
    std::vector<std::uint32_t> counts_;
    std::uint32_t left_ = 0;
};

void run(const Asked& asked) {
    choose_scheduler(asked);
    Phold phold(asked.n);
    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        const Round timed;
        phold.run(asked.amount);
        timed.tell("phold", asked.n, {asked.amount, asked.amount, 1});
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) { coop::peers::run(coop::peers::read(count, words, true)); }

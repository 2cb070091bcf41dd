// Heartbeats in SimGrid: two actors a node, one that sends every second and one that listens.
#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

#include "bench/peers/simgrid_platform.hpp"
#include "bench/peers/workload.hpp"

namespace coop::peers {
namespace {

namespace s4u = simgrid::s4u;

class Heartbeat {
  public:
    explicit Heartbeat(const std::vector<s4u::Host*>& hosts) {
        for (s4u::Host* const host : hosts) boxes_.push_back(s4u::Mailbox::by_name(host->get_name()));
        for (std::size_t node = 0; node < hosts.size(); ++node) {
            const s4u::ActorPtr listener =
                s4u::Actor::create("listener", hosts[node], [this, node] { listen(node); });
            boxes_[node]->set_receiver(listener);
            listener->daemonize();
            s4u::Actor::create("sender", hosts[node], [this, node] { send(node); })->daemonize();
        }
    }
    std::uint64_t beats = 0;

  private:
    void listen(std::size_t node) {
        for (;;) {
            boxes_[node]->get<char>();
            ++beats;
        }
    }
    void send(std::size_t node) {
        s4u::this_actor::sleep_for(rng_.between(base::Duration::zero(), beat_every).seconds());
        // Kept until the next one rather than detached: those that are detached share one list, which is
        // searched whenever one ends.
        s4u::CommPtr under_way;
        for (;;) {
            if (under_way) under_way->wait();  // it arrived long ago, but SimGrid would remember it for ever
            under_way = boxes_[node ^ 1]->put_async(&beat_, beat_bytes);
            s4u::this_actor::sleep_for(beat_every.seconds());
        }
    }

    char beat_ = 0;  // what is sent; its contents do not matter
    std::vector<s4u::Mailbox*> boxes_;
    base::Rng rng_ = chance();
};

void run(const Asked& asked, s4u::Engine& engine) {
    make_small();
    const std::vector<s4u::Host*> hosts = star(asked.n);
    Heartbeat heartbeat(hosts);
    s4u::Actor::create("clock", hosts[0], [&] {
        s4u::this_actor::sleep_for(2);  // until all have begun
        for (std::uint32_t round = 0; round < asked.rounds; ++round) {
            heartbeat.beats = 0;
            const Round timed;
            s4u::this_actor::sleep_for(asked.amount);
            timed.tell("heartbeat", asked.n, beaten(heartbeat.beats, asked));
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

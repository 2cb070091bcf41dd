// Push gossip in SimGrid: an actor and a mailbox a node; every message is a flow over both ends' lines.
#include <array>
#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

#include "bench/peers/simgrid_platform.hpp"
#include "bench/peers/workload.hpp"

namespace coop::peers {
namespace {

namespace s4u = simgrid::s4u;

class Gossip {
  public:
    explicit Gossip(const std::vector<s4u::Host*>& hosts) : heard_(hosts.size()), under_way_(hosts.size()) {
        for (s4u::Host* const host : hosts) {
            const auto node = static_cast<std::uint32_t>(boxes_.size());
            boxes_.push_back(s4u::Mailbox::by_name(host->get_name()));
            const s4u::ActorPtr actor = s4u::Actor::create("node", host, [this, node] { listen(node); });
            boxes_.back()->set_receiver(actor);  // a message leaves at once, not when somebody asks for it
            actor->daemonize();
        }
    }
    void publish(std::uint32_t who) {
        ++notice_;
        boxes_[who]->put_init(&said_, 0)->detach();
    }

    std::uint64_t deliveries = 0;
    std::uint64_t messages = 0;

  private:
    void listen(std::uint32_t node) {
        for (;;) {
            boxes_[node]->get<char>();
            ++messages;
            if (heard_[node] == notice_) continue;
            heard_[node] = notice_;
            ++deliveries;
            for (s4u::CommPtr& comm : under_way_[node]) {
                if (comm) comm->wait();  // it arrived long ago, but SimGrid would remember it for ever
                const auto to = another(rng_, node, static_cast<std::uint32_t>(boxes_.size()));
                comm = boxes_[to]->put_async(&said_, notice_bytes);
            }
        }
    }

    char said_ = 0;  // what is sent; its contents do not matter
    std::uint32_t notice_ = 0;
    std::vector<std::uint32_t> heard_;  // the last notice that a node got
    std::vector<s4u::Mailbox*> boxes_;
    // Kept until the next notice rather than detached: those that are detached share one list, which is
    // searched whenever one ends (16 times as long for 10^4 nodes).
    std::vector<std::array<s4u::CommPtr, fanout>> under_way_;
    base::Rng rng_ = chance();
};

void run(const Asked& asked, s4u::Engine& engine) {
    make_small();
    const std::vector<s4u::Host*> hosts = star(asked.n);
    Gossip gossip(hosts);
    s4u::Actor::create("clock", hosts[0], [&] {
        base::Rng who = chance();
        s4u::this_actor::sleep_for(1);  // until all listen
        for (std::uint32_t round = 0; round < asked.rounds; ++round) {
            gossip.deliveries = gossip.messages = 0;
            const Round timed;
            for (std::uint32_t i = 0; i < asked.amount; ++i) {
                gossip.publish(static_cast<std::uint32_t>(who.below(asked.n)));
                s4u::this_actor::sleep_for(notice_every.seconds());
            }
            // What the clock itself told the publisher is no delivery.
            timed.tell("gossip", asked.n,
                       spread(gossip.deliveries - asked.amount, gossip.messages - asked.amount, asked));
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

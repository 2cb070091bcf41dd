// Push gossip in ns-3 without any of its network: a scheduled callback a hop, an uplink that is a sum. HOW
// names one of its schedulers.
#include <algorithm>
#include <vector>

#include <ns3/simulator.h>

#include "bench/peers/ns3_rounds.hpp"

namespace coop::peers {
namespace {

class Gossip {
  public:
    explicit Gossip(std::uint32_t n) : n_(n), heard_(n), uplink_free_(n) {}

    void publish(std::uint32_t who) {
        ++notice_;
        heard_[who] = notice_;
        push(who);
        ns3::Simulator::Run();
    }
    std::uint64_t deliveries = 0;
    std::uint64_t messages = 0;

  private:
    void receive(std::uint32_t node) {
        ++messages;
        if (heard_[node] == notice_) return;
        heard_[node] = notice_;
        ++deliveries;
        push(node);
    }
    void push(std::uint32_t node) {
        const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
        std::int64_t& free = uplink_free_[node];
        for (std::uint32_t i = 0; i < fanout; ++i) {
            free = std::max(free, now) + on_uplink(notice_bytes).ns();
            const std::int64_t arrives = free + way(rng_).ns();
            const std::uint32_t to = another(rng_, node, n_);
            ns3::Simulator::Schedule(to_ns3(base::nanoseconds(arrives - now)), &Gossip::receive, this, to);
        }
    }

    std::uint32_t n_;
    std::uint32_t notice_ = 0;
    std::vector<std::uint32_t> heard_;  // the last notice that a node got
    std::vector<std::int64_t> uplink_free_;
    base::Rng rng_ = chance();
};

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) {
    coop::peers::run_gossip<coop::peers::Gossip>(coop::peers::read(count, words, true));
}

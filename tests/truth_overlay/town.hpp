// A town of whole nodes in the simulator under laboratory conditions: boards that cost nothing, lines that
// never fill, every pair equally far apart, everybody always awake, and no content.
//
//     Town ──► sim::Simulation ──► protocol::Node × n ──► the overlay as a graph; what one notice cost
//
// Law: nothing is routed, delayed or counted by the test's own rules: the nodes and the kernel are the real
// ones, and the figures are read off their neighbours and off the messages that enter the lines.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/policy/gossip.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"
#include "tests/truth_overlay/graph.hpp"

namespace coop::protocol::test {

/// What one notice cost, and when each member got it.
struct Told {
    StatementId id;
    std::size_t payloads = 0;
    std::size_t pushed = 0;  ///< of them; the rest answered who asked what it had missed
    std::size_t announcements = 0;
    std::size_t grafts = 0;
    std::size_t prunes = 0;
    std::size_t delivered = 0;
    std::vector<int> hops;  ///< by member; -1 where it never came, 0 at its author
};

class Town final : public sim::Observer {
  public:
    /// `gossip` outlives the town.
    Town(std::uint32_t members, std::uint64_t seed, const policy::Gossip& gossip = policy::usual_gossip());

    /// Everybody joins through a random member that is there already, one after the other; then this many
    /// rounds of shuffling.
    void grow(std::uint32_t shuffles);
    void run_for(base::Duration time);
    /// Without a farewell, all at once. Those killed before stay so.
    void kill_randomly(double fraction, std::uint64_t seed);
    /// `author` says something to all; runs until it has reached everybody and its timers are over.
    Told tell(std::uint32_t author);

    std::uint32_t size() const { return members_; }
    const std::vector<bool>& alive() const { return alive_; }
    /// Neighbours as each living node sees them.
    Graph overlay() const;
    /// Those of them that payloads are pushed to.
    Graph tree() const;

  private:
    void on_send(const sim::Sent& sent) override;
    void on_report(base::Instant at, PeerId node, const Report& report) override;
    Graph graph(PeerList (Node::*list)() const noexcept) const;

    std::uint32_t members_;
    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(1);
    std::unique_ptr<policy::Quota> quota_ = policy::make_no_quota(base::mib(1));
    sim::PlainBoards boards_;
    sim::PlainPeople people_;
    sim::PlainNetwork network_{base::milliseconds(10)};
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;
    std::unique_ptr<sim::Simulation> run_;
    std::vector<bool> alive_;
    Told told_;
    PeerId author_ = PeerId::none();
};

}  // namespace coop::protocol::test

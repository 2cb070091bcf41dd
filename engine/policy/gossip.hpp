// Gossip: how news reaches everybody who is awake. A plan in numbers; engine/protocol/broadcast carries it
// out.
//
//     plumtree/1   pushed along a tree, announced on the other links, asked for where it does not come
//     flood/1      pushed along every link
//     push/1       pushed to a few at random by whoever has just heard it: infect and die
//
// Law: who pushes how is the plan's; that nothing is news twice, that signatures are checked before anything
// is passed on, and how what was missed while asleep is made up for, is the same under all of them.
#pragma once

#include <memory>
#include <variant>

#include "engine/base/time.hpp"
#include "engine/policy/policy.hpp"

namespace coop::policy {

struct Plumtree {
    base::Duration graft_after = base::seconds(2);
    base::Duration graft_again = base::seconds(1);
};
struct Flood {};
struct Push {
    std::uint32_t fanout = 5;
};
using GossipPlan = std::variant<Plumtree, Flood, Push>;

class Gossip : public Policy {
  public:
    virtual const GossipPlan& plan() const noexcept = 0;
};

std::unique_ptr<Gossip> make_plumtree(const Plumtree& plan);
std::unique_ptr<Gossip> make_flood();
std::unique_ptr<Gossip> make_push(const Push& plan);

/// What a pool has that has chosen nothing: `plumtree/1` with its defaults.
const Gossip& usual_gossip() noexcept;

}  // namespace coop::policy

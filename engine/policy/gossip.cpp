#include "engine/policy/gossip.hpp"

#include <array>

#include "engine/base/assert.hpp"
#include "engine/policy/builtin.hpp"

namespace coop::policy {

namespace {

constexpr std::int64_t timer_least = base::milliseconds(10).ns();
constexpr std::int64_t timer_most = base::days(1).ns();
// Half of what one message can name.
constexpr std::int64_t fanout_most = 16;

constexpr std::array<Param, 2> plumtree_table{{
    {"graft_after", "ns", Plumtree{}.graft_after.ns(), timer_least, timer_most,
     "an announced notice that has not come by then is asked for: sooner mends the tree sooner, and asks for "
     "what "
     "was only slow",
     "Plumtree, SRDS 2007, §3.6 (timer 1). Guess for home lines. Study: scenarios/studies/loss.toml"},
    {"graft_again", "ns", Plumtree{}.graft_again.ns(), timer_least, timer_most,
     "and so much later the next who announced it is asked",
     "Plumtree, SRDS 2007, §3.6 (timer 2, shorter than the first)"},
}};
constexpr std::array<Param, 1> push_table{{
    {"fanout", "members", Push{}.fanout, 1, fanout_most,
     "how many are told by each who hears it: all but exp(-fanout) of the awake are reached, each of which "
     "costs so "
     "many payloads",
     "Kermarrec, Massoulie, Ganesh, IEEE TPDS 14 (2003), §3"},
}};

bool within(const Param& param, std::int64_t value) { return value >= param.least && value <= param.most; }

class Planned final : public Gossip {
  public:
    Planned(std::string_view name, std::span<const Param> params, const GossipPlan& plan)
        : name_(name), params_(params), plan_(plan) {}

    std::string_view name() const noexcept override { return name_; }
    std::span<const Param> params() const noexcept override { return params_; }
    const GossipPlan& plan() const noexcept override { return plan_; }

  private:
    std::string_view name_;
    std::span<const Param> params_;
    GossipPlan plan_;
};

}  // namespace

std::span<const Param> plumtree_params() noexcept { return plumtree_table; }
std::span<const Param> push_params() noexcept { return push_table; }

std::unique_ptr<Gossip> make_plumtree(const Plumtree& plan) {
    COOP_ASSERT(within(plumtree_table[0], plan.graft_after.ns()));
    COOP_ASSERT(within(plumtree_table[1], plan.graft_again.ns()));
    return std::make_unique<Planned>("plumtree/1", plumtree_table, plan);
}

std::unique_ptr<Gossip> make_flood() {
    return std::make_unique<Planned>("flood/1", std::span<const Param>{}, Flood{});
}

std::unique_ptr<Gossip> make_push(const Push& plan) {
    COOP_ASSERT(within(push_table[0], plan.fanout));
    return std::make_unique<Planned>("push/1", push_table, plan);
}

const Gossip& usual_gossip() noexcept {
    static const Planned usual("plumtree/1", plumtree_table, Plumtree{});
    return usual;
}

}  // namespace coop::policy

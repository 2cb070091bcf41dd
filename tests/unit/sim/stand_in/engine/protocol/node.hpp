// A node that does what the test says: the least that makes the host show how it treats one. Stands in front
// of the real engine/protocol/node.hpp in unit_sim_host alone, with the same contract.
#pragma once

#include <functional>
#include <map>

#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/input.hpp"

namespace coop::test {

struct Script {
    std::function<void(protocol::PeerId, const protocol::Input&, protocol::Env&)> act;
    std::map<std::uint32_t, base::Instant> deadlines;  ///< by node; none: never
    std::map<std::uint32_t, bool> asleep;
};

/// Each test begins by clearing it.
inline Script& script() {
    static Script one;
    return one;
}

}  // namespace coop::test

namespace coop::protocol {

class Node {
  public:
    Node(PeerId self, const Tuning&, const Own&, const Policies&) : self_(self) {}

    void step(const Input& input, Env& env) noexcept {
        if (test::script().act) test::script().act(self_, input, env);
    }
    Deadline deadline() const noexcept {
        const auto found = test::script().deadlines.find(self_.index);
        return found == test::script().deadlines.end() ? base::Instant::never() : found->second;
    }
    void fetch() const {}
    bool awake() const noexcept { return !test::script().asleep[self_.index]; }

  private:
    PeerId self_;
};

}  // namespace coop::protocol

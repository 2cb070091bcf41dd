// Node: everything that a board decides.
//
//     Input ──► Node::step ──► Outbox
//
// Law: a Node owns no socket, clock, file, thread or generator. The same object file runs under the simulator and
// on a board. Routing between the parts happens here and nowhere else.
#pragma once

#include <memory>

#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/input.hpp"

namespace coop::protocol {

class Node {
  public:
    Node(PeerId self, const Config& config, const Policies& policies);
    ~Node();
    Node(Node&&) noexcept;
    Node& operator=(Node&&) noexcept;

    /// Never blocks, never throws.
    void step(const Input& input, Env& env) noexcept;
    /// When to be woken next; computed from state, so never stale.
    Deadline deadline() const noexcept;

    /// Whether the owner's hours let this node talk now. A host closes its links and its door when not.
    bool awake() const noexcept;
    /// The active view, for graph exports and tests.
    PeerList neighbours() const noexcept;
    /// The neighbours that payloads are pushed to, for graph exports and tests.
    PeerList eager() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace coop::protocol

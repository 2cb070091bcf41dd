// Company: whom news may be told besides one's neighbours.
//
// Law: who asks for somebody gets somebody worth telling now, each as likely as any other that is known, as
// far as membership can say; and nobody when nobody is known.
#pragma once

#include <cstddef>

#include "engine/protocol/broadcast/statement_log.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/ids.hpp"

namespace coop::protocol::broadcast {

class Company {
  public:
    virtual ~Company() = default;
    /// So many different ones, or as many as there are; never `except`, never this node.
    virtual PeerList some(std::size_t count, PeerId except, Env& env) const = 0;
};

/// What broadcasting works with, lent for one step.
struct Means {
    StatementLog& log;
    const Company& company;
};

}  // namespace coop::protocol::broadcast

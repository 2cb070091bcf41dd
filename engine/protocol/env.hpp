// Env: all that a node may touch, lent for one step and never stored.
#pragma once

#include "engine/base/rng.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/crypto.hpp"
#include "engine/protocol/effect.hpp"

namespace coop::protocol {

struct Env {
    base::Instant now;     ///< the only time there is
    base::Rng& rng;        ///< the only chance there is
    Outbox& out;           ///< the only way to act
    const Crypto& crypto;  ///< pure computation; the host prices it
};

using Deadline = base::Instant;  ///< when the node wants to be woken; `never()` when it has no reason

}  // namespace coop::protocol

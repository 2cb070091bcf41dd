// Outcasts: who sent what nobody had signed, too often, and is listened to no more for a while.
//
//     forged ──► counted ──`forged_max`──► cut off for `cut_off_for` ──► counted again, from nothing
//
// Law: a link is authenticated, so that nobody can be cut off for what another forged; bounded (the one that
// was caught longest ago is forgotten first).
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/base/slim_vector.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::membership {

class Outcasts {
  public:
    /// It sent something forged. When it will be listened to again, if it is cut off for that; or never.
    base::Instant caught(PeerId peer, const MembershipConfig& config, base::Instant now);
    bool contains(PeerId peer, base::Instant now) const {
        return std::any_of(items_.begin(), items_.end(),
                           [&](const Item& each) { return each.peer == peer && now < each.until; });
    }

  private:
    // Whoever has more keys than that has to make a new link for each; that costs more than what is forged.
    static constexpr std::size_t items_max = 64;

    struct Item {
        PeerId peer;
        std::uint32_t forged = 0;
        base::Instant until;  ///< cut off; the beginning of time while it is not
        base::Instant last;   ///< caught
    };

    base::SlimVector<Item> items_;
};

}  // namespace coop::protocol::membership

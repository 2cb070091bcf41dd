#include "engine/protocol/membership/outcasts.hpp"

namespace coop::protocol::membership {

base::Instant Outcasts::caught(PeerId peer, const MembershipConfig& config, base::Instant now) {
    auto* item = std::find_if(items_.begin(), items_.end(), [&](const Item& i) { return i.peer == peer; });
    if (item == items_.end()) {
        if (items_.size() >= items_max) {
            items_.erase(std::min_element(items_.begin(), items_.end(),
                                          [](const Item& a, const Item& b) { return a.last < b.last; }));
        }
        items_.push_back({peer, 0, base::Instant::zero(), now});
        item = items_.end() - 1;
    }
    item->last = now;
    if (++item->forged < config.forged_max) return base::Instant::never();
    item->forged = 0;
    return item->until = now + config.cut_off_for;
}

}  // namespace coop::protocol::membership

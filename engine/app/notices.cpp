#include "engine/app/notices.hpp"

#include <algorithm>

namespace coop::app {

Notices::Notices(std::uint32_t members, base::Duration reach_within)
    : reach_within_(reach_within), awake_(members) {}

void Notices::woke(base::Instant at, protocol::PeerId node) { awake_[node.index] = {true, at}; }

void Notices::slept(base::Instant at, protocol::PeerId node) {
    awake_[node.index].now = false;
    excuse(at, node.index);
}

/// True when it was owed: it is no more.
bool Notices::Reach::settle(std::uint32_t node) {
    if (node >= owed.size() || !owed[node]) return false;
    owed[node] = false;
    --missing;
    return true;
}

// Nobody is owed a notice while asleep: it counts as neither reached nor missed, unless its time was up
// before.
void Notices::excuse(base::Instant at, std::uint32_t node) {
    for (const protocol::StatementId id : young_) {
        Reach& notice = *notices_.find(id);
        if (at - notice.at < reach_within_) notice.settle(node);
    }
}

void Notices::forget_old(base::Instant at) {
    std::erase_if(young_, [&](protocol::StatementId id) {
        Reach& notice = *notices_.find(id);
        if (at - notice.at <= reach_within_) return false;
        std::vector<bool>().swap(notice.owed);
        return true;
    });
}

void Notices::published(base::Instant at, protocol::StatementId id) {
    ++published_;
    forget_old(at);
    Reach& notice = notices_[id];
    notice.at = at;
    notice.owed.assign(awake_.size(), false);
    for (std::uint32_t node = 0; node < awake_.size(); ++node) {
        if (!awake_[node].now || node == id.origin.index) continue;
        notice.owed[node] = true;
        ++notice.missing;
    }
    young_.push_back(id);
}

void Notices::delivered(base::Instant at, protocol::PeerId node, protocol::StatementId id) {
    Reach* const notice = notices_.find(id);
    if (notice == nullptr) return;
    const Awake& awake = awake_[node.index];
    if (awake.since <= notice->at) {
        latency_.add((at - notice->at).ns());
    } else {
        lag_asleep_.add((at - awake.since).ns());
    }
    if (at - notice->at <= reach_within_ && notice->settle(node.index)) ++notice->served;
}

double Notices::reach_awake(base::Instant end) const {
    std::uint64_t served = 0;
    std::uint64_t owed = 0;
    for (const auto& [id, notice] : notices_) {
        if (end - notice.at < reach_within_) continue;  // too young to be judged
        served += notice.served;
        owed += notice.served + notice.missing;
    }
    return owed == 0 ? 1.0 : static_cast<double>(served) / static_cast<double>(owed);
}

}  // namespace coop::app

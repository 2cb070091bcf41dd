#include "engine/protocol/broadcast/wanted.hpp"

#include <limits>

namespace coop::protocol::broadcast {
namespace {

void report_duplicate(PeerId from, StatementId id, Env& env) {
    Report report{};
    report.what = What::duplicate;
    report.peer = from;
    report.id = id;
    env.out.report(report);
}

bool comes_before(const Wanted::Item& item, StatementId id) { return item.id < id; }

}  // namespace

std::uint16_t one_further(std::uint16_t hops) {
    if (hops == hops_unpushed) return hops_unpushed;
    return hops == std::numeric_limits<std::uint16_t>::max() ? hops : static_cast<std::uint16_t>(hops + 1);
}

Seen Wanted::take(PeerId from, const Gossip& message, StatementLog& log, Env& env) {
    const StatementId id = message.statement->statement.id;
    const Seen seen = log.insert(message.statement, env.now, one_further(message.hops));
    if (seen != Seen::before) forget(id);
    if (seen != Seen::first) report_duplicate(from, id, env);
    return seen;
}

Wanted::Item* Wanted::announced(StatementId id, PeerId by, bool pushed, base::Instant ask_at) {
    Item* const place = std::lower_bound(items_.begin(), items_.end(), id, comes_before);
    if (place != items_.end() && place->id == id) {
        if (!place->announcers.full() && !place->announcers.contains(by)) place->announcers.push_back(by);
        return nullptr;
    }
    if (!room_for(by)) return nullptr;
    Item* const item = items_.insert(place, Item{id, ask_at, {}, pushed});
    item->announcers.push_back(by);
    return item;
}

void Wanted::forget(StatementId id) {
    if (Item* const item = find(id); item != items_.end()) items_.erase(item);
}

void Wanted::only_of(const PeerList& announcers) {
    for (Item& each : items_) {
        for (std::size_t i = each.announcers.size(); i-- > 0;) {
            if (!announcers.contains(each.announcers[i])) each.announcers.erase_at(i);
        }
    }
}

Deadline Wanted::deadline() const {
    Deadline soonest = Deadline::never();
    for (const Item& each : items_) soonest = std::min(soonest, each.ask_at);
    return soonest;
}

Wanted::Item* Wanted::find(StatementId id) {
    Item* const place = std::lower_bound(items_.begin(), items_.end(), id, comes_before);
    return place != items_.end() && place->id == id ? place : items_.end();
}

bool Wanted::room_for(PeerId announcer) const {
    if (items_.size() < config_->missing_max / 2) return true;
    if (items_.size() >= config_->missing_max) return false;
    const auto its = std::count_if(items_.begin(), items_.end(), [&](const Item& item) {
        return !item.announcers.empty() && item.announcers[0] == announcer;
    });
    return static_cast<std::size_t>(its) < config_->missing_max / 8;
}

}  // namespace coop::protocol::broadcast

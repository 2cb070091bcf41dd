#include "engine/wire/peer_book.hpp"

#include <algorithm>

namespace coop::wire {

const base::Key* BoundedPeerBook::key_of(PeerId peer) const noexcept {
    const Entry* const found = entries_.find(peer);
    return found ? &found->key : nullptr;
}

Endpoint BoundedPeerBook::endpoint_of(PeerId peer) const noexcept {
    const Entry* const found = entries_.find(peer);
    return found ? found->endpoint : Endpoint{};
}

PeerId BoundedPeerBook::find(const base::Key& key) const noexcept {
    const PeerId* const found = by_key_.find(key);
    return found ? *found : PeerId::none();
}

PeerId BoundedPeerBook::intern(const base::Key& key, const Endpoint& endpoint) {
    if (const PeerId known = find(key); !known.is_none()) {
        Entry& e = *entries_.find(known);
        if (!e.confirmed && endpoint != Endpoint{}) e.endpoint = endpoint;
        return known;
    }
    const PeerId made{next_};
    if (strangers_ >= limits_.strangers_max || made.is_none()) {
        ++refused_;
        return PeerId::none();
    }
    ++next_;
    ++strangers_;
    entries_[made] = {key, endpoint};
    by_key_[key] = made;
    return made;
}

bool BoundedPeerBook::promote(PeerId peer) {
    Entry* const e = entries_.find(peer);
    if (!e) return false;
    if (e->member) return true;
    if (members_ >= limits_.members_max) return false;
    e->member = true;
    ++changes_;
    ++members_;
    --strangers_;
    return true;
}

bool BoundedPeerBook::is_member(PeerId peer) const noexcept {
    const Entry* const found = entries_.find(peer);
    return found && found->member;
}

void BoundedPeerBook::confirm(PeerId peer, const Endpoint& endpoint) {
    Entry* const e = entries_.find(peer);
    if (!e || endpoint == Endpoint{}) return;
    e->endpoint = endpoint;
    e->confirmed = true;
}

std::size_t BoundedPeerBook::forget(std::span<const PeerId> strangers) {
    std::vector<PeerId> gone(strangers.begin(), strangers.end());
    std::sort(gone.begin(), gone.end());
    const auto goes = [&](PeerId peer) { return std::binary_search(gone.begin(), gone.end(), peer); };
    // One pass each, whether one goes or a thousand.
    by_key_.erase_if([&](const base::Key&, PeerId peer) { return goes(peer) && !is_member(peer); });
    const std::size_t count =
        entries_.erase_if([&](PeerId peer, const Entry& e) { return !e.member && goes(peer); });
    strangers_ -= static_cast<std::uint32_t>(count);
    return count;
}

PeerId LinkBook::intern(const base::Key& key, const Endpoint& endpoint) {
    if (!board_.find(key).is_none()) return board_.intern(key, endpoint);
    const PeerId made = may_introduce() ? board_.intern(key, endpoint) : PeerId::none();
    made.is_none() ? void(++refused_) : introduced_.push_back(made);
    return made;
}

bool LinkBook::may_introduce() {
    const std::uint32_t most = board_.half_full() ? std::max(1U, most_ / when_half_full) : most_;
    if (introduced_.size() >= most && changes_seen_ != board_.changes()) {
        changes_seen_ = board_.changes();
        std::erase_if(introduced_,
                      [&](PeerId peer) { return board_.is_member(peer) || board_.key_of(peer) == nullptr; });
    }
    return introduced_.size() < most;
}

}  // namespace coop::wire

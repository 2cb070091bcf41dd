#include "engine/wire/peer_book.hpp"

namespace coop::wire {

const BoundedPeerBook::Entry* BoundedPeerBook::entry(PeerId peer) const noexcept {
    return peer.index < entries_.size() ? &entries_[peer.index] : nullptr;
}

BoundedPeerBook::Entry* BoundedPeerBook::entry(PeerId peer) noexcept {
    return peer.index < entries_.size() ? &entries_[peer.index] : nullptr;
}

const base::Key* BoundedPeerBook::key_of(PeerId peer) const noexcept {
    const Entry* const found = entry(peer);
    return found ? &found->key : nullptr;
}

Endpoint BoundedPeerBook::endpoint_of(PeerId peer) const noexcept {
    const Entry* const found = entry(peer);
    return found ? found->endpoint : Endpoint{};
}

PeerId BoundedPeerBook::find(const base::Key& key) const noexcept {
    const std::uint32_t* const index = by_key_.find(key);
    return index ? PeerId{*index} : PeerId::none();
}

PeerId BoundedPeerBook::intern(const base::Key& key, const Endpoint& endpoint) {
    if (const PeerId known = find(key); !known.is_none()) {
        Entry& e = entries_[known.index];
        if (!e.confirmed && endpoint != Endpoint{}) e.endpoint = endpoint;
        return known;
    }
    if (strangers_ >= limits_.strangers_max) {
        ++refused_;
        return PeerId::none();
    }
    const auto index = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({key, endpoint});
    by_key_[key] = index;
    ++strangers_;
    return {index};
}

bool BoundedPeerBook::promote(PeerId peer) {
    Entry* const e = entry(peer);
    if (!e) return false;
    if (e->member) return true;
    if (members_ >= limits_.members_max) return false;
    e->member = true;
    ++members_;
    --strangers_;
    return true;
}

bool BoundedPeerBook::is_member(PeerId peer) const noexcept {
    const Entry* const found = entry(peer);
    return found && found->member;
}

void BoundedPeerBook::confirm(PeerId peer, const Endpoint& endpoint) {
    Entry* const e = entry(peer);
    if (!e || endpoint == Endpoint{}) return;
    e->endpoint = endpoint;
    e->confirmed = true;
}

PeerId LinkBook::intern(const base::Key& key, const Endpoint& endpoint) {
    if (!board_.find(key).is_none()) return board_.intern(key, endpoint);
    if (introduced_.size() >= most_)
        std::erase_if(introduced_, [&](PeerId peer) { return board_.is_member(peer); });
    if (introduced_.size() >= most_) return PeerId::none();
    const PeerId made = board_.intern(key, endpoint);
    if (!made.is_none()) introduced_.push_back(made);
    return made;
}

}  // namespace coop::wire

#include "engine/protocol/content/roster.hpp"

#include <algorithm>

namespace coop::protocol::content {
namespace {

/// Weight 1 a gigabyte offered: content spreads in proportion to disk.
std::uint32_t weight_of(base::Bytes disk) {
    const std::int64_t gigabytes = disk.count / base::gigabytes(1).count;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(gigabytes, 1, 1'000'000));
}

}  // namespace

void Roster::rebuild(const membership::Directory& directory, const Crypto& crypto) {
    places_.clear();
    lost_.clear();
    takers_.clear();
    holders_.clear();
    for (const membership::Member& member : directory.members()) {
        if (directory.failed(member.peer)) {
            lost_.push_back(member.peer);
            continue;
        }
        const Announcement& said = member.announcement();
        if (member.leaving()) lost_.push_back(member.peer);
        const policy::Candidate candidate{crypto.key_prefix(member.peer),
                                          member.leaving() ? 0 : weight_of(said.disk)};
        places_.push_back({member.peer, said.hours, member.leaving()});
        holders_.push_back(candidate);
        takers_.push_back({candidate.key, said.accepting ? candidate.weight : 0});
    }
}

std::optional<std::uint32_t> Roster::index_of(PeerId peer) const {
    const auto at = std::lower_bound(places_.begin(), places_.end(), peer,
                                     [](const Place& place, PeerId wanted) { return place.peer < wanted; });
    if (at == places_.end() || at->peer != peer) return std::nullopt;
    return static_cast<std::uint32_t>(at - places_.begin());
}

}  // namespace coop::protocol::content

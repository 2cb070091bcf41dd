// A pool as one member knows it: a directory filled by announcements, and the roster that follows from it.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/policy/placement.hpp"
#include "engine/protocol/content/keeper.hpp"
#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {

using content::Holders;
using content::Roster;
using policy::DailyHours;

inline Announcement offer(DailyHours hours = {}, base::Bytes disk = base::gigabytes(1)) {
    return {.hours = hours, .disk = disk};
}

class Pool {
  public:
    explicit Pool(std::vector<Announcement> offers, PeerId self = peer(0))
        : offers_(std::move(offers)), directory(self, config.membership, config.content.failed_after) {
        bench.now = base::Instant::zero() + base::days(10);
        for (std::uint32_t i = 0; i < offers_.size(); ++i) announce(i, offers_[i]);
        directory.wake(bench.now);
    }
    explicit Pool(std::size_t members, PeerId self = peer(0))
        : Pool(std::vector<Announcement>(members, offer()), self) {}

    void announce(std::uint32_t member, const Announcement& said) {
        Env env = bench.env();
        directory.on_announcement(announcement(member, ++said_[member], bench.now, said), env);
    }
    /// Time passes in which all but these are heard.
    void pass(base::Duration time, const std::vector<std::uint32_t>& silent = {}) {
        bench.now = bench.now + time;
        Env env = bench.env();
        for (std::uint32_t i = 0; i < offers_.size(); ++i) {
            const bool heard = std::find(silent.begin(), silent.end(), i) == silent.end();
            if (heard) directory.heard(peer(i), bench.now, env);
        }
        directory.on_deadline(env);
    }
    Roster roster() const {
        Roster made;
        made.rebuild(directory, bench.crypto);
        return made;
    }

  private:
    std::vector<Announcement> offers_;
    std::vector<std::uint32_t> said_ = std::vector<std::uint32_t>(64, 0);

  public:
    Config config;
    Bench bench;
    membership::Directory directory;
};

inline base::Digest digest(std::uint8_t number) {
    base::Digest made;
    made.bytes[0] = number;
    return made;
}

/// The object, and how many members there are, in tests about one of each.
inline const base::Digest photo = digest(42);
inline constexpr std::uint32_t eight = 8;

/// Members by their rank for this object, best first: sorted by score, the whole of rendezvous hashing.
inline std::vector<std::uint32_t> ranking(const base::Digest& object, std::uint32_t members) {
    std::vector<std::uint32_t> order(members);
    for (std::uint32_t i = 0; i < members; ++i) order[i] = i;
    const NoCrypto crypto;
    const auto score = [&](std::uint32_t i) {
        return policy::rendezvous_score(object.prefix(), {crypto.key_prefix(peer(i)), 1});
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return score(a) > score(b); });
    return order;
}

}  // namespace coop::protocol::test

// PeerBook: which key and address stand behind a handle.
//
//     core: PeerId 17  ◄── codec ──►  wire: key 32 + address 16 + port 2
//
// Law: a handle means one key for as long as the process runs, so nothing that the node remembers can come to
// mean somebody else; a handle whose key was forgotten means nobody for good. Strangers are bounded: beyond
// the bound, new ones are not let in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/protocol/ids.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::wire {

using protocol::Endpoint;
using protocol::PeerId;

class PeerBook {
  public:
    virtual ~PeerBook() = default;
    PeerBook() = default;
    PeerBook(const PeerBook&) = delete;
    PeerBook& operator=(const PeerBook&) = delete;

    /// Null for a handle that was never given out, or is forgotten.
    virtual const base::Key* key_of(PeerId peer) const noexcept = 0;
    /// Where to dial it; all zero when nobody has said.
    virtual Endpoint endpoint_of(PeerId peer) const noexcept = 0;
    /// None for a key that was never heard of.
    virtual PeerId find(const base::Key& key) const noexcept = 0;
    /// The handle of this key, given out now if need be; `endpoint` is hearsay, all zero for none.
    /// None when the book has no room for another stranger.
    virtual PeerId intern(const base::Key& key, const Endpoint& endpoint) = 0;
};

/// A board's book. Handles are 0, 1, 2 … in the order of first mention, and none is given twice.
class BoundedPeerBook final : public PeerBook {
  public:
    struct Limits {
        std::uint32_t members_max = 4096;     // as MembershipConfig::members_max
        std::uint32_t strangers_max = 16384;  // 1.5 MB at most. Guess. Study: scenarios/handful.toml
    };
    BoundedPeerBook() : BoundedPeerBook(Limits{}) {}
    explicit BoundedPeerBook(Limits limits) : limits_(limits) {}

    const base::Key* key_of(PeerId peer) const noexcept override;
    Endpoint endpoint_of(PeerId peer) const noexcept override;
    PeerId find(const base::Key& key) const noexcept override;
    /// Hearsay fills and replaces hearsay, never what was confirmed.
    PeerId intern(const base::Key& key, const Endpoint& endpoint) override;

    /// A member from now on: makes room for another stranger. For oneself, configured contacts, and whoever
    /// signed something that the node keeps account of. False when there are `members_max` already.
    bool promote(PeerId peer);
    /// Hardly any room for another member.
    bool crowded() const noexcept { return members_ >= limits_.members_max - limits_.members_max / 8; }
    /// Members whom nobody keeps account of any more become strangers again; who they are.
    template <class Keeps>
    std::vector<PeerId> demote_unless(Keeps&& keeps) {
        std::vector<PeerId> demoted;
        for (auto&& [peer, entry] : entries_) {
            if (!entry.member || keeps(peer)) continue;
            entry.member = false;
            ++changes_;
            --members_;
            ++strangers_;
            demoted.push_back(peer);
        }
        return demoted;
    }
    /// Strangers that nobody here speaks of any more; members stay. Returns how many are gone.
    std::size_t forget(std::span<const PeerId> strangers);
    bool is_member(PeerId peer) const noexcept;
    /// Its own signed word, or a connection that reached it. Only a later confirmation changes it.
    void confirm(PeerId peer, const Endpoint& endpoint);

    std::size_t size() const noexcept { return entries_.size(); }
    std::uint32_t strangers() const noexcept { return strangers_; }
    std::uint32_t members() const noexcept { return members_; }
    /// How often somebody became a member, or ceased to be one.
    std::uint32_t changes() const noexcept { return changes_; }
    bool half_full() const noexcept { return strangers_ >= limits_.strangers_max / 2; }
    /// How often a stranger was turned away.
    std::uint64_t refused() const noexcept { return refused_; }

  private:
    struct Entry {
        base::Key key;
        Endpoint endpoint;
        bool member = false;
        bool confirmed = false;
    };
    Limits limits_;
    base::FlatMap<PeerId, Entry> entries_;
    base::FlatMap<base::Key, PeerId> by_key_;
    std::uint32_t next_ = 0;
    std::uint32_t members_ = 0;
    std::uint32_t strangers_ = 0;
    std::uint32_t changes_ = 0;
    std::uint64_t refused_ = 0;
};

/// What one link may add to a board's book: without it, one hostile peer fills the room for strangers with
/// names that nobody has. One for each connection, in front of the board's book; when the connection is over,
/// whoever it introduced and nobody met is forgotten.
///
/// Eight links take half of the room at 1024 each, and 120 more the other half at 64 each: so with a board's
/// 128 connections (runtime::Limits) there is always room for whoever comes by itself.
class LinkBook final : public PeerBook {
  public:
    /// Room for one catch-up's origins (`heard_in_message_max`) and as many again.
    static constexpr std::uint32_t introductions_max = 1024;
    /// The part of that which is left to each link once half of the board's room is taken.
    static constexpr std::uint32_t when_half_full = 16;

    explicit LinkBook(BoundedPeerBook& board, std::uint32_t most = introductions_max)
        : board_(board), most_(most) {}

    const base::Key* key_of(PeerId peer) const noexcept override { return board_.key_of(peer); }
    Endpoint endpoint_of(PeerId peer) const noexcept override { return board_.endpoint_of(peer); }
    PeerId find(const base::Key& key) const noexcept override { return board_.find(key); }
    /// None as well when this link has named too many who have not become members.
    PeerId intern(const base::Key& key, const Endpoint& endpoint) override;

    /// Whom it introduced, but for those it has seen to be members, or forgotten, since.
    std::span<const PeerId> introduced() const noexcept { return introduced_; }
    /// How often a name was not taken.
    std::uint64_t refused() const noexcept { return refused_; }

  private:
    bool may_introduce();

    BoundedPeerBook& board_;
    std::uint32_t most_;
    std::uint64_t refused_ = 0;
    std::vector<PeerId> introduced_;  // and not yet seen to be members
    std::uint32_t changes_seen_ = 0;  // when that was looked at
};

}  // namespace coop::wire

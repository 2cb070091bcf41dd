// Views: whom this node links with. HyParView (Leitão, Pereira, Rodrigues, DSN 2007).
//
//     strangers ──shuffle──► passive view (30, names only) ──Neighbor──► active view (5, kept alive)
//                                   ▲                                        │ silent, evicted, asleep
//                                   └────────────────────────────────────────┘
//
// Law: an active link is held by both ends, or heals to none: traffic on a link that one end does not hold is
// answered by taking the link (when there is room) or by Disconnect. Never more than `active_max` links. A
// broken link is noticed by time. Only what a peer was asked for may grow the views beyond room.
#pragma once

#include <cstdint>
#include <span>

#include "engine/base/slim_vector.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/membership/directory.hpp"

namespace coop::protocol::membership {

/// The rest of the node, as far as the views need it; lent for one call.
struct Surroundings {
    Directory& directory;
    const base::SlimVector<PeerId>& contacts;  ///< members to join through; far away, so looked at seldom
    const SignedRef& announcement;             ///< our own newest; never null
};

class Views {
  public:
    /// `config` outlives the views.
    Views(PeerId self, const MembershipConfig& config);

    /// The hours or the process begin: joins through a member that should be awake.
    void wake(const Surroundings& around, Env& env);
    /// The hours are over, or the owner leaves: a farewell to all; neighbours are remembered as passive.
    void sleep(Farewell why, Env& env);

    // The announcements inside Join and ForwardJoin were verified and given to the directory before.
    void on(PeerId from, const Join& message, Env& env);
    void on(PeerId from, const ForwardJoin& message, Env& env);
    void on(PeerId from, const Neighbor& message, Env& env);
    void on(PeerId from, const NeighborReply& message, Env& env);
    void on(PeerId from, const Disconnect& message, Env& env);
    void on(PeerId from, const Shuffle& message, Env& env);
    void on(PeerId from, const ShuffleReply& message, Env& env);
    void on(PeerId from, const KeepAlive& message, Env& env);
    /// It is no neighbour any more, and is not asked to be one.
    void cut_off(PeerId peer, Env& env);
    /// For every message of any part: the link lives.
    void heard_from(PeerId peer, base::Instant now);

    void on_deadline(const Surroundings& around, Env& env);
    Deadline deadline() const;

    PeerList active() const;
    bool is_active(PeerId peer) const;
    std::span<const PeerId> passive() const { return passive_; }
    /// Linked with, asked, or kept to be asked one day.
    bool remembers(PeerId peer) const;
    /// So many different ones of both views that are expected awake, each as likely; fewer where there are.
    PeerList sample(std::size_t count, PeerId except, const Directory& directory, Env& env) const;
    /// Changes whenever the active view did.
    std::uint32_t version() const { return version_; }

    void fetch() const {
        links_.fetch();
        asked_.fetch();
        passive_.fetch();
    }

  private:
    struct Link {
        PeerId peer;
        std::uint32_t since = 0;  ///< whole seconds: enough until 2106
        base::Instant heard;

        void begins(base::Instant now) {
            since = static_cast<std::uint32_t>(now.ns() / base::seconds(1).ns());
        }
        base::Instant began() const { return base::Instant::zero() + base::seconds(since); }
    };
    /// Asked to be our neighbour, no answer yet.
    struct Asked {
        PeerId peer;
        base::Instant until;
        bool insist = false;  ///< its answer may take the place of another neighbour
    };

    Link* link(PeerId peer);
    void find_oldest();
    bool full() const;
    void add_link(PeerId peer, Env& env);
    void drop_link(PeerId peer, LinkEnd end, Env& env);
    void make_room(Env& env);
    void accepted_by(PeerId peer, Env& env);
    void try_again(Env& env);
    void ask(PeerId peer, bool urgent, Env& env);
    void join_through(PeerId peer, const Surroundings& around, Env& env);
    enum class Answered : std::uint8_t { unasked, asked, insisted };
    Answered take_asked(PeerId peer);
    bool is_asked(PeerId peer) const;
    bool vouches(PeerId peer) const { return is_active(peer) || is_asked(peer); }
    void remember(PeerId peer, std::span<const PeerId> expendable, Env& env);
    PeerId random_neighbour(PeerId except_a, PeerId except_b, Env& env) const;
    PeerList sample_passive(std::size_t count, Env& env) const;

    void drop_silent(Directory& directory, Env& env);
    void give_up_unanswered(Directory& directory, Env& env);
    void keep_alive(Env& env);
    void shuffle(const Surroundings& around, Env& env);
    void knock(const Directory& directory, Env& env);
    void refill(const Surroundings& around, Env& env);
    void ask_stranger(const Surroundings& around, Env& env);
    void rejoin(const Surroundings& around, Env& env);
    void join(PeerId peer, const Surroundings& around, Env& env);
    template <class List>
    PeerId pick(const List& peers, const Directory& directory, Env& env) const;
    PeerId pick_known(const Directory& directory, Env& env) const;
    bool worth_asking(PeerId peer, const Directory& directory, base::Instant now) const;
    base::Duration pause(Env& env) const;

    const MembershipConfig* config_;
    base::SlimVector<Link> links_;
    base::SlimVector<Asked> asked_;
    base::SlimVector<PeerId> passive_;
    base::SlimVector<PeerId>
        shuffled_;  // what the outstanding shuffle offered; given up first when the answer comes
    base::Instant oldest_ = base::Instant::never();  // when the link that is silent for longest was heard
    base::Instant keep_alive_at_ = base::Instant::never();
    base::Instant shuffle_at_ = base::Instant::never();
    base::Instant refill_at_ = base::Instant::never();
    PeerId self_;
    std::uint32_t version_ = 0;
    std::uint8_t tries_ = 0;  // in vain, one after the other
    bool awake_ = false;
    bool joining_ = false;  // no link since waking
    bool shuffle_out_ = false;
};

}  // namespace coop::protocol::membership

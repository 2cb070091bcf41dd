// Node: everything that a board decides.
//
//     Input ──► Node::step ──► parts ──► Pacer ──► Outbox
//
//     membership  who is there, and whom I link with        content   which objects I look after
//     broadcast   news to everybody                          transfer  fetching them chunk by chunk
//     sync        what I missed while asleep                 quota     my owner's limits
//
// Law: a Node owns no socket, clock, file, thread or generator. The same object file runs under the simulator
// and on a board. Routing between the parts happens here and nowhere else; parts do not know each other.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "engine/base/flat_map.hpp"
#include "engine/base/slim_vector.hpp"
#include "engine/protocol/broadcast/broadcast.hpp"
#include "engine/protocol/broadcast/statement_log.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/content/keeper.hpp"
#include "engine/protocol/content/shelf.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/input.hpp"
#include "engine/protocol/membership/directory.hpp"
#include "engine/protocol/membership/outcasts.hpp"
#include "engine/protocol/membership/views.hpp"
#include "engine/protocol/quota/meter.hpp"
#include "engine/protocol/quota/pacer.hpp"
#include "engine/protocol/sync/catch_up.hpp"
#include "engine/protocol/transfer/pulls.hpp"

namespace coop::protocol {

/// Of the pool. Whoever is leaving is still needed; whoever has left may be switched off.
enum class Stay : std::uint8_t { member, leaving, left };

class Node {
  public:
    /// `tuning`, `own` and `policies` outlive the node.
    Node(PeerId self, const Tuning& tuning, const Own& own, const Policies& policies);
    Node(PeerId self, const Config& config, const Policies& policies)
        : Node(self, config, config, policies) {}

    /// Never blocks, never throws.
    void step(const Input& input, Env& env) noexcept;
    /// When to be woken next; computed from state at the end of each step, so never stale.
    Deadline deadline() const noexcept { return due_; }

    /// Asks for the lists that nearly every step reads, for hosts that know what comes next.
    void fetch() const {
        directory_.fetch();
        views_.fetch();
        log_.fetch();
    }

    /// Whether the owner's hours let this node talk now. A host closes its links and its door when not.
    bool awake() const noexcept { return awake_; }
    /// The active view, for graph exports and tests.
    PeerList neighbours() const noexcept { return views_.active(); }
    /// The neighbours that payloads are pushed to, for graph exports and tests.
    PeerList eager() const noexcept { return broadcast_.eager(); }
    /// Whether it may still speak to this peer of its own accord, however little is known of it; for hosts
    /// that forget strangers.
    bool may_turn_to(PeerId peer) const noexcept { return views_.remembers(peer); }
    /// Whether what it says has a meaning here, or something that it said is kept; for hosts that forget
    /// names.
    bool keeps_account_of(PeerId peer) const noexcept {
        return directory_.find(peer) != nullptr || log_.knows(peer);
    }
    const content::Shelf& shelf() const noexcept { return objects().shelf; }
    base::Bytes disk_used() const noexcept { return meter_.disk_used(); }
    const membership::Directory& directory() const noexcept { return directory_; }
    /// Whether it has said durably that it leaves for good, and whether it has gone.
    Stay stay() const noexcept;
    /// Objects here that the pool does not hold enough of without this board, as far as is known.
    std::size_t to_hand_over() const noexcept;
    /// The disk refused to write: nothing new is promised until it does again.
    bool disk_trouble() const noexcept { return disk_trouble_; }

  private:
    // What a Persist was for.
    struct Said {
        SignedRef statement;
    };
    struct ManifestOf {
        base::Digest object;
    };
    struct ChunkOf {
        base::Digest object;
        std::uint16_t index;
    };
    using Pending = std::variant<Said, ManifestOf, ChunkOf>;

    // This node's newest durable word on an object.
    struct Word {
        std::uint32_t sequence = 0;
        Custody custody = Custody::released;
    };

    /// What this board has to do with objects.
    struct Objects {
        explicit Objects(const ContentConfig& config) : pulls(config) {}
        content::Shelf shelf;
        transfer::Pulls pulls;
        base::FlatMap<base::Digest, Word> holdings;              ///< own Holding statements
        base::SlimVector<base::Digest> puts;                     ///< being put, not yet durable
        base::FlatMap<base::Digest, base::Instant> read_copies;  ///< fetched for the owner, kept until then
    };
    const Objects& objects() const;
    Objects& any_objects();  ///< made when there are none

    // node.cpp: what happens, and the owner's day
    void on(const Started& started, Env& env);
    void on(const Woken& woken, Env& env);
    void on(const Received& received, Env& env);
    void on(const Persisted& persisted, Env& env);
    void on(const Requested& requested, Env& env);
    void on(const Damaged& damaged, Env& env);
    void follow_hours(Env& env);
    void wake(Env& env);
    void sleep(Farewell why, Env& env);
    void settle(Env& env);
    Deadline soonest() const;

    // node_recovery.cpp: what the disk still holds
    void recover(const KeptStatement& kept, Env& env);
    void recover(const KeptManifest& kept, Env& env);
    void recover(const KeptChunk& kept, Env& env);
    void recover(const ForgottenObject&, Env&) {}
    void recover(const ForgottenStatement&, Env&) {}
    void recover_own(const SignedRef& statement, Env& env);
    void reclaim_shelf(Env& env);

    // node_statements.cpp: what is said, by this node and by others
    void say(Body body, Env& env);
    void on_custody_said(const Holding& holding, Custody before, Env& env);
    void take_back_empty_words(Env& env);
    void announce(Env& env);
    void on_said(const SignedRef& statement, Env& env);
    void hear_of_own(PeerId from, const SignedRef& statement, Env& env);
    void close_own_gaps();
    void supersede(const Statement& statement, Env& env);
    void forget_old_notices(Env& env);
    bool trusted(PeerId from, const SignedRef& statement, Env& env);
    void caught(PeerId from, Env& env);
    bool has_place_for(const Statement& statement, Env& env);
    bool full(base::Instant now) const;
    void introduce(PeerId from, const SignedRef& announcement, Env& env);
    void deliver(const SignedRef& statement, std::uint16_t hops, Env& env);

    // node_messages.cpp: one handler a message
    void on(PeerId from, const Join& m, Env& env);
    void on(PeerId from, const ForwardJoin& m, Env& env);
    void on(PeerId from, const Neighbor& m, Env& env);
    void on(PeerId from, const NeighborReply& m, Env& env);
    void on(PeerId from, const Disconnect& m, Env& env);
    void on(PeerId from, const Shuffle& m, Env& env);
    void on(PeerId from, const ShuffleReply& m, Env& env);
    void on(PeerId from, const KeepAlive& m, Env& env);
    void on(PeerId from, const Gossip& m, Env& env);
    void on(PeerId from, const IHave& m, Env& env);
    void on(PeerId from, const Graft& m, Env& env);
    void on(PeerId from, const Prune& m, Env& env);
    void on(PeerId from, const SyncAsk& m, Env& env);
    void on(PeerId from, const FetchManifest& m, Env& env);
    void on(PeerId from, const ManifestReply& m, Env& env);
    void on(PeerId from, const FetchChunk& m, Env& env);
    void on(PeerId from, const ChunkReply& m, Env& env);
    void on(PeerId from, const Refusal& m, Env& env);
    void not_taken(PeerId from, const Message& message, transfer::Answer answer, Env& env);
    bool may_serve(PeerId from, const base::Digest& object, std::uint16_t index, Env& env);
    void refuse(PeerId to, Refusal refusal, Env& env);

    // node_leaving.cpp: leaving for good
    void request(const Leave& command, Env& env);
    bool leaving() const { return !leave_by_.is_never(); }
    void remember_leaving(const Statement& announcement, Env& env);
    void go_when_free(Env& env);
    bool needed_here(Env& env) const;
    bool has_said_goodbye() const;
    void depart(Env& env);

    // node_content.cpp: objects put, wanted, kept, served and dropped
    void request(const Publish& command, Env& env);
    void request(const Put& command, Env& env);
    void request(const Get& command, Env& env);
    void look_after_objects(Env& env);
    void perform(const content::Task& task, Env& env);
    void fetch(const content::Task& task, Env& env);
    void release(const content::Task& task, Env& env);
    void give_up_reads(Env& env);
    bool make_room(base::Bytes size, Env& env);
    bool shelve(const ManifestRef& manifest, Env& env);
    void advance_pulls(Env& env);
    void on_whole(const base::Digest& object, Env& env);
    void drop(const base::Digest& object, Env& env);
    Custody custody_of(const base::Digest& object) const;
    bool being_put(const base::Digest& object) const;
    bool being_said(const base::Digest& object) const;
    void tidy_shelf(Env& env);
    void on_custody_unsaid(const Holding& holding, Env& env);
    void on_disk_trouble(const Pending& pending, Env& env);
    void try_disk_again(Env& env);
    Ticket keep(Record record, Env& env);

    PeerId self_;
    std::uint32_t last_sequence_ = 0;
    std::uint32_t leaving_since_ = 0;  ///< its first own announcement of that; 0: none yet
    std::uint32_t links_seen_ = 0;     ///< the version of the views that broadcast knows
    const Tuning* config_;
    const Own* own_;
    Deadline due_ = Deadline::never();
    bool started_ = false;
    bool awake_ = false;
    bool going_ = false;  ///< nobody needs it any more: its last word is on its way to the disk, or said
    bool gone_ = false;
    bool disk_trouble_ = false;
    bool catalogue_full_ = false;                         ///< told, since waking
    base::Instant disk_try_at_ = base::Instant::never();  ///< whether it writes again
    base::Instant leave_by_ = base::Instant::never();     ///< asked to leave for good: gone by then
    base::Instant sleep_at_ = base::Instant::never();
    base::Instant wake_at_ = base::Instant::never();
    base::Instant tidy_from_ = base::Instant::never();  ///< before, what the pool wants is not known yet
    std::uint64_t last_ticket_ = 0;
    SignedRef announcement_;  ///< the newest own one that is durable

    membership::Directory directory_;
    membership::Views views_;
    broadcast::StatementLog log_;
    broadcast::Broadcast broadcast_;
    sync::CatchUp catch_up_;
    quota::Meter meter_;
    quota::Pacer pacer_;
    content::Keeper keeper_;
    std::unique_ptr<Objects> objects_;                // null before there is content
    std::unique_ptr<membership::Outcasts> outcasts_;  // null before anybody forged anything

    base::FlatMap<std::uint64_t, Pending> pending_;                      ///< by ticket
    base::SlimVector<std::pair<std::uint32_t, base::Instant>> notices_;  ///< own notices still kept
};

/// A million of them lie in one memory. Measured: bench/README.md
static_assert(sizeof(void*) != 8 || sizeof(Node) <= 632);

}  // namespace coop::protocol

// Keeper: looks after the objects of the pool from where this member stands.
//
//     Holding statements ──► catalogue ──► judge each object ──► tasks: fetch, promote, release
//
// Law: pull, never push. Every member fetches what it should hold from whoever holds it and is awake; nobody
// is told to. Enough copies are left alone, so a member that comes back in time costs nothing.
#pragma once

#include <memory>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/content/duty.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::content {

/// What is known of one object of the pool.
struct Known {
    base::Bytes size;
    Holders holders;
    base::Instant unsettled_since;  ///< first seen, or last seen with enough copies
    Judgement judgement;
    base::Instant judged_at;
    bool stale = true;  ///< the holders changed since it was judged

    /// `released` when this peer is not known to hold it.
    Custody custody_of(PeerId peer) const;
};

struct Task {
    Duty duty = Duty::none;
    base::Digest object;
    base::Bytes size;
    bool repair = false;
};

class Keeper {
  public:
    Keeper(PeerId self, const ContentConfig& config, const policy::Placement& placement);

    /// Somebody, or this node itself, says what it holds. Remembered within bounds.
    void on_holding(PeerId origin, const Holding& holding, base::Instant now);

    /// Judges what may have changed and returns what to do now, at most `tasks_max` things. A fetch is
    /// returned only while one of its sources is expected awake.
    std::vector<Task> review(const membership::Directory& directory, Env& env);

    /// Peers that hold it and are expected awake now, best custody first. For an object that nobody
    /// announced: those who should hold it.
    std::vector<PeerId> sources(const base::Digest& object, const membership::Directory& directory, Env& env);

    /// Whether the pool holds enough of it, as it was judged last. Whoever leaves is not counted: asked by
    /// one that does, whether the others do.
    bool enough_elsewhere(const base::Digest& object) const;

    const Known* find(const base::Digest& object) const {
        return catalogue_ == nullptr ? nullptr : catalogue_->objects.find(object);
    }
    std::size_t size() const { return catalogue_ == nullptr ? 0 : catalogue_->objects.size(); }
    /// One of the copies here that the pool has enough of without it; nothing when all are needed.
    const base::Digest* spare(const membership::Directory& directory, Env& env);

    Deadline deadline() const { return next_review_; }
    /// Look again soon: something has changed.
    void look_soon(base::Instant now);

  private:
    /// The members as the policy sees them, and the ways between them. Many look after nothing and need none.
    struct Map {
        explicit Map(base::Duration meeting_min) : routes(meeting_min) {}
        Roster roster;
        Routes routes;
        std::uint32_t version = 0;  ///< of the directory
    };

    /// What is known of the pool's objects.
    struct Catalogue {
        base::FlatMap<base::Digest, Known> objects;
        std::unique_ptr<Map> map;  // made when there is an object to judge, or to look for
        std::uint32_t unheld = 0;  // became so since they were thrown out last
    };

    Catalogue& catalogue();
    bool has_room();
    void refresh_map(const membership::Directory& directory, Env& env);
    void judge_again(const base::Digest& object, Known& known, base::Instant now);
    Situation situation(const base::Digest& object, const Known& known, base::Instant now) const;

    const ContentConfig* config_;
    const policy::Placement* placement_;
    std::unique_ptr<Catalogue> catalogue_;  // null before anything is known, or looked for
    base::Instant next_review_ = base::Instant::never();
    PeerId self_;
    bool reviewed_ = false;
};

}  // namespace coop::protocol::content

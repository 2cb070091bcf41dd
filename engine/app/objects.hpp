// Objects: who holds what, seen from above: the checker's own book, which no member has.
//
// Law: kept from reports (put_accepted, stored, got, released), so that it serves real boards too, and held
// against what the boards' disks really hold: who does not hold it has no copy, whatever was reported. An
// object is safe once as many keepers hold it as the policy promises: from then on the pool answers for it,
// and it is lost when nobody who is still there holds it. Before, only its owner does.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/effect.hpp"
#include "engine/results/histogram.hpp"

namespace coop::app {

class Objects {
  public:
    Objects(std::uint32_t members, std::size_t copies);

    void report(base::Instant at, protocol::PeerId node, const protocol::Report& report);
    void gone(protocol::PeerId node);

    /// Whether the whole of this object, which is so large, lies on this member's disk.
    using Holds = std::function<bool(protocol::PeerId, const base::Digest&, base::Bytes)>;
    struct Missing {
        protocol::PeerId node;
        base::Digest object;
        base::Bytes size;
    };
    /// Copies that were reported and are not there: they count no more. Of one member, or of all.
    std::vector<Missing> strike_out(const Holds& holds, protocol::PeerId only = protocol::PeerId::none());

    std::uint64_t put() const { return objects_.size(); }
    std::uint64_t safe() const { return safe_; }
    /// Were safe once, and nobody who is still there holds them.
    std::uint64_t lost() const { return without_holder(true); }
    /// Were never safe, and went with their owner's board.
    std::uint64_t gone_unsafe() const { return without_holder(false); }
    /// Were safe once, and have too few copies now.
    std::uint64_t at_risk() const;
    std::uint64_t at_risk_max() const { return at_risk_max_; }
    /// A whole copy is on a board that is awake now.
    std::uint64_t available(const std::vector<bool>& awake) const;
    double copies_mean() const;
    void note_risk() { at_risk_max_ = at_risk() > at_risk_max_ ? at_risk() : at_risk_max_; }

    std::uint64_t reads_asked() const { return asked_; }
    std::uint64_t reads_answered() const { return read_wait_.count(); }
    const results::Histogram& time_to_safe() const { return time_to_safe_; }  ///< ns
    const results::Histogram& read_wait() const { return read_wait_; }        ///< ns
    base::Bytes repaired() const { return repaired_; }
    base::Bytes disk_used(protocol::PeerId node) const { return disks_[node.index].used; }
    base::Bytes disk_most(protocol::PeerId node) const { return disks_[node.index].most; }

  private:
    struct Object {
        base::Instant put_at;
        base::Bytes size;
        bool was_safe = false;
        std::vector<std::uint32_t> keepers;  ///< sorted
        std::vector<std::uint32_t> others;   ///< the author's, couriers' and readers' copies; sorted
    };
    struct Disk {
        base::Bytes used;
        base::Bytes most;
    };

    std::uint64_t without_holder(bool was_safe) const;
    void fill(protocol::PeerId node, base::Bytes size);
    void hold(Object& object, std::uint32_t node, bool keeper);
    void settle(base::Instant at, Object& object);
    std::size_t promised() const;

    std::size_t copies_;
    std::size_t present_;
    base::FlatMap<base::Digest, Object> objects_;
    std::vector<Disk> disks_;
    std::vector<bool> gone_;
    base::FlatMap<base::Digest, base::Bytes> repairing_;
    results::Histogram time_to_safe_;
    results::Histogram read_wait_;
    base::Bytes repaired_;
    std::uint64_t safe_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t at_risk_max_ = 0;
};

}  // namespace coop::app

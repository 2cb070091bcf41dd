// QuotaChecker: the owners' limits, checked from outside the node and by other code than the node's.
//
//     bytes in any interval t  <=  b + r * t        for what leaves, and for what is asked for
//     nothing leaves outside the hours (a farewell may, shortly after); content on disk <= the disk lent
//
// Law: a byte counts at the instant at which the node let go of it: CPU, disk and line behind it only spread
// bytes in time. A chunk asked for counts when it is asked for, with the size that its answer will have.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/protocol/config.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

/// GCRA by virtual scheduling (ITU-T I.371, annex A): each byte is due 1/r after the one before, and may be
/// at most b/r early. Answers in constant time, for all intervals at once.
class RateLaw {
  public:
    RateLaw() = default;
    RateLaw(base::ByteRate rate, base::Bytes burst) : rate_(rate.per_second), burst_(burst.count) {}

    /// Bytes above the law after these; 0 when it holds. Always counts them.
    base::Bytes excess_after(base::Bytes size, base::Instant now);
    base::Bytes burst() const { return {burst_}; }

  private:
    // The level of a bucket that leaks at `rate`, in bytes * 10^9, exact; 96 bits are enough, 128 are there.
    std::int64_t rate_ = 0;
    std::int64_t burst_ = 0;
    base::Wide level_ = 0;
    base::Instant seen_ = base::Instant::of_ns(0);
};

/// Of one message, or of one write; nearly always none.
using Violations = std::vector<Violation>;

class QuotaChecker {
  public:
    /// A farewell that closes the day may leave this long after the hours: the node's own wake-up, a busy
    /// core and the disk lie between. Guess. Study: scenarios/studies/chunk_size.toml
    static constexpr base::Duration farewell_grace = base::seconds(30);

    explicit QuotaChecker(const protocol::Policies& policies);

    void add_member(const policy::Contribution& owner);
    /// A put tells the sizes of its chunks; requests are judged by them.
    void on_put(const protocol::Manifest& manifest);
    /// What it breaks. Different members may be asked about at the same time.
    Violations on_send(base::Instant now, PeerId from, const protocol::Message& message, base::Bytes line);
    Violations on_disk(base::Instant now, PeerId node, base::Bytes used) const;

  private:
    struct Member {
        RateLaw up;
        RateLaw down;
        policy::DailyHours hours;
        base::Bytes disk;
    };

    bool within_hours(base::Instant now, PeerId from, const protocol::Message& message) const;
    base::Bytes answer_size(const protocol::Message& request) const;

    const policy::Quota* quota_;
    bool hours_bind_;
    std::vector<Member> members_;
    base::FlatMap<base::Digest, base::Bytes> objects_;
};

}  // namespace coop::sim

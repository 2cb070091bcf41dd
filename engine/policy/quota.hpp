// Quota: how much of a board its owner lets the pool use, and whether one act is within it.
#pragma once

#include <memory>
#include <string_view>

#include "engine/policy/contribution.hpp"
#include "engine/policy/policy.hpp"

namespace coop::policy {

/// What the owner's contribution comes to, in the units that a token bucket counts.
struct Limits {
    base::ByteRate up;
    base::ByteRate down;
    base::Bytes burst;  ///< the depth of both buckets
    base::Bytes disk;
};

enum class Act : std::uint8_t { send, fetch, store };

struct QuotaView {
    Act act = Act::send;
    base::Bytes size;
    bool within_hours = true;
    base::Bytes tokens;     ///< left in the bucket that the act draws on (send, fetch)
    base::Bytes disk_used;  ///< by the pool, before the act (store)
    base::Bytes disk_limit;
};

enum class Verdict : std::uint8_t { granted, outside_hours, wait_for_tokens, disk_full };
std::string_view to_text(Verdict verdict) noexcept;

class Quota : public Policy {
  public:
    virtual Limits limits(const Contribution& owner) const noexcept = 0;
    virtual Verdict decide(const QuotaView& view) const noexcept = 0;
};

/// `fixed_share/1`: the same share of line, hours and disk for everybody, whatever they took.
std::unique_ptr<Quota> make_fixed_share(base::Bytes burst);
/// `none/1`: the whole line, all day; the disk is the only bound.
std::unique_ptr<Quota> make_no_quota(base::Bytes burst);

}  // namespace coop::policy

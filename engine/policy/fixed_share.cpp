#include <algorithm>
#include <array>

#include "engine/base/assert.hpp"
#include "engine/policy/builtin.hpp"
#include "engine/policy/quota.hpp"

namespace coop::policy {

namespace {

constexpr Param burst_param{
    "burst",
    "bytes",
    64 * 1024,
    40 * 1024,
    16 * 1024 * 1024,
    "how much may pass at once after a pause: a whole chunk with its headers (34 KiB) must fit, and the "
    "owner feels the rest as a short delay",
    "Guess. Study: scenarios/studies/chunk_size.toml"};
constexpr std::array<Param, 1> fixed_share_table{burst_param};
constexpr std::array<Param, 1> no_quota_table{burst_param};

constexpr bool fits(const QuotaView& view) {
    return base::Wide{view.disk_used.count} + view.size.count <= view.disk_limit.count;
}

class FixedShare final : public Quota {
  public:
    explicit FixedShare(base::Bytes burst) : burst_(burst) {}

    std::string_view name() const noexcept override { return "fixed_share/1"; }
    std::span<const Param> params() const noexcept override { return fixed_share_table; }

    Limits limits(const Contribution& owner) const noexcept override {
        const base::Share share{std::clamp<std::int64_t>(owner.share.ppm, 0, 1'000'000)};
        return {owner.line_up * share, owner.line_down * share, burst_, owner.disk};
    }

    Verdict decide(const QuotaView& view) const noexcept override {
        if (!view.within_hours) return Verdict::outside_hours;
        if (view.act == Act::store) return fits(view) ? Verdict::granted : Verdict::disk_full;
        return view.size <= view.tokens ? Verdict::granted : Verdict::wait_for_tokens;
    }

  private:
    base::Bytes burst_;
};

class NoQuota final : public Quota {
  public:
    explicit NoQuota(base::Bytes burst) : burst_(burst) {}

    std::string_view name() const noexcept override { return "none/1"; }
    std::span<const Param> params() const noexcept override { return no_quota_table; }

    Limits limits(const Contribution& owner) const noexcept override {
        return {owner.line_up, owner.line_down, burst_, owner.disk};
    }

    Verdict decide(const QuotaView& view) const noexcept override {
        return view.act != Act::store || fits(view) ? Verdict::granted : Verdict::disk_full;
    }

  private:
    base::Bytes burst_;
};

constexpr bool allowed(base::Bytes burst) {
    return burst.count >= burst_param.least && burst.count <= burst_param.most;
}

}  // namespace

std::string_view to_text(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::granted:
            return "granted";
        case Verdict::outside_hours:
            return "outside_hours";
        case Verdict::wait_for_tokens:
            return "wait_for_tokens";
        case Verdict::disk_full:
            return "disk_full";
    }
    return "unknown";
}

std::span<const Param> fixed_share_params() noexcept { return fixed_share_table; }
std::span<const Param> no_quota_params() noexcept { return no_quota_table; }

std::unique_ptr<Quota> make_fixed_share(base::Bytes burst) {
    COOP_ASSERT(allowed(burst));
    return std::make_unique<FixedShare>(burst);
}

std::unique_ptr<Quota> make_no_quota(base::Bytes burst) {
    COOP_ASSERT(allowed(burst));
    return std::make_unique<NoQuota>(burst);
}

}  // namespace coop::policy

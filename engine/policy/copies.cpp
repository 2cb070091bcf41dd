#include <algorithm>
#include <array>

#include "engine/base/assert.hpp"
#include "engine/base/math.hpp"
#include "engine/base/rng.hpp"
#include "engine/policy/builtin.hpp"
#include "engine/policy/placement.hpp"

namespace coop::policy {

namespace {

constexpr std::int64_t copies_most = 255;

constexpr std::array<Param, 1> table{{
    {"copies", "copies", 3, 1, copies_most,
     "how many members hold each object: more survive more failures, and cost as much disk and line again",
     "The Google File System, SOSP 2003, §2.3 (three replicas); Study: scenarios/studies/copies.toml"},
}};

struct Ranked {
    double score;
    std::uint64_t key;
    std::uint32_t index;
};

/// A total order: two members with one score are told apart by key, and twins of one key by their place.
constexpr bool better(const Ranked& a, const Ranked& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.key != b.key ? a.key < b.key : a.index < b.index;
}

class Copies final : public Placement {
  public:
    explicit Copies(std::int64_t copies) : copies_(static_cast<std::size_t>(copies)) {}

    std::string_view name() const noexcept override { return "copies/1"; }
    std::span<const Param> params() const noexcept override { return table; }
    std::size_t chosen_max() const noexcept override { return copies_; }

    std::size_t choose(const PlacementView& view, std::span<std::uint32_t> chosen) const noexcept override {
        std::array<Ranked, copies_most> best;
        const std::size_t wanted = std::min(copies_, chosen.size());
        std::size_t count = 0;
        if (wanted == 0) return 0;
        for (std::size_t i = 0; i < view.members.size(); ++i) {
            const Candidate& member = view.members[i];
            if (member.weight == 0) continue;
            const double score = rendezvous_score(view.object, member);
            const Ranked next{score, member.key, static_cast<std::uint32_t>(i)};
            if (count == wanted && !better(next, best[count - 1])) continue;
            if (count < wanted) ++count;
            std::size_t place = count - 1;
            for (; place > 0 && better(next, best[place - 1]); --place) best[place] = best[place - 1];
            best[place] = next;
        }
        for (std::size_t i = 0; i < count; ++i) chosen[i] = best[i].index;
        return count;
    }

    bool satisfied_by(const PlacementView& view,
                      std::span<const std::uint32_t> holders) const noexcept override {
        const auto eligible = std::count_if(view.members.begin(), view.members.end(),
                                            [](const Candidate& member) { return member.weight > 0; });
        const std::size_t needed = std::min(copies_, static_cast<std::size_t>(eligible));
        std::size_t distinct = 0;
        for (std::size_t i = 0; i < holders.size() && distinct < needed; ++i) {
            if (holders[i] >= view.members.size() || view.members[holders[i]].weight == 0) continue;
            const auto earlier = holders.first(i);
            if (std::find(earlier.begin(), earlier.end(), holders[i]) == earlier.end()) ++distinct;
        }
        return distinct >= needed;
    }

  private:
    std::size_t copies_;
};

}  // namespace

double rendezvous_score(std::uint64_t object, const Candidate& member) noexcept {
    // 52 bits and a half step: exact in a double, so u is never 0 and never 1.
    const double u = (static_cast<double>(base::combine(object, member.key) >> 12) + 0.5) * 0x1p-52;
    return static_cast<double>(member.weight) / -base::log(u);
}

std::span<const Param> copies_params() noexcept { return table; }

std::unique_ptr<Placement> make_copies(std::int64_t copies) {
    COOP_ASSERT(copies >= table[0].least && copies <= table[0].most);
    return std::make_unique<Copies>(copies);
}

}  // namespace coop::policy

// Fault plan: power cuts, departures, crashes and bad disks, drawn once and read in order of time.
//
// Law: who is gone without a word never gets power again, whatever else was planned for it. Who says farewell
// goes when its node says so: that is not planned here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/rng.hpp"
#include "engine/sim/ports.hpp"

namespace coop::models {

enum class Mishap : std::uint8_t {
    power_cut,     ///< boards lose power together and get it back together
    leave,         ///< members go for good
    crash,         ///< the process stops hard and, after `lasts`, starts again; power stays on
    disk_full,     ///< forgetting still works
    disk_failing,  ///< nothing can be written
};

struct Trouble {
    Mishap kind = Mishap::power_cut;
    base::Duration at{};
    base::Duration lasts = base::Duration::max();  ///< max: to the end
    // Whom it hits. One of the three; share (rounded to the nearest) and count draw members.
    base::Share share{};
    std::uint32_t count = 0;
    std::vector<std::uint32_t> members{};
    /// leave: asks its node to hand over what only it holds, and to go. Otherwise just gone.
    bool farewell = true;
};

struct FaultParams {
    std::uint64_t seed = 1;
    std::vector<policy::DailyHours> hours;  ///< one a member
    std::vector<Trouble> troubles;
};

class FaultPlan final : public sim::Faults {
  public:
    explicit FaultPlan(const FaultParams& params);
    std::optional<sim::Fault> next() override;
    const std::vector<sim::Fault>& all() const { return faults_; }

    struct Gone {
        std::uint32_t member;
        base::Instant at;
    };
    /// Who goes for good without a word, and when.
    const std::vector<Gone>& gone() const { return gone_; }

  private:
    void plan(const FaultParams& params, const Trouble& trouble, base::Rng rng);
    void leave(const Trouble& trouble, std::uint32_t member);
    void add(base::Instant at, std::uint32_t member, sim::FaultKind kind);

    std::vector<sim::Fault> faults_;
    std::vector<Gone> gone_;
    std::vector<std::uint32_t> left_;  ///< with or without a word
    std::size_t read_ = 0;
};

/// Whom a trouble hits, in the order of the draw.
std::vector<std::uint32_t> struck(const Trouble& trouble, std::uint32_t members, base::Rng rng);

}  // namespace coop::models

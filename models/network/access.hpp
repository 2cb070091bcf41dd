// Access lines and a backbone: how far two homes are apart.
//
//     home i ─first hop─ provider ═══ backbone(i, j) ═══ provider ─first hop─ home j
//
// Law: the delay of a pair is the same in both directions and all through the run; jitter and loss come on
// top and are those of the two lines together.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/sim/ports.hpp"
#include "models/network/line.hpp"

namespace coop::models {

/// One way, uniform per pair between the two. The mean of the default is that of SimBlock's EUROPE>EUROPE,
/// 11 ms (LATENCY_2019; networks.csv, source N10); its spread is a guess. Study:
/// scenarios/studies/loss.toml
struct Backbone {
    base::Duration least = base::milliseconds(2);
    base::Duration most = base::milliseconds(20);
};

/// For a time the members of one side cannot reach the others.
struct NetSplit {
    base::Instant from{};
    base::Instant until{};
    std::vector<bool> side;  ///< by member
};

struct AccessParams {
    std::uint64_t seed = 1;
    std::vector<Line> lines;
    std::vector<std::uint32_t> line_of_member;  ///< index into `lines`
    Backbone backbone;
    std::vector<NetSplit> splits;
    base::Share message_loss{};  ///< whole messages that nothing sends again: for studies of one law alone
};

class AccessNetwork final : public sim::Network {
  public:
    explicit AccessNetwork(AccessParams params);
    sim::LineRates rates(sim::PeerId node) const override;
    sim::Path path(sim::PeerId from, sim::PeerId to, base::Instant now) const override;
    base::Duration lookahead() const override;
    const Line& line(sim::PeerId node) const { return params_.lines[params_.line_of_member[node.index]]; }
    base::Duration backbone(sim::PeerId a, sim::PeerId b) const;

  private:
    AccessParams params_;
};

/// Lost on either of two lines, in ppm.
constexpr std::int64_t either_loss(std::int64_t a_ppm, std::int64_t b_ppm) {
    return a_ppm + b_ppm - a_ppm * b_ppm / 1'000'000;
}
static_assert(either_loss(100'000, 100'000) == 190'000);

}  // namespace coop::models

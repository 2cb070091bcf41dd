#include "models/network/access.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/rng.hpp"

namespace coop::models {

AccessNetwork::AccessNetwork(AccessParams params) : params_(std::move(params)) {
    COOP_ASSERT(params_.backbone.least <= params_.backbone.most);
    for (const std::uint32_t line : params_.line_of_member) COOP_ASSERT(line < params_.lines.size());
}

sim::LineRates AccessNetwork::rates(sim::PeerId node) const { return {line(node).up, line(node).down}; }

sim::Path AccessNetwork::path(sim::PeerId from, sim::PeerId to, base::Instant now) const {
    const Line& near = line(from);
    const Line& far = line(to);
    sim::Path path;
    path.delay = near.first_hop + backbone(from, to) + far.first_hop;
    path.jitter_max = near.jitter + far.jitter;
    path.loss_ppm = either_loss(near.loss_ppm, far.loss_ppm);
    path.vanish_ppm = params_.message_loss.ppm;
    for (const NetSplit& split : params_.splits)
        if (now >= split.from && now < split.until && split.side[from.index] != split.side[to.index])
            path.open = false;
    return path;
}

// Two of the nearest homes. Nobody may have that line; then the answer is still not too long.
base::Duration AccessNetwork::lookahead() const {
    base::Duration hop = base::Duration::max();
    for (const std::uint32_t line : params_.line_of_member)
        hop = std::min(hop, params_.lines[line].first_hop);
    return params_.line_of_member.empty() ? params_.backbone.least : hop + params_.backbone.least + hop;
}

// A stream of its own for every pair, so that no table of pairs is needed and nobody's distance depends on
// others.
base::Duration AccessNetwork::backbone(sim::PeerId a, sim::PeerId b) const {
    const std::uint64_t low = std::min(a.index, b.index);
    const std::uint64_t high = std::max(a.index, b.index);
    base::Rng rng(params_.seed, base::Purpose::line, low << 32 | high);
    return rng.between(params_.backbone.least, params_.backbone.most);
}

}  // namespace coop::models

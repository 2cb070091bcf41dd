#include "engine/protocol/content/routes.hpp"

#include <algorithm>

namespace coop::protocol::content {
namespace {

constexpr base::Duration no_way = base::Duration::max();

/// The extra nanosecond makes every hand-over cost something, so that each one brings a copy nearer.
base::Duration hand_over(policy::DailyHours from, policy::DailyHours to) {
    return (to.start + base::days(1) - from.start) % base::days(1) + base::nanoseconds(1);
}

}  // namespace

bool meet(policy::DailyHours a, policy::DailyHours b, base::Duration meeting_min) {
    const base::Duration together = a.overlap(b);
    return together > base::Duration::zero() && together >= meeting_min;
}

const std::vector<base::Duration>& Routes::to(const Roster& roster, std::uint32_t target) {
    std::vector<base::Duration>& distances = to_[target];
    if (distances.empty()) distances = compute(roster, target);
    return distances;
}

// Dijkstra from the target backwards, with a plain scan for the nearest: the graph is dense.
std::vector<base::Duration> Routes::compute(const Roster& roster, std::uint32_t target) const {
    const auto members = static_cast<std::uint32_t>(roster.size());
    std::vector<base::Duration> distance(members, no_way);
    std::vector<bool> done(members, false);
    distance[target] = base::Duration::zero();
    for (std::uint32_t round = 0; round < members; ++round) {
        std::uint32_t nearest = members;
        for (std::uint32_t i = 0; i < members; ++i) {
            if (!done[i] && distance[i] < no_way && (nearest == members || distance[i] < distance[nearest]))
                nearest = i;
        }
        if (nearest == members) break;
        done[nearest] = true;
        if (nearest != target && roster.at(nearest).leaving) continue;  // it takes nothing along
        for (std::uint32_t i = 0; i < members; ++i) {
            if (done[i] || !meets(roster, i, nearest)) continue;
            distance[i] = std::min(
                distance[i], distance[nearest] + hand_over(roster.at(i).hours, roster.at(nearest).hours));
        }
    }
    return distance;
}

}  // namespace coop::protocol::content

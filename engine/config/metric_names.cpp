#include "engine/config/metric_names.hpp"

#include <algorithm>
#include <array>

namespace coop::config {

namespace {

constexpr std::array<MetricName, 32> table{{
    {"disk.used_max", "B", "Disk that the pool used on the fullest board, at its fullest."},
    {"disk.used_mean", "B", "Disk that the pool used on a board at the end, on average."},
    {"energy.kwh_per_member", "kWh", "Electricity that a board used for the pool over the run, on average."},
    {"energy.kwh_per_member_worst", "kWh", "Electricity of the board that used most."},
    {"gossip.payloads_per_delivery", "ratio",
     "Copies of a statement sent for each member that it reached; 1 is ideal."},
    {"links.broken", "links", "Links that were noticed to be silent and given up."},
    {"links.peak", "links", "Most links that one member held at once."},
    {"notice.lag_asleep_median", "s", "From waking up until a notice missed in sleep was there, median."},
    {"notice.lag_asleep_p95", "s",
     "From waking up until a notice missed in sleep was there, 95th percentile."},
    {"notice.latency_max", "s", "From publication to a member awake then, the slowest."},
    {"notice.latency_median", "s", "From publication to a member awake then, median."},
    {"notice.latency_p95", "s", "From publication to a member awake then, 95th percentile."},
    {"notice.reach_awake", "fraction",
     "Members awake at publication that had the notice within results.reach_within."},
    {"objects.at_risk_max", "objects",
     "Most objects that had fewer copies than the policy promises, at one time."},
    {"objects.gone_unsafe", "objects",
     "Objects that went with their owner's board before they were ever safe."},
    {"objects.lost", "objects", "Objects that were safe once and that nobody holds any more."},
    {"objects.put", "objects", "Objects that members gave to the pool."},
    {"objects.safe", "objects", "Objects that had as many copies as the policy promises at least once."},
    {"photo.safe_share", "fraction", "Photos that became safe before the end."},
    {"photo.time_to_safe_max", "s", "From putting a photo in until it was safe, the slowest."},
    {"photo.time_to_safe_median", "s", "From putting a photo in until it was safe, median."},
    {"photo.time_to_safe_p95", "s", "From putting a photo in until it was safe, 95th percentile."},
    {"quota.violations", "violations", "Times that a board gave more than its owner allowed; must be 0."},
    {"read.share_answered", "fraction", "Photos asked for that arrived whole before the end."},
    {"read.wait_median", "s", "From asking for a photo until it was whole, median."},
    {"read.wait_p95", "s", "From asking for a photo until it was whole, 95th percentile."},
    {"traffic.control_bytes", "B",
     "Everything sent that is neither photos nor repair: membership, notices, answers."},
    {"traffic.repair_bytes", "B", "Sent to make copies again that were lost with a member."},
    {"traffic.share_of_line_max", "fraction",
     "Of a member's uplink over its waking hours, the busiest member."},
    {"traffic.share_of_line_mean", "fraction", "Of a member's uplink over its waking hours, on average."},
    {"traffic.up_per_member_day", "B", "Sent by a member in a day, on average."},
    {"violations.total", "violations", "Broken invariants of every kind; must be 0."},
}};

}  // namespace

std::span<const MetricName> metric_names() noexcept { return table; }

const MetricName* find_metric(std::string_view name) noexcept {
    const auto at =
        std::lower_bound(table.begin(), table.end(), name,
                         [](const MetricName& metric, std::string_view n) { return metric.name < n; });
    return at != table.end() && at->name == name ? &*at : nullptr;
}

}  // namespace coop::config

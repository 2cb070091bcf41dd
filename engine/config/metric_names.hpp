// Metric names: what a run measures, in one table that expectations, comparisons and results share.
//
// Law: a name, once in a release, keeps its unit and its meaning.
#pragma once

#include <span>
#include <string_view>

namespace coop::config {

struct MetricName {
    std::string_view name;  ///< "notice.latency_p95"
    std::string_view unit;  ///< "s", "B", "kWh", "fraction" (0 to 1), "ratio"; or what is counted: "objects"
    std::string_view help;  ///< one sentence for a member of a cooperative
};

/// All of them, ordered by name.
std::span<const MetricName> metric_names() noexcept;
/// Null when there is none of this name.
const MetricName* find_metric(std::string_view name) noexcept;

}  // namespace coop::config

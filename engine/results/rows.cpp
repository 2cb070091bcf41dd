#include "engine/results/rows.hpp"

#include <algorithm>

#include "engine/results/histogram.hpp"

namespace coop::results {

std::string_view to_text(Source source) noexcept {
    return source == Source::simulated ? "simulated" : "testbed";
}

std::string_view to_text(RunStatus status) noexcept {
    switch (status) {
        case RunStatus::running:
            return "running";
        case RunStatus::finished:
            return "finished";
        case RunStatus::interrupted:
            return "interrupted";
        case RunStatus::failed:
            return "failed";
    }
    return "unknown";
}

std::string_view to_text(MetricKind kind) noexcept {
    switch (kind) {
        case MetricKind::scalar:
            return "scalar";
        case MetricKind::histogram:
            return "histogram";
        case MetricKind::series:
            return "series";
    }
    return "unknown";
}

double HistogramRow::quantile(double q) const {
    if (count == 0) return not_a_number;
    std::uint64_t rank = nearest_rank(q, count);
    for (const Bin& bin : bins) {
        if (rank <= bin.count) return std::clamp(bin.lower + (bin.upper - bin.lower) / 2, least, most);
        rank -= bin.count;
    }
    return most;
}

}  // namespace coop::results

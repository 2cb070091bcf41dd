#include "engine/results/summary.hpp"

#include <algorithm>
#include <limits>

#include "engine/results/histogram.hpp"

namespace coop::results {

void Summary::add(double value) {
    values_.push_back(value);
    sorted_ = false;
}

double Summary::mean() const {
    double sum = 0;
    for (const double value : values_) sum += value;
    return values_.empty() ? std::numeric_limits<double>::quiet_NaN()
                           : sum / static_cast<double>(values_.size());
}

double Summary::quantile(double q) const {
    if (values_.empty()) return std::numeric_limits<double>::quiet_NaN();
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    return values_[static_cast<std::size_t>(nearest_rank(q, values_.size()) - 1)];
}

}  // namespace coop::results

// Summary: exact quantiles of a few values, kept one by one. For many, use Histogram.
#pragma once

#include <cstddef>
#include <vector>

namespace coop::results {

class Summary {
  public:
    void add(double value);
    std::size_t count() const { return values_.size(); }
    double mean() const;  ///< NaN when empty, like all below
    double least() const { return quantile(0); }
    double most() const { return quantile(1); }
    /// By nearest rank: always one of the values.
    double quantile(double q) const;

  private:
    mutable std::vector<double> values_;
    mutable bool sorted_ = true;
};

}  // namespace coop::results

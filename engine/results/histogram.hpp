// Histogram: counts of non-negative integers in bins that grow with the value, as an HDR histogram has them.
//
//     0 1 2 … 127 | 128 130 132 … 254 | 256 260 … | …     64 bins to a doubling,
//                   width 2             width 4             none wider than 1/64 of its lower edge
//
// Law: a bin is found with integers only, so two hosts always agree. A bin's middle is within 1/128 (0.8 %)
// of every value in it; count, sum, least and most are exact. Two histograms merge without loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/units.hpp"

namespace coop::results {

class Histogram {
  public:
    /// log2 of the bins for every doubling: the relative error is 2^-(bits + 1), below 1 % for 6.
    static constexpr unsigned bits = 6;

    struct Span {
        std::int64_t lower = 0;  ///< the least value that falls in it
        std::int64_t upper = 0;  ///< the greatest one
        std::uint64_t count = 0;
    };

    /// A negative value (clocks of two boards may disagree) counts as zero.
    void add(std::int64_t value, std::uint64_t times = 1);
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }
    base::Wide sum() const { return sum_; }
    std::int64_t least() const { return least_; }  ///< 0 when empty
    std::int64_t most() const { return most_; }
    double mean() const;  ///< NaN when empty
    /// By nearest rank, within 0.8 % of the exact answer. 0 when empty.
    std::int64_t quantile(double q) const;
    /// The bins that are not empty, ascending.
    std::vector<Span> spans() const;

    static std::size_t bin_of(std::int64_t value);
    static std::int64_t lower_edge(std::size_t bin);
    static std::int64_t last_in(std::size_t bin);

  private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    base::Wide sum_ = 0;
    std::int64_t least_ = 0;
    std::int64_t most_ = 0;
};

/// Which value, counted from 1, is the q-quantile of `count` values: ceil(q * count), at least 1.
std::uint64_t nearest_rank(double q, std::uint64_t count);

}  // namespace coop::results

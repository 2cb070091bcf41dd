#include "engine/results/histogram.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace coop::results {
namespace {

constexpr std::int64_t value_max = std::numeric_limits<std::int64_t>::max();

}  // namespace

// Below 2^(bits+1) every integer has its own bin. Above, a value of `width` binary digits keeps its first
// bits+1, the first of which is always 1: 2^bits bins for every width.
std::size_t Histogram::bin_of(std::int64_t value) {
    if (value < 0) return 0;
    const auto v = static_cast<std::uint64_t>(value);
    const auto width = static_cast<unsigned>(std::bit_width(v));
    if (width <= bits + 1) return static_cast<std::size_t>(v);
    const unsigned shift = width - (bits + 1);
    return (std::size_t{shift} << bits) + static_cast<std::size_t>(v >> shift);
}

std::int64_t Histogram::lower_edge(std::size_t bin) {
    if (bin < (std::size_t{2} << bits)) return static_cast<std::int64_t>(bin);
    const std::size_t shift = (bin >> bits) - 1;
    const std::uint64_t leading = (bin & ((std::size_t{1} << bits) - 1)) | (std::size_t{1} << bits);
    return static_cast<std::int64_t>(leading << shift);
}

std::int64_t Histogram::last_in(std::size_t bin) {
    return bin == bin_of(value_max) ? value_max : lower_edge(bin + 1) - 1;
}

void Histogram::add(std::int64_t value, std::uint64_t times) {
    if (times == 0) return;
    value = std::max<std::int64_t>(value, 0);
    const std::size_t bin = bin_of(value);
    if (bin >= counts_.size()) counts_.resize(bin + 1);
    counts_[bin] += times;
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = std::max(most_, value);
    count_ += times;
    sum_ += base::Wide{value} * static_cast<base::Wide>(times);
}

void Histogram::merge(const Histogram& other) {
    if (other.count_ == 0) return;
    if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
    for (std::size_t bin = 0; bin < other.counts_.size(); ++bin) counts_[bin] += other.counts_[bin];
    least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
    most_ = std::max(most_, other.most_);
    count_ += other.count_;
    sum_ += other.sum_;
}

double Histogram::mean() const {
    if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(sum_) / static_cast<double>(count_);
}

std::int64_t Histogram::quantile(double q) const {
    if (count_ == 0) return 0;
    std::uint64_t rank = nearest_rank(q, count_);
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
        if (rank <= counts_[bin]) {
            const std::int64_t first = lower_edge(bin);
            return std::clamp(first + (last_in(bin) - first) / 2, least_, most_);
        }
        rank -= counts_[bin];
    }
    return most_;
}

std::vector<Histogram::Span> Histogram::spans() const {
    std::vector<Span> spans;
    for (std::size_t bin = 0; bin < counts_.size(); ++bin)
        if (counts_[bin] != 0) spans.push_back({lower_edge(bin), last_in(bin), counts_[bin]});
    return spans;
}

std::uint64_t nearest_rank(double q, std::uint64_t count) {
    if (!(q > 0)) return 1;
    if (q >= 1) return count;
    const double exact = q * static_cast<double>(count);
    auto rank = static_cast<std::uint64_t>(exact);
    // 0.56 * 100 is a little above 56 in doubles, and must not become 57.
    if (exact - static_cast<double>(rank) > exact * 1e-12) ++rank;
    return std::clamp<std::uint64_t>(rank, 1, count);
}

}  // namespace coop::results

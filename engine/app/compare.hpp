// Compare: two runs side by side, metric by metric, and an honest word about what agrees.
//
// Law: only a tolerance that the scenario states makes a verdict. What one run lacks is never counted as
// agreement.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/results/rows.hpp"

namespace coop::app {

struct Tolerance {
    std::string metric;
    std::optional<double> ratio_most;  ///< the larger over the smaller
    std::optional<double> within;      ///< or: the difference, in the metric's unit
};

enum class Agreement : std::uint8_t {
    agrees,
    differs,     ///< outside its tolerance
    missing,     ///< has a tolerance, and one run did not measure it
    not_judged,  ///< no tolerance
    only_one,    ///< no tolerance, and in one run only
};

struct ComparedMetric {
    std::string metric;
    std::string unit;
    std::optional<double> a;
    std::optional<double> b;
    std::optional<Tolerance> tolerance;
    Agreement agreement = Agreement::not_judged;
};

struct Comparison {
    results::Run a;
    results::Run b;
    std::vector<ComparedMetric> metrics;  ///< by name
    bool tolerances_differ = false;       ///< the two runs state different ones; A's are used

    bool agrees() const;  ///< both came to their end, and nothing `differs` or is `missing`
};

/// Either bound is enough: a ratio says little near zero, a difference says little far from it.
bool within_tolerance(const Tolerance& tolerance, double a, double b);

/// Paths of folders or of results.db. The error is a sentence.
base::Result<Comparison, std::string> compare_runs(const std::string& a, const std::string& b);
/// A table and a closing word; ends with a newline.
std::string to_text(const Comparison& comparison);

}  // namespace coop::app

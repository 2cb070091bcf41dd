// Summary: what a run says to a member of a cooperative. Plain words, figures with units, no jargon.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/app/record.hpp"
#include "engine/results/rows.hpp"

namespace coop::app {

/// What one member gave; a figure that was not measured is NaN.
struct MemberUse {
    double share_of_line = 0;
    double up_bytes_a_day = 0;
    double kwh = results::not_a_number;
    double kwh_in_hours = results::not_a_number;
    double disk_bytes = 0;
};

/// The series of a run at some moments.
struct Timeline {
    std::vector<base::Instant> at;
    std::vector<std::vector<Value>> values;
};

/// How many violations of each law, by its name in the results' table `violation`.
using BrokenLaws = std::map<std::string, std::uint64_t, std::less<>>;

struct SummaryInput {
    const config::Scenario& scenario;
    const Population& population;
    const Measures& measures;
    const Metrics& metrics;
    const std::vector<results::Expectation>& expectations;
    const std::vector<MemberUse>& members;
    const Timeline& timeline;
    base::Duration covers;  ///< what the run got of the scenario's time
    std::string_view source = "simulated";
    BrokenLaws broken{};
};
std::string summarise(const SummaryInput& input);

// Figures with units, for every table that is printed.
std::string human_bytes(double bytes);       ///< "4.2 MB"
std::string human_seconds(double seconds);   ///< "85 ms", "1.2 s", "15 h"
std::string human_percent(double fraction);  ///< "0.27 %"
std::string human_kwh(double kwh);           ///< "1.37 kWh", "0.14 Wh"
std::string human_value(double value, std::string_view unit);
/// The same with as many digits as it takes to tell it from the other, unless they are equal.
std::string human_value_beside(double value, double other, std::string_view unit);

}  // namespace coop::app

// Record: a run's description and its measures, written into its database the same way for both worlds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/app/measures.hpp"
#include "engine/app/population.hpp"
#include "engine/config/scenario.hpp"
#include "engine/results/writer.hpp"

namespace coop::app {

/// Values of config's metric table by name; what was not measured is absent.
using Metrics = std::map<std::string, double, std::less<>>;

/// Attributes (title, question, tolerances), parameters and nodes.
void write_description(results::Writer& writer, const config::Loaded& loaded, const Population& population);

/// What Measures needs to know of a scenario.
MeasureSetup measure_setup(const config::Scenario& scenario, const Population& population,
                           const policy::Placement& placement);

/// One point of every series.
void write_sample(results::Writer& writer, base::Instant at, const std::vector<Value>& values);

/// Every scalar of the run and of each member, and the histograms behind them.
void write_metrics(results::Writer& writer, const Measures& measures, const Metrics& metrics,
                   base::Instant end);

/// A scalar of one member that only one world can measure: electricity, for example.
struct MemberScalar {
    const char* name;
    const char* unit;
    const char* help;
};
void write_member_scalar(results::Writer& writer, const MemberScalar& scalar, std::uint32_t member,
                         double value);

Metrics by_name(const std::vector<Value>& values);

/// What the scenario expected, judged. A metric that was not measured fails.
std::vector<results::Expectation> judge(const config::Scenario& scenario, const Metrics& metrics);

}  // namespace coop::app

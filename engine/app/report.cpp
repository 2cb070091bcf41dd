// The scalars and verdicts of a finished run, read back from its database.
#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "engine/app/commands.hpp"
#include "engine/app/population.hpp"
#include "engine/app/run.hpp"
#include "engine/app/summary.hpp"
#include "engine/config/units.hpp"
#include "engine/results/reader.hpp"

namespace coop::app {
namespace {

/// Until when there is data of a run that did not end; a damaged series counts for nothing.
base::Duration reach(const results::Reader& reader) {
    std::int64_t latest = 0;
    const auto keys = reader.series_keys();
    if (!keys) return {};
    for (const results::SeriesKey& key : keys.value()) {
        const auto series = key.node ? reader.series(key.metric, key.node) : reader.series(key.metric);
        if (!series || series.value().times_ns.empty()) continue;
        latest = std::max(latest, series.value().times_ns.back());
    }
    return base::nanoseconds(latest);
}

/// How long the run was meant to be; 0 when its database does not say.
double planned_s(const results::Reader& reader) {
    const auto parameters = reader.parameters();
    if (!parameters) return 0;
    for (const results::Parameter& p : parameters.value()) {
        if (p.key != "duration") continue;
        return static_cast<double>(
                   config::read_quantity(p.value + p.unit, config::Dimension::duration).amount) /
               1e9;
    }
    return 0;
}

void print_unended(const results::Run& run, const results::Reader& reader) {
    const double seconds = reach(reader).seconds();
    fmt::print("  {} {}{}.\n",
               run.status == results::RunStatus::failed
                   ? "This run failed before its end."
                   : "This run did not end: it was killed, or still goes on.",
               seconds > 0 ? "There is data of the first " + human_seconds(seconds) : "There is no data yet",
               " of " + human_seconds(planned_s(reader)));
}

void print_run(const results::Run& run) {
    fmt::print("  covers {}, took {}, at most {} of memory\n", human_seconds(run.simulated.seconds()),
               human_seconds(run.wall_s), human_bytes(static_cast<double>(run.peak_rss.count)));
    if (!run.fingerprint.empty()) fmt::print("  fingerprint {}\n", run.fingerprint);
}

/// Each law with how often it was broken, and the first time: who, when, and how.
void print_violations(const std::vector<results::Violation>& violations) {
    std::map<std::string, std::size_t> times;
    for (const results::Violation& violation : violations) ++times[violation.checker];
    if (!violations.empty()) fmt::print("\n");
    for (const auto& [law, count] : times) {
        const auto first = std::find_if(violations.begin(), violations.end(),
                                        [&name = law](const auto& v) { return v.checker == name; });
        const std::string who = first->node ? member_name(*first->node) : "the run";
        fmt::print("  FAIL  {}, {} times, first by {} after {}: {}\n", law, count, who,
                   human_seconds(first->at.seconds()), first->detail);
    }
}

int unreadable(const results::Error& error) {
    fmt::print(stderr, "{}\n", error.message);
    return exit_usage;
}

}  // namespace

int report(const std::string& path) {
    const auto reader = results::Reader::open(path);
    if (!reader) return unreadable(reader.error());
    const auto run = reader.value().run();
    if (!run) return unreadable(run.error());
    const auto scalars = reader.value().scalars();
    if (!scalars) return unreadable(scalars.error());
    const auto expectations = reader.value().expectations();
    if (!expectations) return unreadable(expectations.error());

    fmt::print("{} ({}, seed {}, {})\n", run.value().name, results::to_text(run.value().source),
               run.value().seed, results::to_text(run.value().status));
    const bool unjudged = expectations.value().empty() && run.value().status == results::RunStatus::failed;
    if (run.value().status == results::RunStatus::running || unjudged) {
        print_unended(run.value(), reader.value());
        return exit_failed;  // nothing was judged, so nothing holds
    }
    print_run(run.value());
    if (run.value().status == results::RunStatus::interrupted) {
        fmt::print("  {}", caveat(run.value().simulated.seconds(), planned_s(reader.value())));
    }
    const auto violations = reader.value().violations();
    if (!violations) return unreadable(violations.error());
    fmt::print("\n");
    for (const results::Scalar& scalar : scalars.value()) {
        if (scalar.node) continue;
        fmt::print("  {:<32} {}\n", scalar.metric, human_value(scalar.value, scalar.unit));
    }
    bool passed = true;
    if (!expectations.value().empty()) fmt::print("\n");
    for (const results::Expectation& e : expectations.value()) {
        passed = passed && e.passed;
        fmt::print("  {:<6}{} {} {}\n", e.passed ? "pass" : "FAIL", e.metric, e.comparison,
                   human_value(e.wanted, e.unit));
    }
    print_violations(violations.value());
    return passed && violations.value().empty() && run.value().status != results::RunStatus::failed
               ? exit_ok
               : exit_failed;
}

}  // namespace coop::app

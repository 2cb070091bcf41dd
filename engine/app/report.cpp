// The scalars and verdicts of a finished run, read back from its database.
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "engine/app/commands.hpp"
#include "engine/app/summary.hpp"
#include "engine/results/reader.hpp"

namespace coop::app {
namespace {

void print_run(const results::Run& run) {
    fmt::print("{} ({}, seed {}, {})\n", run.name, results::to_text(run.source), run.seed,
               results::to_text(run.status));
    fmt::print("  covers {}, took {}, at most {} of memory\n", human_seconds(run.simulated.seconds()),
               human_seconds(run.wall_s), human_bytes(static_cast<double>(run.peak_rss.count)));
    if (!run.fingerprint.empty()) fmt::print("  fingerprint {}\n", run.fingerprint);
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

    print_run(run.value());
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
    return passed ? exit_ok : exit_failed;
}

}  // namespace coop::app

// Run: one scenario, simulated from the file to the results. The command line and Python both call this.
//
//     load ─► populate ─► simulate ─► measure ─► judge ─► results.db, manifest, summary
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "engine/app/commands.hpp"
#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "engine/config/diagnostic.hpp"
#include "engine/results/rows.hpp"

namespace coop::app {

struct RunOutcome {
    std::string folder;
    std::string summary;  ///< what a member of a cooperative reads, ends with a newline
    std::string fingerprint;
    results::RunStatus status = results::RunStatus::finished;
    bool out_of_memory = false;  ///< which interrupted it
    std::string one_thread;      ///< why it had one thread where more were asked for; empty otherwise
    bool passed = false;         ///< every expectation holds, and no invariant broke
};
/// The user's error with its place, or what the machine refused (a sentence).
using RunError = std::variant<config::Diagnostic, std::string>;
std::string to_text(const RunError& error);
/// What to know about an interrupted run's figures; one line.
std::string caveat(double covered_s, double planned_s);

struct RunProgress {
    base::Instant now;
    base::Instant end;
    std::uint64_t events = 0;
};
/// Called every few thousand events; true stops the run, with its results flushed.
using OnProgress = std::function<bool(const RunProgress&)>;

base::Result<RunOutcome, RunError> run_scenario(const RunRequest& request,
                                                const OnProgress& on_progress = {});

}  // namespace coop::app

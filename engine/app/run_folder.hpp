// RunFolder: where one run's results go, and all that is needed to have them again.
//
//     out/village/20260131T120000Z-seed1/   results.db · scenario.toml (resolved) · hw-profiles/ (those it
//                                           needs) · manifest.json · reproduce.sh
//     out/latest ──► the newest
//
// Law: an existing folder is never written into; what is in it is complete enough to repeat the run
// elsewhere. All of it is written before the run begins, so that a killed one can be told and repeated.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.hpp"
#include "engine/config/scenario.hpp"
#include "engine/results/rows.hpp"

namespace coop::app {

class RunFolder {
  public:
    /// Makes the folder; the error is a sentence.
    static base::Result<RunFolder, std::string> create(const std::string& out,
                                                       const config::Scenario& scenario);

    const std::string& path() const { return path_; }
    std::string database() const { return path_ + "/results.db"; }
    const std::string& id() const { return id_; }
    const std::string& started_utc() const { return started_utc_; }

    /// The resolved scenario, its hardware and a script that ends with this command, to repeat the run. In
    /// it, $here is this folder and $program the coopsim of this build. The error is a sentence, or empty.
    std::string describe(const config::Loaded& loaded, const std::string& command);
    /// What the run came to so far, into manifest.json; the first time, `latest` is made to point here. The
    /// error is a sentence, or empty.
    std::string conclude(const config::Loaded& loaded, const results::Run& run);

  private:
    RunFolder() = default;
    std::string point_here();

    bool pointed_ = false;
    std::string out_;
    std::string path_;
    std::string id_;
    std::string started_utc_;
};

/// One word for a shell, whatever is in it.
std::string shell_quoted(const std::string& word);

}  // namespace coop::app

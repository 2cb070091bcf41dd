// Progress: one line on a terminal that says how far a run is and when it will be done. Nothing elsewhere.
#pragma once

#include <chrono>
#include <string_view>

namespace coop::app {

class ProgressLine {
  public:
    explicit ProgressLine(std::string_view what);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Both in seconds of the run's own time; drawn at most ten times a second.
    void update(double done, double all);

  private:
    using Clock = std::chrono::steady_clock;
    std::string_view what_;
    bool terminal_;
    Clock::time_point began_;
    Clock::time_point drawn_;
};

}  // namespace coop::app

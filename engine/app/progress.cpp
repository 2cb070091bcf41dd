#include "engine/app/progress.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/app/summary.hpp"

namespace coop::app {

ProgressLine::ProgressLine(std::string_view what)
    : what_(what), terminal_(isatty(STDERR_FILENO) == 1), began_(Clock::now()), drawn_(began_) {}

ProgressLine::~ProgressLine() {
    if (terminal_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::update(double done, double all) {
    const auto now = Clock::now();
    if (!terminal_ || now - drawn_ < std::chrono::milliseconds(100) || all <= 0 || done <= 0) return;
    drawn_ = now;
    const double wall = std::chrono::duration<double>(now - began_).count();
    const double left = wall * (all - done) / done;
    fmt::print(stderr, "\r\033[K{}: {:3.0f} %, {} left, {:.0f} simulated seconds a second", what_,
               100 * done / all, human_seconds(left), done / wall);
    std::fflush(stderr);
}

}  // namespace coop::app

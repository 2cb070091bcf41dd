#include "engine/app/moments.hpp"

#include <algorithm>
#include <array>

namespace coop::app {
namespace {

constexpr std::int64_t moments_max = 240;

/// What people ask for; each goes into a day, or is whole days.
constexpr std::array round_steps{base::seconds(1),  base::seconds(2),  base::seconds(5),  base::seconds(10),
                                 base::seconds(15), base::seconds(30), base::minutes(1),  base::minutes(2),
                                 base::minutes(5),  base::minutes(10), base::minutes(15), base::minutes(30),
                                 base::hours(1),    base::hours(2),    base::hours(3),    base::hours(6),
                                 base::hours(12),   base::days(1),     base::days(2),     base::days(5),
                                 base::days(10),    base::days(50),    base::days(100)};

base::Duration step_for(base::Duration duration, base::Duration sample) {
    const base::Duration least = base::nanoseconds((duration.ns() + moments_max - 1) / moments_max);
    if (sample >= least) return sample;
    for (const base::Duration step : round_steps) {
        if (step >= least && step % sample == base::Duration::zero()) return step;
    }
    return sample * ((least.ns() + sample.ns() - 1) / sample.ns());  // samples every 7 min meet no round time
}

}  // namespace

Moments::Moments(const config::Scenario& scenario)
    : sample_(scenario.results.sample_every),
      every_(step_for(scenario.duration, sample_)),
      end_(base::Instant::zero() + scenario.duration) {}

bool Moments::contains(base::Instant at) const {
    const base::Duration since = at - base::Instant::zero();
    return at == end_ || since == sample_ ||
           (since > base::Duration::zero() && since % every_ == base::Duration::zero());
}

base::Instant Moments::after(base::Instant at) const {
    const base::Duration since = at - base::Instant::zero();
    if (at >= end_) return base::Instant::never();
    if (since < sample_) return std::min(base::Instant::zero() + sample_, end_);
    return std::min(base::Instant::zero() + every_ * (since / every_ + 1), end_);
}

}  // namespace coop::app

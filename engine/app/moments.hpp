// Moments: when a run's overlay is kept, the same in both worlds.
//
// Law: with the first sample, with samples at round times (every 3 h of a month, so that "at 12 h" is exactly
// that), and at the end; some 240 of a run at most, however long it is.
#pragma once

#include "engine/base/time.hpp"
#include "engine/config/scenario.hpp"

namespace coop::app {

class Moments {
  public:
    explicit Moments(const config::Scenario& scenario);

    bool contains(base::Instant at) const;
    /// The first one after this moment; `never` when that was the end.
    base::Instant after(base::Instant at) const;
    base::Duration every() const { return every_; }

  private:
    base::Duration sample_;
    base::Duration every_;
    base::Instant end_;
};

}  // namespace coop::app

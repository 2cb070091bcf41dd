// Clock: the board's time as a node sees it.
//
// Law: the calendar is read once, when the board starts; after that only a clock that never goes back counts
// on, also through suspension. A node therefore never sees time run backwards, whatever somebody sets the
// calendar to.
#pragma once

#include "engine/base/time.hpp"

namespace coop::runtime {

class Clock {
  public:
    /// `epoch`: the moment, since 1970-01-01 UTC, that the node is to call zero.
    explicit Clock(base::Duration epoch = base::Duration::zero());

    base::Instant now() const;

  private:
    base::Instant first_;           ///< by the calendar
    base::Duration boot_at_first_;  ///< by the clock that only goes on
};

}  // namespace coop::runtime

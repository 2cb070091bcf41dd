// Line: one kind of access line in figures, as scenarios name it. Sources stand in hw-profiles/lines.toml.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"

namespace coop::models {

struct Line {
    std::string name;   ///< "adsl", "vdsl_50", "cable", "fibre"
    std::string title;  ///< "ADSL2+, 5/1.4 Mbit/s"
    base::ByteRate up;
    base::ByteRate down;
    base::Duration first_hop;  ///< one way, between board and the provider's first router
    base::Duration jitter;     ///< the largest extra delay, uniform
    std::int64_t loss_ppm = 0; ///< of segments of 1 448 bytes, on this line, each direction
};

}  // namespace coop::models

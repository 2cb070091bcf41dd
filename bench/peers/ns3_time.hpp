// Time, as ns-3 has it.
#pragma once

#include <cstdint>

#include <ns3/nstime.h>

#include "engine/base/time.hpp"

namespace coop::peers {

inline ns3::Time to_ns3(base::Duration time) {
    return ns3::NanoSeconds(static_cast<std::uint64_t>(time.ns()));
}

}  // namespace coop::peers

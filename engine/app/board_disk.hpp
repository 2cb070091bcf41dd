// Board disk: what really lies on a real board's disk, read while its program does not run.
//
// Law: the file is left as it is. What cannot be read is not there.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "engine/base/digest.hpp"

namespace coop::app {

struct Inventory {
    std::uint32_t member = 0;
    std::set<base::Digest> whole;  ///< objects with their manifest and all their chunks
};

enum class Look : std::uint8_t {
    at_names,       ///< that rows are there; quick
    at_every_byte,  ///< that each chunk still hashes to its name
};

/// Of the board whose folder this is (`nodes/3`). None when there is no store, or it is damaged.
std::set<base::Digest> whole_objects(const std::string& folder, Look look);

}  // namespace coop::app

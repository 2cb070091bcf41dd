// Error: what a database, its file or its disk did wrong, with a message for the person who reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/result.hpp"

namespace coop::sqlite {

enum class Trouble : std::uint8_t {
    missing = 1,  ///< no such file
    exists,       ///< a file that would have been overwritten
    foreign,      ///< not ours: another program's database, or no database at all
    newer,        ///< ours, written by a version that this one does not know
    corrupt,      ///< ours, and damaged or truncated
    full,         ///< no room: the disk, or the bound that its owner set
    failing,      ///< the disk or the rights on it refuse reading, writing or syncing
    busy,         ///< another process holds the file
    absent,       ///< the file is sound and does not have what was asked for
};
std::string_view to_text(Trouble trouble) noexcept;

struct Error {
    Trouble trouble = Trouble::failing;
    std::string message;  ///< one line: the file, what is wrong, what to do
};

/// Done, or why not.
using Status = base::Result<std::monostate, Error>;

}  // namespace coop::sqlite

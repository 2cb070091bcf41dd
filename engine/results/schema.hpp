// The schema of results.db, version 1. README.md documents it table by table: it is a public contract.
#pragma once

#include "engine/sqlite/database.hpp"

namespace coop::results {

inline constexpr std::int32_t application_id = 0x636f6f70;  ///< "coop"
inline constexpr std::int32_t schema_version = 1;
/// 16 KiB of a series in one row. Guess: a page-sized row costs a row for every 256 samples, a larger one
/// memory.
inline constexpr std::size_t samples_in_chunk_max = 1024;

extern const sqlite::Format format;

}  // namespace coop::results

// BrokenDisk: SQLite's own file system, with a disk that can be told to be full or to fail.
//
// Law: while it lives, every database that is opened goes through it. One at a time; close databases before
// it ends.
#pragma once

#include <cstdint>

namespace coop::sqlite_test {

class BrokenDisk {
  public:
    BrokenDisk();
    ~BrokenDisk();
    BrokenDisk(const BrokenDisk&) = delete;
    BrokenDisk& operator=(const BrokenDisk&) = delete;

    enum class Way : std::uint8_t { well, full, write_fails, sync_fails, read_fails };
    /// From after so many more calls of that kind on.
    void go(Way way, std::int64_t after = 0);
    std::uint64_t syncs() const;
    std::uint64_t refused() const;
};

}  // namespace coop::sqlite_test

// SqliteStore: a Store in one SQLite file, with a write-ahead log and an fsync in every commit.
//
// Law: one process at a time: a second one gets `busy`, so no number of a statement can be given twice. The
// file is readable by its owner alone, because the identity is a secret. One thread at a time.
#pragma once

#include <memory>
#include <string>

#include "engine/storage/store.hpp"

namespace coop::storage {

struct SqliteOptions {
    /// The file never grows beyond this; zero: as far as the disk goes. Rounded down to whole pages.
    base::Bytes size_max{};
    /// For whoever looks after a board has stopped: a file must be there, and every commit is refused.
    bool reads_only = false;
};

class SqliteStore final : public Store {
  public:
    /// Opens the file, or makes it. A foreign, newer or damaged file is an error and left as it is.
    static base::Result<std::unique_ptr<SqliteStore>, StoreError> open(const std::string& path,
                                                                       const SqliteOptions& options = {});
    ~SqliteStore() override;

    Status commit(const Batch& batch) override;
    base::Result<Kept, StoreError> load() override;
    base::Result<Content, StoreError> read_chunk(const base::Digest& name) override;
    base::Bytes used() const override;

  private:
    struct State;
    explicit SqliteStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace coop::storage

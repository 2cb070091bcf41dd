// MemoryStore: a Store on a disk that is a struct. For tests, and for hosts that keep nothing.
//
// Law: the same answers as SqliteStore; one conformance suite holds both to it.
#pragma once

#include <map>
#include <memory>

#include "engine/storage/store.hpp"

namespace coop::storage {

/// Outlives the stores opened on it, as a disk outlives processes.
struct MemoryDisk {
    std::optional<Content> identity;
    std::map<std::uint32_t, ContentRef> statements;
    std::map<base::Key, ContentRef> members;
    std::map<base::Digest, ContentRef> manifests;
    std::map<std::pair<base::Digest, std::uint16_t>, base::Digest> parts;
    std::map<base::Digest, ContentRef> chunks;
    std::map<base::Digest, std::uint32_t> references;  ///< parts that name a chunk
    base::Bytes used;
    base::Bytes size_max = base::gigabytes(1'000'000);  ///< a commit that would pass it is `full`
    bool failing = false;                               ///< every commit is refused
};

class MemoryStore final : public Store {
  public:
    explicit MemoryStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

    Status commit(const Batch& batch) override;
    base::Result<Kept, StoreError> load() override;
    base::Result<Content, StoreError> read_chunk(const base::Digest& name) override;
    base::Bytes used() const override;

  private:
    std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace coop::storage

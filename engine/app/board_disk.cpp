#include "engine/app/board_disk.hpp"

#include <filesystem>
#include <map>

#include "engine/crypto/hash.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/codec.hpp"

namespace coop::app {
namespace {

namespace fs = std::filesystem;

/// A copy to look into: SQLite folds the log of a killed writer into the file when it is closed, and a board
/// that begins again shall meet what the kill left.
class Copy {
  public:
    explicit Copy(const fs::path& store) : folder_(store.parent_path() / "looked-at") {
        std::error_code ignored;
        fs::create_directory(folder_, ignored);
        for (const char* const part : {"", "-wal"}) {
            fs::copy_file(store.string() + part, path() + part, fs::copy_options::overwrite_existing,
                          ignored);
        }
    }
    ~Copy() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    std::string path() const { return (folder_ / "board.db").string(); }

  private:
    fs::path folder_;
};

using Parts = std::map<std::pair<base::Digest, std::size_t>, const storage::PartRow*>;

bool is_there(const storage::PartRow& part, storage::Store& store, Look look) {
    if (look == Look::at_names) return true;
    const auto bytes = store.read_chunk(part.name);
    return bytes && crypto::blake2b_256(bytes.value()) == part.name;
}

bool is_whole(const protocol::Manifest& manifest, const Parts& parts, storage::Store& store, Look look) {
    for (std::size_t i = 0; i < manifest.chunks.size(); ++i) {
        const auto part = parts.find({manifest.object, i});
        if (part == parts.end() || part->second->name != manifest.chunks[i]) return false;
        if (part->second->size != manifest.chunk_size(i) || !is_there(*part->second, store, look))
            return false;
    }
    return true;
}

}  // namespace

std::set<base::Digest> whole_objects(const std::string& folder, Look look) {
    std::set<base::Digest> whole;
    const Copy copy(folder + "/data/board.db");
    const auto store = storage::SqliteStore::open(copy.path(), {.size_max = {}, .reads_only = true});
    if (!store) return whole;
    const auto kept = store.value()->load();
    if (!kept) return whole;
    Parts parts;
    for (const storage::PartRow& part : kept.value().parts) parts[{part.object, part.index}] = &part;
    for (const storage::ManifestRow& row : kept.value().manifests) {
        const auto manifest = wire::decode_manifest(row.bytes);
        if (!manifest || manifest.value().object != row.object || !well_formed(manifest.value())) continue;
        if (is_whole(manifest.value(), parts, *store.value(), look)) whole.insert(row.object);
    }
    return whole;
}

}  // namespace coop::app

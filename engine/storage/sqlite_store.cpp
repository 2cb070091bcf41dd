#include "engine/storage/sqlite_store.hpp"

#include <algorithm>
#include <utility>

#include "engine/sqlite/database.hpp"

namespace coop::storage {
namespace {

using sqlite::Database;
using Row = sqlite::Statement;
using Span = std::span<const std::uint8_t>;

// A part names its chunk; the parts are the only references to it. `size` stands before `bytes`, so that
// adding up sizes reads no chunk.
constexpr const char* schema = R"sql(
CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL);
CREATE TABLE statement (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE member (member BLOB NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE manifest (object BLOB NOT NULL PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE part (
  object BLOB NOT NULL, part INTEGER NOT NULL, name BLOB NOT NULL, PRIMARY KEY (object, part)) WITHOUT ROWID;
CREATE INDEX part_by_name ON part (name);
CREATE TABLE chunk (name BLOB NOT NULL PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB NOT NULL);
)sql";

const sqlite::Format format{
    .title = "a store of coopnode",
    .application_id = 0x636f6f6e,  // "coon"
    .version = 1,
    .schema = schema,
    .if_corrupt =
        "Move it away and start the node with a copy, or save what can be read with: sqlite3 FILE .recover",
    .if_foreign = "Name the file that coopnode made, or one that does not exist yet.",
    .if_newer = "Start the version of coopnode that wrote it, or a later one.",
};

// The log is emptied after about 4 MiB (SQLite's default, 1 000 pages); what a large batch made it grow to is
// given back to the owner above this.
constexpr const char* durable =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 8388608; "
    "PRAGMA cell_size_check = ON";

constexpr std::int64_t page_size = 4096;  // SQLite's default since 3.12

/// The parts of this object (?1) are the last that name these chunks.
constexpr std::string_view last_named =
    " FROM chunk WHERE name IN (SELECT name FROM part WHERE object = ?1) AND NOT EXISTS "
    "(SELECT 1 FROM part p WHERE p.name = chunk.name AND p.object <> ?1)";

template <class Tag>
Span key_of(const base::Bytes32<Tag>& key) {
    return key.bytes;
}

/// A damaged file may hold keys of any length.
template <class Key>
Key to_key(Span bytes, bool& sound) {
    Key key;
    if (bytes.size() != key.bytes.size()) {
        sound = false;
        return key;
    }
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    return key;
}

Content to_content(Span bytes) { return {bytes.begin(), bytes.end()}; }

/// Carries one batch into the open transaction. Each call is false when the database refused it.
struct ApplyToRows {
    Database& database;
    std::int64_t& used;

    /// Takes what the query finds off the bytes in use.
    template <class... Keys>
    bool uncount(std::string_view sql, const Keys&... keys) {
        std::int64_t bytes = 0;
        const Status asked = database.each(
            sql, [&](const Row& row) { bytes = row.integer(0); }, keys...);
        used -= bytes;
        return asked.ok();
    }
    bool add(const Content& bytes, bool worked) {
        used += static_cast<std::int64_t>(bytes.size());
        return worked;
    }

    bool operator()(const PutIdentity& put) {
        return database.run("INSERT OR REPLACE INTO identity VALUES (1, ?1)", Span(*put.bytes));
    }
    bool operator()(const PutStatement& put) {
        return (*this)(EraseStatement{put.sequence}) &&
               add(*put.bytes,
                   database.run("INSERT INTO statement VALUES (?1, ?2)", put.sequence, Span(*put.bytes)));
    }
    bool operator()(const EraseStatement& gone) {
        return uncount("SELECT length(bytes) FROM statement WHERE sequence = ?1", gone.sequence) &&
               database.run("DELETE FROM statement WHERE sequence = ?1", gone.sequence);
    }
    bool operator()(const PutMember& put) {
        return (*this)(EraseMember{put.member}) &&
               add(*put.bytes,
                   database.run("INSERT INTO member VALUES (?1, ?2)", key_of(put.member), Span(*put.bytes)));
    }
    bool operator()(const EraseMember& gone) {
        return uncount("SELECT length(bytes) FROM member WHERE member = ?1", key_of(gone.member)) &&
               database.run("DELETE FROM member WHERE member = ?1", key_of(gone.member));
    }
    bool operator()(const PutManifest& put) {
        return erase_manifest(put.object) &&
               add(*put.bytes, database.run("INSERT INTO manifest VALUES (?1, ?2, ?3)", key_of(put.object),
                                            put.bytes->size(), Span(*put.bytes)));
    }
    bool operator()(const PutChunk& put) {
        return erase_part(put) && uncount("SELECT size FROM chunk WHERE name = ?1", key_of(put.name)) &&
               database.run("INSERT INTO part VALUES (?1, ?2, ?3)", key_of(put.object), put.index,
                            key_of(put.name)) &&
               add(*put.bytes, database.run("INSERT OR REPLACE INTO chunk VALUES (?1, ?2, ?3)",
                                            key_of(put.name), put.bytes->size(), Span(*put.bytes)));
    }
    bool operator()(const EraseObject& gone) {
        const Span object = key_of(gone.object);
        return erase_manifest(gone.object) &&
               uncount("SELECT ifnull(sum(size), 0)" + std::string(last_named), object) &&
               database.run("DELETE" + std::string(last_named), object) &&
               database.run("DELETE FROM part WHERE object = ?1", object);
    }

    bool erase_manifest(const base::Digest& object) {
        return uncount("SELECT size FROM manifest WHERE object = ?1", key_of(object)) &&
               database.run("DELETE FROM manifest WHERE object = ?1", key_of(object));
    }
    /// The part that stood at this index, and its chunk when it was the last to name it.
    bool erase_part(const PutChunk& put) {
        constexpr std::string_view unnamed =
            " FROM chunk WHERE name = (SELECT name FROM part WHERE object = ?1 AND part = ?2) AND NOT EXISTS "
            "(SELECT 1 FROM part p WHERE p.name = chunk.name AND (p.object <> ?1 OR p.part <> ?2))";
        const Span object = key_of(put.object);
        return uncount("SELECT size" + std::string(unnamed), object, put.index) &&
               database.run("DELETE" + std::string(unnamed), object, put.index) &&
               database.run("DELETE FROM part WHERE object = ?1 AND part = ?2", object, put.index);
    }
};

}  // namespace

struct SqliteStore::State {
    explicit State(Database opened) : database(std::move(opened)) {}

    Status prepare(const SqliteOptions& options);
    StoreError damaged() const {
        return database.error(Trouble::corrupt, "holds a name of the wrong length", format.if_corrupt);
    }

    Database database;
    std::int64_t used = 0;
};

Status SqliteStore::State::prepare(const SqliteOptions& options) {
    // The chunks are checked by their names when they are read: a check of the whole file would take a small
    // board minutes at every start.
    for (const char* table : {"identity", "statement", "member", "manifest", "part"}) {
        const Status whole = database.check("PRAGMA quick_check(" + std::string(table) + ")");
        if (!whole) return whole;
    }
    if (!options.reads_only && !database.execute(durable)) return database.error();
    if (options.size_max.count > 0) {
        const std::int64_t pages = std::max<std::int64_t>(options.size_max.count / page_size, 1);
        if (!database.run("PRAGMA max_page_count = " + std::to_string(pages))) return database.error();
    }
    const auto sum = database.number(
        "SELECT (SELECT ifnull(sum(length(bytes)), 0) FROM statement) + (SELECT ifnull(sum(length(bytes)), "
        "0) FROM "
        "member) + (SELECT ifnull(sum(size), 0) FROM manifest) + (SELECT ifnull(sum(size), 0) FROM chunk)");
    if (!sum) return sum.error();
    used = sum.value();
    return std::monostate{};
}

base::Result<std::unique_ptr<SqliteStore>, StoreError> SqliteStore::open(const std::string& path,
                                                                         const SqliteOptions& options) {
    const sqlite::Mode mode = options.reads_only ? sqlite::Mode::read : sqlite::Mode::write;
    auto opened = Database::open(path, {.mode = mode, .owner_only = true, .exclusive = true}, format);
    if (!opened) return opened.error();
    auto state = std::make_unique<State>(std::move(opened).value());
    const Status prepared = state->prepare(options);
    if (!prepared) return prepared.error();
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(state)));
}

SqliteStore::SqliteStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteStore::~SqliteStore() = default;

Status SqliteStore::commit(const Batch& batch) {
    Database& database = state_->database;
    std::int64_t used = state_->used;
    ApplyToRows apply{database, used};
    bool worked = database.run("BEGIN IMMEDIATE");
    for (const Change& change : batch) worked = worked && std::visit(apply, change);
    if (worked && database.run("COMMIT")) {
        state_->used = used;
        return std::monostate{};
    }
    const StoreError why = database.error();
    database.roll_back();
    return why;
}

base::Result<Kept, StoreError> SqliteStore::load() {
    Database& database = state_->database;
    Kept kept;
    bool sound = true;
    const Status asked[] = {
        database.each("SELECT bytes FROM identity",
                      [&](const Row& row) { kept.identity = to_content(row.blob(0)); }),
        database.each("SELECT sequence, bytes FROM statement ORDER BY sequence",
                      [&](const Row& row) {
                          const auto sequence = static_cast<std::uint32_t>(row.integer(0));
                          kept.statements.push_back({sequence, to_content(row.blob(1))});
                      }),
        database.each(
            "SELECT member, bytes FROM member ORDER BY member",
            [&](const Row& row) {
                kept.members.push_back({to_key<base::Key>(row.blob(0), sound), to_content(row.blob(1))});
            }),
        database.each(
            "SELECT object, bytes FROM manifest ORDER BY object",
            [&](const Row& row) {
                kept.manifests.push_back({to_key<base::Digest>(row.blob(0), sound), to_content(row.blob(1))});
            }),
        database.each("SELECT p.object, p.part, p.name, c.size FROM part p JOIN chunk c ON c.name = p.name "
                      "ORDER BY p.object, p.part",
                      [&](const Row& row) {
                          kept.parts.push_back({to_key<base::Digest>(row.blob(0), sound),
                                                static_cast<std::uint16_t>(row.integer(1)),
                                                to_key<base::Digest>(row.blob(2), sound),
                                                {row.integer(3)}});
                      }),
    };
    for (const Status& status : asked)
        if (!status) return status.error();
    if (!sound) return state_->damaged();
    return kept;
}

base::Result<Content, StoreError> SqliteStore::read_chunk(const base::Digest& name) {
    std::optional<Content> bytes;
    const Status asked = state_->database.each(
        "SELECT bytes FROM chunk WHERE name = ?1", [&](const Row& row) { bytes = to_content(row.blob(0)); },
        key_of(name));
    if (!asked) return asked.error();
    if (!bytes) return StoreError{Trouble::absent, "No chunk of this name is kept."};
    return std::move(*bytes);
}

base::Bytes SqliteStore::used() const { return {state_->used}; }

}  // namespace coop::storage

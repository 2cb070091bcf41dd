#include "engine/sqlite/database.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coop::sqlite {
namespace {

// Longer than a flush or a checkpoint of another process takes, shorter than a person waits. Guess.
constexpr int busy_wait_ms = 2'000;
// Above every value that we write; a damaged length field allocates no more than this. Guess.
constexpr int value_bytes_max = 64 * 1024 * 1024;
constexpr std::string_view magic{"SQLite format 3\0", 16};  // SQLite file format, §1.3

Trouble trouble_of(int code) {
    switch (code & 0xff) {  // the low byte is the primary code (SQLite, "Result and error codes", §2)
        case SQLITE_FULL:
            return Trouble::full;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_ERROR:  // our own statements are right, so the file lacks a table or a column
        case SQLITE_TOOBIG:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return Trouble::corrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Trouble::busy;
        default:
            return Trouble::failing;
    }
}

bool starts_like_a_database(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string start(magic.size(), '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    return got > 0 && start.compare(0, got, magic, 0, got) == 0;
}

/// The file's size, if there is nothing beside it that a killed writer has left to be done; 0 otherwise.
std::int64_t settled_size(const std::string& path) {
    struct stat status {};
    const std::int64_t size = ::stat(path.c_str(), &status) == 0 ? status.st_size : 0;
    for (const char* const log : {"-wal", "-journal"})
        if (::stat((path + log).c_str(), &status) == 0 && status.st_size > 0) return 0;
    return size;
}

Error refusal(Trouble trouble, const std::string& path, std::string_view what) {
    return Error{trouble, path + ": " + std::string(what)};
}

/// What can be said without opening the file. (Opening and closing it beside SQLite would drop SQLite's
/// locks: POSIX locks belong to the process.)
std::optional<Error> refuse_unopened(const std::string& path, const Options& options, const Format& format) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) return refusal(Trouble::failing, path, std::strerror(errno));
        if (options.mode != Mode::read) return std::nullopt;
        return refusal(Trouble::missing, path, "no such file. " + std::string(format.if_foreign));
    }
    if (options.mode == Mode::create)
        return refusal(Trouble::exists, path, "exists already and is not overwritten. Name another place.");
    if (!S_ISREG(status.st_mode))
        return refusal(Trouble::foreign, path, "is not a file. " + std::string(format.if_foreign));
    // SQLite takes a file of one byte for an empty one, and would make a database of it.
    if (status.st_size == 1 || (status.st_size == 0 && options.mode == Mode::read))
        return refusal(Trouble::corrupt, path, "has no content. " + std::string(format.if_corrupt));
    return std::nullopt;
}

/// SQLite gives its write-ahead log the rights of the main file.
std::optional<Error> make_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) {
        ::close(file);
        return std::nullopt;
    }
    if (errno == EEXIST) return std::nullopt;
    const bool full = errno == ENOSPC || errno == EDQUOT;
    return refusal(
        full ? Trouble::full : Trouble::failing, path,
        "cannot be made (" + std::string(std::strerror(errno)) + "). Check the folder and its disk.");
}

}  // namespace

// --- Statement ---------------------------------------------------------------------------------------------

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::reset() {
    sqlite3_reset(statement_);
    failed_ = false;
}

bool Statement::next() {
    const int code = sqlite3_step(statement_);
    failed_ = code != SQLITE_ROW && code != SQLITE_DONE;
    return code == SQLITE_ROW;
}

bool Statement::run() {
    while (next()) {
    }
    const bool worked = !failed_;
    reset();
    return worked;
}

void Statement::bind_integer(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
void Statement::bind_one(int at, double value) { sqlite3_bind_double(statement_, at, value); }
void Statement::bind_one(int at, std::nullopt_t) { sqlite3_bind_null(statement_, at); }
void Statement::bind_one(int at, std::string_view value) {
    const char* const start = value.empty() ? "" : value.data();  // a null pointer would bind NULL
    sqlite3_bind_text64(statement_, at, start, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}
void Statement::bind_one(int at, std::span<const std::uint8_t> value) {
    const void* const start = value.empty() ? static_cast<const void*>("") : value.data();
    sqlite3_bind_blob64(statement_, at, start, value.size(), SQLITE_STATIC);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const {
    return is_null(column) ? std::numeric_limits<double>::quiet_NaN()
                           : sqlite3_column_double(statement_, column);
}
std::string Statement::text(int column) const {
    const void* const start = sqlite3_column_text(statement_, column);
    if (start == nullptr) return {};
    return {static_cast<const char*>(start),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::span<const std::uint8_t> Statement::blob(int column) const {
    const void* const start = sqlite3_column_blob(statement_, column);
    if (start == nullptr) return {};
    return {static_cast<const std::uint8_t*>(start),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::optional<std::uint32_t> Statement::id(int column) const {
    if (is_null(column)) return std::nullopt;
    return static_cast<std::uint32_t>(integer(column));
}

// --- Database ----------------------------------------------------------------------------------------------

Database::Database(std::string path, sqlite3* handle, const Format& format)
    : path_(std::move(path)), handle_(handle), format_(&format) {}

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)),
      handle_(std::exchange(other.handle_, nullptr)),
      format_(other.format_),
      statements_(std::move(other.statements_)) {}

Database::~Database() {
    statements_.clear();  // before the connection that they belong to
    sqlite3_close_v2(handle_);
}

base::Result<Database, Error> Database::open(const std::string& path, const Options& options,
                                             const Format& format) {
    if (auto refused = refuse_unopened(path, options, format)) return *refused;
    const std::int64_t size = settled_size(path);
    if (options.owner_only && options.mode != Mode::read)
        if (auto refused = make_private(path)) return *refused;

    // Reading may have to finish what a killed writer began, so it opens for writing too, if it may.
    const int access = SQLITE_OPEN_READWRITE | (options.mode == Mode::read ? 0 : SQLITE_OPEN_CREATE);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(path, handle, format);
    if (code != SQLITE_OK) return database.error();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_wait_ms);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, value_bytes_max);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (options.mode == Mode::read && !database.execute("PRAGMA query_only = ON")) return database.error();
    // Before the first read, so that a write-ahead log needs no file of shared memory beside it.
    if (options.exclusive && !database.execute("PRAGMA locking_mode = EXCLUSIVE")) return database.error();

    bool is_new = false;
    const Status ours = database.check_identity(options.mode != Mode::read, is_new);
    if (!ours) return ours.error();
    if (is_new) {
        const Status made = database.make_schema();
        if (!made) return made.error();
    } else {
        const Status whole = database.check_whole(size, options.check);
        if (!whole) return whole.error();
    }
    return database;
}

/// `size`: of the file before it was opened, 0 when a log stood beside it.
Status Database::check_whole(std::int64_t size, bool thoroughly) {
    const auto page = number("PRAGMA page_size");
    if (!page) return page.error();
    // SQLite fills up the last page with zeros, and takes it for whole.
    if (page.value() > 0 && size % page.value() != 0)
        return error(Trouble::corrupt, "is damaged (it ends within a page: its end is missing)",
                     format_->if_corrupt);
    return thoroughly ? check("PRAGMA quick_check(1)") : Status(std::monostate{});
}

Status Database::check_identity(bool may_be_new, bool& is_new) {
    const auto id = number("PRAGMA application_id");
    if (!id) {
        const bool ours_once = id.error().trouble != Trouble::corrupt || starts_like_a_database(path_);
        if (ours_once) return id.error();
        return error(Trouble::foreign, "is not " + std::string(format_->title), format_->if_foreign);
    }
    const auto version = number("PRAGMA user_version");
    if (!version) return version.error();
    const auto tables = number("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();

    is_new = may_be_new && id.value() == 0 && tables.value() == 0;
    if (is_new) return std::monostate{};
    if (id.value() != format_->application_id)
        return error(Trouble::foreign, "is a database, but not " + std::string(format_->title),
                     format_->if_foreign);
    const std::string versions = "has schema version " + std::to_string(version.value()) +
                                 "; this program knows " + std::to_string(format_->version);
    if (version.value() > format_->version) return error(Trouble::newer, versions, format_->if_newer);
    if (version.value() < format_->version) return error(Trouble::corrupt, versions, format_->if_corrupt);
    return std::monostate{};
}

Status Database::make_schema() {
    const std::string identity = "PRAGMA application_id = " + std::to_string(format_->application_id) +
                                 "; PRAGMA user_version = " + std::to_string(format_->version);
    if (execute("BEGIN IMMEDIATE") && execute(identity.c_str()) && execute(format_->schema) &&
        execute("COMMIT"))
        return std::monostate{};
    const Error why = error();
    roll_back();
    return why;
}

Status Database::check(std::string_view pragma) {
    std::string found;
    const Status looked = each(pragma, [&](const Statement& row) { found = row.text(0); });
    if (!looked) return looked;
    if (found == "ok") return std::monostate{};
    for (char& letter : found)
        if (letter == '\n') letter = ' ';  // one line for the reader
    return error(Trouble::corrupt, "is damaged (" + found + ")", format_->if_corrupt);
}

base::Result<std::int64_t, Error> Database::number(std::string_view sql) {
    std::int64_t value = 0;
    const Status looked = each(sql, [&](const Statement& row) { value = row.integer(0); });
    if (!looked) return looked.error();
    return value;
}

Statement* Database::prepare(std::string_view sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second.get();
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return nullptr;
    return statements_.emplace(sql, std::make_unique<Statement>(raw)).first->second.get();
}

bool Database::execute(const char* sql) {
    return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Database::roll_back() {
    if (in_transaction()) execute("ROLLBACK");
}

Error Database::error() const {
    const Trouble trouble = trouble_of(sqlite3_errcode(handle_));
    const std::string said = sqlite3_errmsg(handle_);
    switch (trouble) {
        case Trouble::corrupt:
            return error(trouble, "is damaged (" + said + ")", format_->if_corrupt);
        case Trouble::full:
            return error(trouble, "cannot grow (" + said + ")",
                         "Free some space on its disk or raise its bound.");
        case Trouble::busy:
            return error(trouble, "is in use (" + said + ")", "Stop the other process that has it open.");
        default:
            return error(trouble, "cannot be read or written (" + said + ")",
                         "Check its disk, and the rights on the file and its folder.");
    }
}

Error Database::error(Trouble trouble, std::string_view what, std::string_view advice) const {
    return Error{trouble, path_ + ": " + std::string(what) + ". " + std::string(advice)};
}

}  // namespace coop::sqlite

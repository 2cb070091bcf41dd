// Database and Statement: sqlite3* and sqlite3_stmt*, owned; and Format, which tells our files from others.
//
//     Database::open(path, options, format)
//        │ no file ──► created with the format's schema, in one transaction      (write, create)
//        │ file ─────► ours? of a known version? whole? ──► used; else an Error, and the file stays as it was
//
// Law: one thread at a time uses a Database. Statements are prepared once and kept as long as it lives.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/sqlite/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace coop::sqlite {

/// A kind of file that we write.
struct Format {
    std::string_view title{};           ///< "a results database of coopsim"
    std::int32_t application_id = 0;  ///< PRAGMA application_id, four letters
    std::int32_t version = 0;         ///< PRAGMA user_version
    const char* schema = "";          ///< statements that make an empty file into this format
    std::string_view if_corrupt{};      ///< what a person can do, one sentence each
    std::string_view if_foreign{};
    std::string_view if_newer{};
};

enum class Mode : std::uint8_t {
    create,  ///< a new file; an existing one is an error
    write,   ///< an existing file, or a new one
    read,    ///< an existing file; only what a killed writer began is completed or undone
};

struct Options {
    Mode mode = Mode::read;
    bool owner_only = false;  ///< a new file is readable by its owner alone
    bool exclusive = false;   ///< a second process gets `busy`
    bool check = false;       ///< PRAGMA quick_check: reads the whole file
};

class Statement {
  public:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    ~Statement();
    Statement(Statement&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
    Statement& operator=(Statement&&) = delete;

    /// Starts over with these values for ?1, ?2, … Blobs are not copied: they must outlive the run.
    template <class... Values>
    Statement& bind(const Values&... values) {
        reset();
        int at = 0;
        (bind_one(++at, values), ...);
        return *this;
    }
    /// Runs to the end; false when it failed.
    bool run();
    /// Whether there is a row. False at the end and after a failure; `failed()` tells them apart.
    bool next();
    bool failed() const { return failed_; }
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;  ///< NaN for null
    std::string text(int column) const;
    /// Valid until the next step.
    std::span<const std::uint8_t> blob(int column) const;
    std::optional<std::uint32_t> id(int column) const;  ///< none for null

  private:
    void bind_one(int at, std::integral auto value) { bind_integer(at, static_cast<std::int64_t>(value)); }
    void bind_one(int at, double value);
    void bind_one(int at, std::string_view value);
    void bind_one(int at, std::span<const std::uint8_t> value);
    void bind_one(int at, std::nullopt_t);
    template <class T>
    void bind_one(int at, const std::optional<T>& value) {
        value ? bind_one(at, *value) : bind_one(at, std::nullopt);
    }
    void bind_integer(int at, std::int64_t value);

    sqlite3_stmt* statement_;
    bool failed_ = false;
};

class Database {
  public:
    static base::Result<Database, Error> open(const std::string& path, const Options& options,
                                              const Format& format);
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) = delete;

    /// The prepared statement for this text, made at first use. Null when it cannot be prepared (a damaged or
    /// unexpected schema): `error()` then says why.
    Statement* prepare(std::string_view sql);
    /// Prepares, binds, runs.
    template <class... Values>
    bool run(std::string_view sql, const Values&... values) {
        Statement* const statement = prepare(sql);
        return statement != nullptr && statement->bind(values...).run();
    }
    /// Runs one or more statements that return nothing of interest.
    bool execute(const char* sql);
    /// Undoes an open transaction, if there is one.
    void roll_back();
    bool in_transaction() const;

    /// Calls `see(statement)` for every row.
    template <class See, class... Values>
    Status each(std::string_view sql, See see, const Values&... values) {
        Statement* const statement = prepare(sql);
        if (statement == nullptr) return error();
        statement->bind(values...);
        while (statement->next()) see(*statement);
        const bool failed = statement->failed();
        statement->reset();
        if (failed) return error();
        return std::monostate{};
    }

    /// The first column of the last row; 0 without rows.
    base::Result<std::int64_t, Error> number(std::string_view sql);
    /// Runs a PRAGMA of the kind that answers "ok".
    Status check(std::string_view pragma);
    /// The last failure, in words.
    Error error() const;
    Error error(Trouble trouble, std::string_view what, std::string_view advice) const;
    const std::string& path() const { return path_; }

  private:
    Database(std::string path, sqlite3* handle, const Format& format);
    Status check_whole(std::int64_t size, bool thoroughly);
    Status check_identity(bool may_be_new, bool& is_new);
    Status make_schema();

    std::string path_;
    sqlite3* handle_;
    const Format* format_;
    std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;
};

}  // namespace coop::sqlite

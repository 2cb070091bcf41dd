#include "engine/sqlite/database.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/scratch.hpp"
#include "tests/unit/sqlite/broken_disk.hpp"

namespace coop::sqlite {
namespace {

using coop::test::Folder;
using coop::test::read_file;
using coop::test::write_file;
using sqlite_test::BrokenDisk;

const Format format{.title = "a test database",
                    .application_id = 7,
                    .version = 2,
                    .schema = "CREATE TABLE word (id INTEGER PRIMARY KEY, value)",
                    .if_corrupt = "Make it again.",
                    .if_foreign = "Give another.",
                    .if_newer = "Use a newer program."};

Database made(const std::string& path) {
    auto opened = Database::open(path, {.mode = Mode::create}, format);
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
}
Error refused(const std::string& path, Mode mode = Mode::read) {
    const auto opened = Database::open(path, {.mode = mode, .check = true}, format);
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Error{} : opened.error();
}

TEST(Database, GivesBackWhatWasBound) {
    const Folder scratch;
    Database database = made(scratch / "a.db");
    const std::vector<std::uint8_t> bytes{0, 1, 255};
    const std::string text("a\0b", 3);
    ASSERT_TRUE(database.run("INSERT INTO word VALUES (1, ?1), (2, ?2), (3, ?3), (4, ?4), (5, ?5)", -7, 0.1,
                             text, std::span<const std::uint8_t>(bytes), std::nullopt));
    Statement& all = *database.prepare("SELECT value FROM word ORDER BY id");
    ASSERT_TRUE(all.next());
    EXPECT_EQ(all.integer(0), -7);
    ASSERT_TRUE(all.next());
    EXPECT_EQ(all.real(0), 0.1);
    ASSERT_TRUE(all.next());
    EXPECT_EQ(all.text(0), text);
    ASSERT_TRUE(all.next());
    EXPECT_EQ(std::vector<std::uint8_t>(all.blob(0).begin(), all.blob(0).end()), bytes);
    ASSERT_TRUE(all.next());
    EXPECT_TRUE(all.is_null(0));
    EXPECT_TRUE(std::isnan(all.real(0)));
    EXPECT_FALSE(all.next());
    EXPECT_FALSE(all.failed());
}

TEST(Database, KeepsEmptyTextAndEmptyBlobsApartFromNull) {
    const Folder scratch;
    Database database = made(scratch / "a.db");
    ASSERT_TRUE(database.run("INSERT INTO word VALUES (1, ?1), (2, ?2)", std::string_view{},
                             std::span<const std::uint8_t>{}));
    EXPECT_EQ(database.number("SELECT count(*) FROM word WHERE value IS NULL").value(), 0);
    EXPECT_EQ(database.number("SELECT count(*) FROM word WHERE length(value) = 0").value(), 2);
}

TEST(Database, SaysThatAFileIsMissing) {
    const Folder scratch;
    const Error error = refused(scratch / "none.db");
    EXPECT_EQ(error.trouble, Trouble::missing);
    EXPECT_EQ(error.message, (scratch / "none.db") + ": no such file. Give another.");
    EXPECT_FALSE(std::filesystem::exists(scratch / "none.db"));
}

TEST(Database, NeverOverwritesWhenItShouldCreate) {
    const Folder scratch;
    write_file(scratch / "a.db", "");
    EXPECT_EQ(refused(scratch / "a.db", Mode::create).trouble, Trouble::exists);
}

TEST(Database, LeavesForeignFilesAsTheyWere) {
    const Folder scratch;
    write_file(scratch / "letter.db", std::string(5000, 'x'));
    for (const Mode mode : {Mode::read, Mode::write})
        EXPECT_EQ(refused(scratch / "letter.db", mode).trouble, Trouble::foreign);
    EXPECT_EQ(read_file(scratch / "letter.db"), std::string(5000, 'x'));

    const Format other{.title = "another", .application_id = 8, .version = 2, .schema = "CREATE TABLE t (x)"};
    { ASSERT_TRUE(Database::open(scratch / "other.db", {.mode = Mode::create}, other).ok()); }
    const std::string before = read_file(scratch / "other.db");
    for (const Mode mode : {Mode::read, Mode::write})
        EXPECT_EQ(refused(scratch / "other.db", mode).trouble, Trouble::foreign);
    EXPECT_EQ(read_file(scratch / "other.db"), before);
    EXPECT_EQ(refused(scratch.path()).trouble, Trouble::foreign);
}

TEST(Database, RefusesANewerVersionAndNamesBoth) {
    const Folder scratch;
    { ASSERT_TRUE(made(scratch / "a.db").execute("PRAGMA user_version = 3")); }
    const Error error = refused(scratch / "a.db", Mode::write);
    EXPECT_EQ(error.trouble, Trouble::newer);
    EXPECT_NE(error.message.find("has schema version 3; this program knows 2. Use a newer program."),
              std::string::npos)
        << error.message;
}

TEST(Database, CallsATruncatedFileCorrupt) {
    const Folder scratch;
    {
        Database database = made(scratch / "a.db");
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(database.run("INSERT INTO word VALUES (?1, ?2)", i, std::string(100, 'w')));
    }
    const std::string whole = read_file(scratch / "a.db");
    ASSERT_GT(whole.size(), 20'000U);
    for (std::size_t length = 0; length < whole.size(); length += length < 200 ? 1 : 509) {
        write_file(scratch / "b.db", whole.substr(0, length));
        EXPECT_EQ(refused(scratch / "b.db").trouble, Trouble::corrupt) << length;
    }
    for (std::size_t missing = 1; missing < 100; ++missing) {
        write_file(scratch / "b.db", whole.substr(0, whole.size() - missing));
        EXPECT_EQ(refused(scratch / "b.db").message,
                  (scratch / "b.db") +
                      ": is damaged (it ends within a page: its end is missing). Make it again.")
            << missing;
        EXPECT_FALSE(Database::open(scratch / "b.db", {.mode = Mode::write}, format).ok());
    }
}

/// What a killed writer has written to its log is no reason to refuse the file that it will be carried into.
TEST(Database, BelievesTheLogBesideAFileThatEndsWithinAPage) {
    const Folder scratch;
    const std::string live = scratch / "a.db";
    const std::string copy = scratch / "b.db";
    {
        Database database = made(live);
        ASSERT_TRUE(database.execute("PRAGMA journal_mode = WAL"));
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(database.run("INSERT INTO word VALUES (?1, ?2)", i, std::string(100, 'w')));
        const std::string main = read_file(live);
        write_file(copy, main.substr(0, main.size() - 7));
        write_file(copy + "-wal", read_file(live + "-wal"));
    }
    auto opened = Database::open(copy, {.mode = Mode::write, .check = true}, format);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_EQ(opened.value().number("SELECT count(*) FROM word").value(), 200);
}

TEST(Database, HoldsItsFileAgainstASecondProcess) {
    const Folder scratch;
    const Options alone{.mode = Mode::write, .exclusive = true};
    const auto first = Database::open(scratch / "a.db", alone, format);
    ASSERT_TRUE(first.ok());
    const auto second = Database::open(scratch / "a.db", alone, format);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().trouble, Trouble::busy);
}

TEST(Database, KeepsSecretsFromOtherUsers) {
    const Folder scratch;
    const auto opened = Database::open(scratch / "a.db", {.mode = Mode::write, .owner_only = true}, format);
    ASSERT_TRUE(opened.ok());
    struct stat status {};
    ASSERT_EQ(::stat((scratch / "a.db").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(Database, NamesWhatTheDiskDidWrong) {
    const Folder scratch;
    BrokenDisk disk;
    Database database = made(scratch / "a.db");
    const auto trouble = [&](BrokenDisk::Way way) {
        disk.go(way);
        EXPECT_FALSE(database.run("INSERT INTO word VALUES (NULL, 'x')"));
        const Trouble seen = database.error().trouble;
        disk.go(BrokenDisk::Way::well);
        return seen;
    };
    EXPECT_EQ(trouble(BrokenDisk::Way::full), Trouble::full);
    EXPECT_EQ(trouble(BrokenDisk::Way::write_fails), Trouble::failing);
    EXPECT_EQ(trouble(BrokenDisk::Way::sync_fails), Trouble::failing);
    EXPECT_EQ(disk.refused(), 3U);
    EXPECT_TRUE(database.run("INSERT INTO word VALUES (NULL, 'y')"));
    EXPECT_EQ(database.number("SELECT count(*) FROM word").value(), 1);
}

}  // namespace
}  // namespace coop::sqlite

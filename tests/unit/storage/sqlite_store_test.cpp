#include "engine/storage/sqlite_store.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/scratch.hpp"
#include "tests/unit/sqlite/broken_disk.hpp"
#include "tests/unit/storage/contents.hpp"

namespace coop::storage {
namespace {

using namespace coop::storage_test;
using coop::test::Folder;
using coop::test::read_file;
using coop::test::write_file;
using sqlite_test::BrokenDisk;

std::unique_ptr<SqliteStore> opened(const std::string& path, base::Bytes size_max = {}) {
    auto store = SqliteStore::open(path, {size_max});
    EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
    return std::move(store).value();
}
Trouble trouble_with(const std::string& path) {
    const auto store = SqliteStore::open(path);
    EXPECT_FALSE(store.ok());
    return store.ok() ? Trouble::absent : store.error().trouble;
}
Status put(Store& store, std::uint32_t number, std::size_t size) {
    return store.commit({PutStatement{number, content(number, 50)},
                         PutChunk{digest(number), 0, digest(number), content(number, size)}});
}

TEST(SqliteStore, SyncsTheDiskBeforeItAcknowledges) {
    const Folder scratch;
    BrokenDisk disk;
    const auto store = opened(scratch / "store.db");
    for (std::uint32_t i = 1; i <= 20; ++i) {
        const std::uint64_t before = disk.syncs();
        ASSERT_TRUE(put(*store, i, 100).ok());
        EXPECT_GT(disk.syncs(), before);
    }
}

TEST(SqliteStore, StopsAtItsOwnersBound) {
    const Folder scratch;
    const auto store = opened(scratch / "store.db", base::mib(1));
    std::uint32_t kept = 0;
    Status last = put(*store, 1, 32 * 1024);
    while (last.ok() && kept < 100) last = put(*store, ++kept + 1, 32 * 1024);
    ASSERT_FALSE(last.ok());
    EXPECT_EQ(last.error().trouble, Trouble::full);
    EXPECT_GT(kept, 20U);  // 1 MiB is 32 such chunks and some pages for the tables
    EXPECT_LT(kept, 32U);
    for (std::uint32_t i = 1; i <= kept; ++i)
        EXPECT_EQ(store->read_chunk(digest(i)).value(), *content(i, 32 * 1024));
    ASSERT_TRUE(store->commit({EraseObject{digest(1)}}).ok());
    EXPECT_TRUE(put(*store, 1000, 32 * 1024).ok());  // erased room is used again
}

TEST(SqliteStore, TakesALimitOnFilesForAFailingDisk) {
    const Folder scratch;
    const auto store = opened(scratch / "store.db");
    ASSERT_TRUE(put(*store, 1, 32 * 1024).ok());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 200'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    std::uint32_t kept = 1;
    Status last = put(*store, 2, 32 * 1024);
    while (last.ok() && kept < 100) last = put(*store, ++kept + 1, 32 * 1024);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(last.ok());
    EXPECT_EQ(last.error().trouble, Trouble::failing);
    EXPECT_EQ(store->load().value().statements.size(), kept);
    EXPECT_TRUE(put(*store, 500, 32 * 1024).ok());
}

TEST(SqliteStore, LosesNothingItAcknowledgedWhicheverWriteFails) {
    const Folder scratch;
    BrokenDisk disk;
    for (const auto way :
         {BrokenDisk::Way::full, BrokenDisk::Way::write_fails, BrokenDisk::Way::sync_fails}) {
        for (int after = 0; after < 14; after += 2) {
            const std::string path =
                scratch / (std::to_string(static_cast<int>(way)) + "-" + std::to_string(after));
            std::vector<std::uint32_t> acknowledged;
            {
                const auto store = opened(path);
                ASSERT_TRUE(put(*store, 1, 5000).ok());
                disk.go(way, after);
                for (std::uint32_t i = 2; i < 16; ++i)
                    if (put(*store, i, 5000).ok()) acknowledged.push_back(i);
            }
            disk.go(BrokenDisk::Way::well);
            EXPECT_LT(acknowledged.size(), 14U);
            const auto store = opened(path);
            for (const std::uint32_t i : acknowledged)
                EXPECT_EQ(store->read_chunk(digest(i)).value(), *content(i, 5000));
            EXPECT_GT(store->load().value().statements.size(), acknowledged.size());  // number 1 is there too
        }
    }
}

TEST(SqliteStore, SaysThatTheDiskCannotBeRead) {
    const Folder scratch;
    BrokenDisk disk;
    { ASSERT_TRUE(put(*opened(scratch / "store.db"), 1, 32 * 1024).ok()); }
    const auto store = opened(scratch / "store.db");
    disk.go(BrokenDisk::Way::read_fails);
    const auto read = store->read_chunk(digest(1));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().trouble, Trouble::failing);
    disk.go(BrokenDisk::Way::well);
    EXPECT_TRUE(store->read_chunk(digest(1)).ok());
}

TEST(SqliteStore, BelongsToOneProcessAndOneOwner) {
    const Folder scratch;
    const auto store = opened(scratch / "store.db");
    ASSERT_TRUE(put(*store, 1, 10).ok());
    EXPECT_EQ(trouble_with(scratch / "store.db"), Trouble::busy);
    for (const auto& file : std::filesystem::directory_iterator(scratch.path())) {
        struct stat status {};
        ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0077U, 0U) << file.path();
    }
}

TEST(SqliteStore, RefusesFilesThatAreNotItsOwn) {
    const Folder scratch;
    const std::string letter = "Dear neighbours, the seed exchange is on Sunday.\n";
    write_file(scratch / "letter.txt", letter);
    EXPECT_EQ(trouble_with(scratch / "letter.txt"), Trouble::foreign);
    EXPECT_EQ(read_file(scratch / "letter.txt"), letter);
    EXPECT_EQ(trouble_with(scratch.path()), Trouble::foreign);
    EXPECT_EQ(trouble_with(scratch / "no/such/folder.db"), Trouble::failing);
}

void change(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
}

TEST(SqliteStore, RefusesALaterVersion) {
    const Folder scratch;
    opened(scratch / "store.db");
    change(scratch / "store.db", "PRAGMA user_version = 2");
    EXPECT_EQ(trouble_with(scratch / "store.db"), Trouble::newer);
}

TEST(SqliteStore, RefusesNamesOfTheWrongLength) {
    const Folder scratch;
    { ASSERT_TRUE(put(*opened(scratch / "store.db"), 1, 10).ok()); }
    change(scratch / "store.db", "INSERT INTO member VALUES (x'0102', x'00')");
    const auto kept = opened(scratch / "store.db")->load();
    ASSERT_FALSE(kept.ok());
    EXPECT_EQ(kept.error().trouble, Trouble::corrupt);
}

TEST(SqliteStore, AnswersOrRefusesWhateverBytesAreDamaged) {
    const Folder scratch;
    {
        const auto store = opened(scratch / "store.db");
        for (std::uint32_t i = 1; i <= 30; ++i) ASSERT_TRUE(put(*store, i, 500).ok());
    }
    const std::string whole = read_file(scratch / "store.db");
    base::Rng rng(1, base::Purpose::test, 5);
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string damaged = whole;
        if (round % 3 == 0) damaged.resize(1 + rng.below(damaged.size() - 1));
        for (int hit = 0; hit < 8; ++hit)
            damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
        write_file(scratch / "damaged.db", damaged);
        auto store = SqliteStore::open(scratch / "damaged.db");
        if (!store) {
            ++refused;
        } else {
            static_cast<void>(store.value()->load());
            for (std::uint32_t i = 1; i <= 30; ++i) static_cast<void>(store.value()->read_chunk(digest(i)));
            static_cast<void>(
                store.value()->commit({EraseObject{digest(3)}, PutStatement{99, content(99, 9)}}));
        }
    }
    EXPECT_GT(refused, 100);  // every truncation, and more
}

}  // namespace
}  // namespace coop::storage

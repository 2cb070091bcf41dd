// kill -9 at any moment: everything that was acknowledged is there at the next start.
#include <csignal>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/storage/sqlite_store.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/storage/contents.hpp"

namespace coop::storage {
namespace {

using namespace coop::storage_test;

constexpr std::size_t chunk_size = 6'000;
constexpr std::uint32_t objects_alive = 3;

/// Number n says statement n, keeps object n of two chunks, and forgets object n - 3: all or nothing.
Batch batch(std::uint32_t n) {
    return {PutStatement{n, content(n, 150)}, PutManifest{digest(n), content(n, 64)},
            PutChunk{digest(n), 0, digest(n * 2ULL + 1'000'000), content(n * 2ULL, chunk_size)},
            PutChunk{digest(n), 1, digest(n * 2ULL + 1'000'001), content(n * 2ULL + 1, chunk_size)},
            EraseObject{digest(n - objects_alive)}};
}

/// The child: commits batch after batch, and says each number down the pipe once it is acknowledged.
[[noreturn]] void commit_for_ever(const std::string& path, int pipe) {
    auto opened = SqliteStore::open(path);
    if (!opened) ::_exit(2);
    const auto kept = opened.value()->load();
    if (!kept) ::_exit(3);
    for (auto n = static_cast<std::uint32_t>(kept.value().statements.size()) + 1;; ++n) {
        if (!opened.value()->commit(batch(n)).ok()) ::_exit(4);
        if (::write(pipe, &n, sizeof n) != sizeof n) ::_exit(5);
    }
}

/// Lets a child work until it has acknowledged `wanted` batches and a little longer; kills it; gives the last
/// number.
std::uint32_t run_and_kill(const std::string& path, std::uint64_t wanted, useconds_t longer) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        commit_for_ever(path, ends[1]);
    }
    ::close(ends[1]);
    std::uint32_t last = 0;
    for (std::uint64_t i = 0; i < wanted; ++i)
        EXPECT_EQ(::read(ends[0], &last, sizeof last), ssize_t{sizeof last});
    ::usleep(
        longer);  // only to spread the moment of death over a commit; nothing depends on how long it takes
    ::kill(child, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with " << WEXITSTATUS(status);
    while (::read(ends[0], &last, sizeof last) == ssize_t{sizeof last}) {
    }
    ::close(ends[0]);
    return last;
}

std::string integrity(const std::string& path) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    std::string answer;
    const auto note = [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += values[0];
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle, "PRAGMA integrity_check", note, &answer, nullptr), SQLITE_OK);
    sqlite3_close(handle);
    return answer;
}

/// Exactly the first n batches are there, each whole, for some n not below what was acknowledged. Sets it to
/// n.
void expect_whole(const std::string& path, std::uint32_t& acknowledged) {
    auto opened = SqliteStore::open(path);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    Store& store = *opened.value();
    const Kept kept = store.load().value();
    const auto n = static_cast<std::uint32_t>(kept.statements.size());
    ASSERT_GE(n, acknowledged);
    ASSERT_LE(n, acknowledged + 1);  // the one in flight may have become durable
    for (std::uint32_t i = 1; i <= n; ++i) {
        ASSERT_EQ(kept.statements[i - 1].sequence, i);
        ASSERT_EQ(kept.statements[i - 1].bytes, *content(i, 150));
    }
    const std::uint32_t alive = std::min(n, objects_alive);
    ASSERT_EQ(kept.manifests.size(), alive);
    ASSERT_EQ(kept.parts.size(), 2 * alive);
    for (std::uint64_t i = n - alive + 1; i <= n; ++i)
        for (std::uint64_t part = 0; part < 2; ++part)
            ASSERT_EQ(store.read_chunk(digest(i * 2 + 1'000'000 + part)).value(),
                      *content(i * 2 + part, chunk_size));
    const auto bytes = 150 * std::uint64_t{n} + alive * (64 + 2 * chunk_size);
    EXPECT_EQ(store.used(), base::Bytes{static_cast<std::int64_t>(bytes)});
    acknowledged = n;
}

TEST(SqliteStore, KeepsEverythingAcknowledgedThroughFiftyKills) {
    const coop::test::Folder scratch;
    const std::string path = scratch / "store.db";
    base::Rng rng(1, base::Purpose::test, 3);
    std::uint32_t acknowledged = 0;
    for (int round = 0; round < 50; ++round) {
        // In every fifth round the child dies while it opens the store and before it has acknowledged
        // anything.
        const std::uint64_t wanted = round % 5 == 4 ? 0 : 1 + rng.below(12);
        const auto longer = static_cast<useconds_t>(rng.below(3'000));
        acknowledged = std::max(acknowledged, run_and_kill(path, wanted, longer));
        ASSERT_EQ(integrity(path), "ok") << "round " << round;
        expect_whole(path, acknowledged);
        if (HasFatalFailure()) FAIL() << "round " << round;
    }
    EXPECT_GT(acknowledged, 200U);
}

}  // namespace
}  // namespace coop::storage

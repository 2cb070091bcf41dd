#include "engine/results/writer.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/results/reader.hpp"
#include "engine/results/schema.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/results/small_run.hpp"
#include "tests/unit/sqlite/broken_disk.hpp"

namespace coop::results {
namespace {

using namespace coop::results_test;
using coop::test::Folder;
using sqlite_test::BrokenDisk;

Writer started(const std::string& path) {
    auto created = Writer::create(path);
    EXPECT_TRUE(created.ok()) << (created.ok() ? "" : created.error().message);
    Writer writer = std::move(created).value();
    writer.begin(small_run());
    return writer;
}
Reader opened(const std::string& path) {
    auto reader = Reader::open(path);
    EXPECT_TRUE(reader.ok()) << (reader.ok() ? "" : reader.error().message);
    return std::move(reader).value();
}
std::int64_t count(const std::string& path, const std::string& sql) {
    auto database = sqlite::Database::open(path, {}, format);
    EXPECT_TRUE(database.ok());
    return std::move(database).value().number(sql).value();
}

TEST(Writer, NeverOverwritesAnEarlierRun) {
    const Folder scratch;
    { ASSERT_TRUE(started(scratch / "results.db").finish({}).ok()); }
    const auto again = Writer::create(scratch / "results.db");
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().trouble, Trouble::exists);
}

TEST(Writer, LeavesOneFileWhenItFinishes) {
    const Folder scratch;
    {
        Writer writer = started(scratch / "results.db");
        write_some_of_everything(writer);
        ASSERT_TRUE(writer.finish({}).ok());
    }
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(scratch.path()))
        files += file.exists() ? 1 : 0;
    EXPECT_EQ(files, 1U);
}

TEST(Writer, KeepsSeriesInChunksNotInRows) {
    const Folder scratch;
    {
        Writer writer = started(scratch / "results.db");
        write_some_of_everything(writer);
        ASSERT_TRUE(writer.finish({}).ok());
    }
    // 2500 samples in rows of 1024: 3, evenly spaced, so without times. 1500: 2, with times.
    EXPECT_EQ(count(scratch / "results.db", "SELECT count(*) FROM series_chunk"), 5);
    EXPECT_EQ(count(scratch / "results.db", "SELECT count(*) FROM series_chunk WHERE times_i64 IS NULL"), 3);
    EXPECT_EQ(count(scratch / "results.db", "SELECT max(samples) FROM series_chunk"), 1024);
}

TEST(Writer, GrowsTheSameRowFromFlushToFlush) {
    const Folder scratch;
    Writer writer = started(scratch / "results.db");
    const SeriesId series = writer.series(writer.metric(metric("a.b_seconds", "s", MetricKind::series)));
    for (int i = 0; i < 100; ++i) {
        writer.append(series, at_s(i), i);
        ASSERT_TRUE(writer.flush().ok());
    }
    EXPECT_EQ(count(scratch / "results.db", "SELECT count(*) FROM series_chunk"), 1);
    EXPECT_EQ(opened(scratch / "results.db").series("a.b_seconds").value().values.size(), 100U);
}

TEST(Writer, GivesTheSameMetricTheSameId) {
    const Folder scratch;
    Writer writer = started(scratch / "results.db");
    const MetricId one = writer.metric(metric("a.one", "1", MetricKind::scalar));
    const MetricId two = writer.metric(metric("a.two", "1", MetricKind::scalar));
    EXPECT_NE(one, two);
    EXPECT_EQ(writer.metric(metric("a.one", "1", MetricKind::scalar)), one);
    EXPECT_DEATH(writer.metric(metric("a.one", "1", MetricKind::series)), "kind");
}

TEST(Writer, LetsAReaderFollowTheRun) {
    const Folder scratch;
    Writer writer = started(scratch / "results.db");
    writer.event({at_s(1), 1, {}, "one", "{}"});
    ASSERT_TRUE(writer.flush().ok());
    const Reader reader = opened(scratch / "results.db");
    EXPECT_EQ(reader.run().value().status, RunStatus::running);
    EXPECT_EQ(reader.events().value().size(), 1U);
    writer.event({at_s(2), 2, {}, "two", "{}"});
    EXPECT_EQ(reader.events().value().size(), 1U);  // not flushed yet
    ASSERT_TRUE(writer.flush().ok());
    EXPECT_EQ(reader.events().value().size(), 2U);
    EXPECT_TRUE(writer.finish({}).ok());  // although somebody reads
    EXPECT_EQ(reader.run().value().status, RunStatus::finished);
}

TEST(Writer, KeepsWhatWasFlushedWhenItsProcessIsKilled) {
    const Folder scratch;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        Writer writer = started(scratch / "results.db");
        write_some_of_everything(writer);
        if (!writer.flush().ok()) ::_exit(1);
        for (std::uint64_t i = 0; i < 100'000; ++i) writer.event({at_s(99), 100 + i, {}, "unflushed", "{}"});
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const Reader reader = opened(scratch / "results.db");
    EXPECT_EQ(reader.run().value().status, RunStatus::running);
    EXPECT_EQ(reader.events().value().size(), 3U);
    EXPECT_EQ(reader.series("object.copies").value().values.size(), 2500U);
}

TEST(Writer, TellsOfAFullDiskAndKeepsTheLastFlush) {
    const Folder scratch;
    for (const auto way : {BrokenDisk::Way::full, BrokenDisk::Way::write_fails}) {
        const std::string path = scratch / std::to_string(static_cast<int>(way));
        BrokenDisk disk;
        {
            Writer writer = started(path);
            writer.event({at_s(1), 1, {}, "kept", "{}"});
            ASSERT_TRUE(writer.flush().ok());
            disk.go(way);
            for (std::uint64_t i = 2; i < 100'000; ++i)
                writer.event({at_s(2), i, {}, "lost", std::string(100, 'x')});
            const Status flushed = writer.flush();
            ASSERT_FALSE(flushed.ok());
            EXPECT_EQ(flushed.error().trouble,
                      way == BrokenDisk::Way::full ? Trouble::full : Trouble::failing);
            ASSERT_TRUE(writer.trouble().has_value());
            EXPECT_GT(writer.lost(), 0U);
            writer.scalar(writer.metric(metric("a.b", "1", MetricKind::scalar)), 1);  // dropped
            disk.go(BrokenDisk::Way::well);
            EXPECT_FALSE(writer.finish({}).ok());
        }
        const Reader reader = opened(path);
        EXPECT_EQ(reader.run().value().status, RunStatus::failed);
        ASSERT_EQ(reader.events().value().size(), 1U);
        EXPECT_EQ(reader.events().value()[0].kind, "kept");
    }
}

TEST(Writer, SurvivesADiskThatFillsAtAnyMoment) {
    const Folder scratch;
    int failures = 0;
    for (int after = 0; after < 200; after += 5) {
        const std::string path = scratch / std::to_string(after);
        BrokenDisk disk;
        {
            Writer writer = started(path);
            ASSERT_TRUE(writer.flush().ok());
            disk.go(BrokenDisk::Way::full, after);
            write_some_of_everything(writer);
            failures += writer.finish({}).ok() ? 0 : 1;
        }
        disk.go(BrokenDisk::Way::well);
        EXPECT_EQ(opened(path).run().value().name, "village") << after;
    }
    EXPECT_GT(failures, 5);  // the run makes between 25 and 195 writes
    EXPECT_LT(failures, 40);
}

}  // namespace
}  // namespace coop::results

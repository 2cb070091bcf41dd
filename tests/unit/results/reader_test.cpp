#include "engine/results/reader.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/results/schema.hpp"
#include "engine/sqlite/database.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/results/small_run.hpp"

namespace coop::results {
namespace {

using namespace coop::results_test;
using coop::test::Folder;
using coop::test::read_file;
using coop::test::write_file;

void write_run(const std::string& path) {
    auto created = Writer::create(path);
    ASSERT_TRUE(created.ok());
    Writer writer = std::move(created).value();
    writer.begin(small_run());
    write_some_of_everything(writer);
    ASSERT_TRUE(
        writer.finish({RunStatus::interrupted, "00c0ffee00c0ffee", base::days(30), 12.5, base::mib(9)}).ok());
}

class ReaderOfARun : public testing::Test {
  protected:
    void SetUp() override { write_run(scratch_ / "results.db"); }
    Reader reader() const {
        auto opened = Reader::open(scratch_.path());
        EXPECT_TRUE(opened.ok());
        return std::move(opened).value();
    }
    Folder scratch_;
};

TEST_F(ReaderOfARun, GivesTheRunAndItsEnd) {
    const results::Run run = reader().run().value();
    EXPECT_EQ(run.id, "village-3");
    EXPECT_EQ(run.name, "village");
    EXPECT_EQ(run.source, Source::testbed);
    EXPECT_EQ(run.version, "0.1.0");
    EXPECT_EQ(run.seed, 0xfedcba9876543210ULL);
    EXPECT_EQ(run.started_utc, "2026-01-31T12:00:00Z");
    EXPECT_EQ(run.status, RunStatus::interrupted);
    EXPECT_EQ(run.fingerprint, "00c0ffee00c0ffee");
    EXPECT_EQ(run.simulated, base::days(30));
    EXPECT_EQ(run.wall_s, 12.5);
    EXPECT_EQ(run.peak_rss, base::mib(9));
}

TEST_F(ReaderOfARun, GivesAttributesParametersNodesAndMetrics) {
    const Reader run = reader();
    ASSERT_EQ(run.attributes().value().size(), 1U);
    EXPECT_EQ(run.attributes().value()[0].value, "two");
    ASSERT_EQ(run.parameters().value().size(), 1U);
    EXPECT_EQ(run.parameters().value()[0].origin, "village.toml:3:9");
    const std::vector<Node> nodes = run.nodes().value();
    ASSERT_EQ(nodes.size(), 2U);
    EXPECT_EQ(nodes[1].name, "member 1");
    EXPECT_EQ(nodes[1].group, "street");
    EXPECT_EQ(nodes[1].board, "rpi4b");
    EXPECT_EQ(nodes[1].line, "vdsl_50");
    EXPECT_EQ(nodes[1].line_up, base::ByteRate{1'250'000});
    EXPECT_EQ(nodes[1].line_down, base::ByteRate{6'250'000});
    EXPECT_EQ(nodes[1].share, base::percent(3));
    EXPECT_EQ(nodes[1].hours_start, base::hours(22));
    EXPECT_EQ(nodes[1].hours_length, base::hours(3));
    EXPECT_EQ(nodes[1].disk, base::gigabytes(8));
    const std::vector<Metric> metrics = run.metrics().value();
    ASSERT_EQ(metrics.size(), 3U);
    EXPECT_EQ(metrics[1].name, "notice.reach_seconds");
    EXPECT_EQ(metrics[1].unit, "s");
    EXPECT_EQ(metrics[1].kind, MetricKind::histogram);
    EXPECT_EQ(metrics[1].help, "What notice.reach_seconds tells.");
}

TEST_F(ReaderOfARun, GivesTheLastValueOfAScalar) {
    const std::vector<Scalar> scalars = reader().scalars("energy.used_kwh").value();
    ASSERT_EQ(scalars.size(), 2U);
    EXPECT_FALSE(scalars[0].node.has_value());
    EXPECT_EQ(scalars[0].value, 2.5);
    EXPECT_EQ(scalars[0].unit, "kWh");
    EXPECT_EQ(scalars[1].node, 1U);
    EXPECT_EQ(scalars[1].value, 0.5);
    EXPECT_TRUE(reader().scalars("no.such").value().empty());
}

TEST_F(ReaderOfARun, GivesQuantilesInTheMetricsUnit) {
    const std::vector<HistogramRow> rows = reader().histograms().value();
    ASSERT_EQ(rows.size(), 2U);
    const HistogramRow& reach = rows[0];  // 1 ms, 2 ms … 1000 ms
    EXPECT_EQ(reach.count, 1000U);
    EXPECT_DOUBLE_EQ(reach.sum, 500.5);
    EXPECT_DOUBLE_EQ(reach.mean(), 0.5005);
    EXPECT_DOUBLE_EQ(reach.least, 0.001);
    EXPECT_DOUBLE_EQ(reach.most, 1.0);
    for (const double q : {0.01, 0.5, 0.95, 1.0}) EXPECT_NEAR(reach.quantile(q), q, q / 100);
    EXPECT_EQ(rows[1].node, 1U);
    EXPECT_EQ(rows[1].count, 0U);
    EXPECT_TRUE(std::isnan(rows[1].quantile(0.5)));
    EXPECT_TRUE(std::isnan(rows[1].most));
}

TEST_F(ReaderOfARun, PutsASeriesTogetherAgain) {
    const Reader run = reader();
    const Series even = run.series("object.copies").value();
    ASSERT_EQ(even.values.size(), 2500U);
    ASSERT_EQ(even.times_ns.size(), 2500U);
    const Series uneven = run.series("object.copies", 1).value();
    ASSERT_EQ(uneven.values.size(), 1500U);
    for (std::size_t i = 0; i < 1500; ++i) {
        ASSERT_EQ(even.times_ns[i], static_cast<std::int64_t>(i) * 60'000'000'000);
        ASSERT_EQ(even.values[i], static_cast<double>(i) / 8);
        ASSERT_EQ(uneven.times_ns[i], static_cast<std::int64_t>(i * i) * 1'000'000'000);
        ASSERT_EQ(uneven.values[i], -static_cast<double>(i));
    }
    const std::vector<SeriesKey> keys = run.series_keys().value();
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].samples, 2500U);
    EXPECT_EQ(keys[1].node, 1U);
    const auto none = run.series("object.copies", 7);
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().trouble, Trouble::absent);
}

TEST_F(ReaderOfARun, FiltersEvents) {
    const Reader run = reader();
    const auto sequences = [&](const EventFilter& filter) {
        std::vector<std::uint64_t> found;
        const std::vector<Event> events = run.events(filter).value();
        for (const Event& event : events) found.push_back(event.sequence);
        return found;
    };
    using List = std::vector<std::uint64_t>;
    EXPECT_EQ(sequences({}), (List{1, 4, 5}));
    EXPECT_EQ(sequences({.kind = "delivered"}), (List{4}));
    EXPECT_EQ(sequences({.node = 0}), (List{1}));
    EXPECT_EQ(sequences({.from = at_s(2)}), (List{4, 5}));
    EXPECT_EQ(sequences({.until = at_s(2)}), (List{1}));
    EXPECT_EQ(sequences({.limit = 2}), (List{1, 4}));
    EXPECT_EQ(sequences({.kind = "delivered", .node = 0}), (List{}));
    const Event first = run.events({.limit = 1}).value().at(0);
    EXPECT_EQ(first.at, at_s(1));
    EXPECT_EQ(first.json, R"({"size":1024})");
}

TEST_F(ReaderOfARun, GivesFaultsViolationsAndExpectations) {
    const Reader run = reader();
    const Fault fault = run.faults().value().at(0);
    EXPECT_EQ(fault.at, at_s(7));
    EXPECT_EQ(fault.kind, "power_cut");
    EXPECT_EQ(fault.nodes, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(fault.detail, "8 h");
    const Violation violation = run.violations().value().at(0);
    EXPECT_EQ(violation.checker, "quota");
    EXPECT_EQ(violation.node, 1U);
    const std::vector<Expectation> expectations = run.expectations().value();
    ASSERT_EQ(expectations.size(), 2U);
    EXPECT_TRUE(expectations[0].passed);
    EXPECT_EQ(expectations[0].wanted, 60);
    EXPECT_EQ(expectations[0].got, 0.99);
    EXPECT_FALSE(expectations[1].passed);
    EXPECT_TRUE(std::isnan(expectations[1].got));
}

TEST_F(ReaderOfARun, GivesTheNewestSnapshotAtOrBeforeAMoment) {
    const Reader run = reader();
    const Snapshot early = run.snapshot("active", at_s(3599)).value();
    EXPECT_EQ(early.at, at_s(0));
    ASSERT_EQ(early.edges.size(), 2U);
    EXPECT_EQ(early.edges[1].from, 1U);
    EXPECT_TRUE(run.snapshot("active", at_s(3600)).value().edges.empty());  // an empty graph is an answer
    EXPECT_EQ(run.snapshot("eager", base::Instant::never()).value().edges.size(), 1U);
    const auto before = run.snapshot("eager", at_s(3599));
    ASSERT_FALSE(before.ok());
    EXPECT_EQ(before.error().trouble, Trouble::absent);
}

// --- files that are not to be trusted ----------------------------------------------------------------------

Trouble trouble_with(const std::string& path) {
    const auto opened = Reader::open(path);
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Trouble::busy : opened.error().trouble;
}

/// Asks for everything. Whatever the answers are, they are answers.
std::size_t ask_everything(const Reader& run) {
    std::size_t answers = 0;
    const auto ask = [&](const auto& answer) { answers += answer.ok() ? 1 : 0; };
    ask(run.run());
    ask(run.attributes());
    ask(run.parameters());
    ask(run.nodes());
    ask(run.metrics());
    ask(run.scalars());
    const auto histograms = run.histograms();
    ask(histograms);
    if (histograms)
        for (const HistogramRow& row : histograms.value()) static_cast<void>(row.quantile(0.5));
    ask(run.series("object.copies"));
    ask(run.series("object.copies", 1));
    ask(run.events());
    ask(run.faults());
    ask(run.violations());
    ask(run.expectations());
    ask(run.snapshot("active", base::Instant::never()));
    return answers;
}

TEST(Reader, SaysWhatToDoAboutAFileThatIsNotOurs) {
    const Folder scratch;
    EXPECT_EQ(trouble_with(scratch / "none.db"), Trouble::missing);
    EXPECT_EQ(trouble_with(scratch.path()), Trouble::missing);  // a folder without results.db
    write_file(scratch / "empty.db", "");
    EXPECT_EQ(trouble_with(scratch / "empty.db"), Trouble::corrupt);
    write_file(scratch / "village.toml", "[members]\ncount = 40\n");
    const auto opened = Reader::open(scratch / "village.toml");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().message,
              (scratch / "village.toml") +
                  ": is not a results database of coopsim. Give the folder of a run, or the "
                  "results.db in it, such as out/latest/results.db");
}

TEST(Reader, RefusesALaterSchema) {
    const Folder scratch;
    write_run(scratch / "results.db");
    {
        auto database = sqlite::Database::open(scratch / "results.db", {.mode = sqlite::Mode::write}, format);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE(std::move(database).value().execute("PRAGMA user_version = 2"));
    }
    EXPECT_EQ(trouble_with(scratch / "results.db"), Trouble::newer);
}

TEST(Reader, RefusesEveryTruncation) {
    const Folder scratch;
    write_run(scratch / "results.db");
    const std::string whole = read_file(scratch / "results.db");
    for (std::size_t length = 0; length < whole.size(); length += 997) {
        write_file(scratch / "cut.db", whole.substr(0, length));
        EXPECT_EQ(trouble_with(scratch / "cut.db"), Trouble::corrupt) << length;
    }
}

TEST(Reader, AnswersOrRefusesWhateverBytesAreDamaged) {
    const Folder scratch;
    write_run(scratch / "results.db");
    const std::string whole = read_file(scratch / "results.db");
    base::Rng rng(1, base::Purpose::test, 7);
    int refused = 0;
    for (int round = 0; round < 400; ++round) {
        std::string damaged = whole;
        const std::uint64_t hits = 1 + rng.below(16);
        for (std::uint64_t hit = 0; hit < hits; ++hit) {
            const std::uint64_t at = rng.below(damaged.size());
            damaged[at] = static_cast<char>(rng.below(256));
        }
        write_file(scratch / "damaged.db", damaged);
        const auto opened = Reader::open(scratch / "damaged.db");
        if (!opened) {
            EXPECT_NE(opened.error().message.find("damaged.db: "), std::string::npos);
            ++refused;
            continue;
        }
        EXPECT_LE(ask_everything(opened.value()), 14U);
    }
    EXPECT_GT(refused, 40);  // most damage hits the blobs of series, which only a checksum would tell
}

TEST(Reader, RefusesASeriesWhoseBlobsDoNotFit) {
    const Folder scratch;
    write_run(scratch / "results.db");
    {
        auto database = sqlite::Database::open(scratch / "results.db", {.mode = sqlite::Mode::write}, format);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE(std::move(database).value().execute(
            "UPDATE series_chunk SET samples = 1000000000 WHERE chunk = 1"));
    }
    auto opened = Reader::open(scratch / "results.db");
    ASSERT_TRUE(opened.ok());
    const auto series = opened.value().series("object.copies");
    ASSERT_FALSE(series.ok());
    EXPECT_EQ(series.error().trouble, Trouble::corrupt);
    EXPECT_EQ(ask_everything(opened.value()), 12U);  // the other twelve still answer
}

TEST(Reader, RefusesADatabaseWithoutOurTables) {
    const Folder scratch;
    write_run(scratch / "results.db");
    {
        auto database = sqlite::Database::open(scratch / "results.db", {.mode = sqlite::Mode::write}, format);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE(std::move(database).value().execute("DROP TABLE event"));
    }
    const auto opened = Reader::open(scratch / "results.db");
    ASSERT_TRUE(opened.ok());
    const auto events = opened.value().events();
    ASSERT_FALSE(events.ok());
    EXPECT_EQ(events.error().trouble, Trouble::corrupt);
    EXPECT_NE(events.error().message.find("no such table: event"), std::string::npos);
}

}  // namespace
}  // namespace coop::results

#include "engine/app/commands.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/runs.hpp"

namespace coop::app {
namespace {

using test::at_s;

using coop::test::Folder;

void write_small_run(const std::string& path, bool events) {
    const test::HandMade run;
    results::Writer writer = test::begun(path, run);
    const auto series =
        writer.metric({{}, "objects.stored", "objects", results::MetricKind::series, "A curve."});
    writer.append(writer.series(series), at_s(5), 2);
    const results::Edge edges[] = {{0, 1}, {1, 0}};
    writer.snapshot(at_s(5), "active", edges);
    if (events) {
        writer.event({at_s(1), 1, 0, "woke_up", "{}"});
        writer.event({at_s(2), 2, 1, "published", R"({"size":9})"});
    }
    test::finish(writer, run);
}

struct Printed {
    int code = 0;
    std::string out;
    std::string err;
};
Printed exported(const ExportRequest& request) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Printed printed;
    printed.code = export_csv(request);
    std::fflush(stdout);
    printed.out = testing::internal::GetCapturedStdout();
    printed.err = testing::internal::GetCapturedStderr();
    return printed;
}

class Export : public testing::Test {
  protected:
    Export() { write_small_run(run, true); }
    Folder folder;
    std::string run = folder / "results.db";
};

TEST_F(Export, WritesEventsOfOneKindOrAll) {
    EXPECT_EQ(exported({.run = run, .events = true}).out,
              "time_ns,sequence,node,kind,data\n1000000000,1,0,woke_up,{}\n2000000000,2,1,published,\"{"
              "\"\"size\"\":9}\"\n");
    EXPECT_EQ(exported({.run = run, .events = true, .kind = "woke_up"}).out,
              "time_ns,sequence,node,kind,data\n1000000000,1,0,woke_up,{}\n");
    const Printed none = exported({.run = run, .events = true, .kind = "woke"});
    EXPECT_EQ(none.code, exit_usage);
    EXPECT_EQ(none.err, run + ": has no event of the kind \"woke\"\n");
}

TEST_F(Export, WritesAGraphAsItWas) {
    const Printed graph = exported({.run = run, .graph = "active", .at = "12h"});
    EXPECT_EQ(graph.code, exit_ok);
    EXPECT_EQ(graph.out, "from,to\n0,1\n1,0\n");
    EXPECT_EQ(graph.err, "active at 5s, the newest one at or before 12h; there are 1: 5s\n");
    EXPECT_EQ(exported({.run = run, .graph = "active", .at = "5s"}).err, "active at 5s\n");
    EXPECT_EQ(exported({.run = run, .graph = "active"}).err, "active at 5s\n");
    EXPECT_EQ(exported({.run = run, .graph = "active"}).out, graph.out);
    EXPECT_EQ(exported({.run = run, .graph = "active", .at = "2s"}).err,
              run + ": has no graph \"active\" at or before 2s   there are 1: 5s\n");
    EXPECT_EQ(exported({.run = run, .graph = "eager"}).err,
              run + ": has no graph \"eager\"   none was kept\n");
    EXPECT_EQ(exported({.run = run, .graph = "passive"}).err,
              "unknown graph \"passive\"   known: active, eager\n");
    EXPECT_EQ(exported({.run = run, .graph = "active", .at = "12"}).err,
              "--at is a duration since the start, and \"12\" is not   for example --at 12h\n");
}

TEST_F(Export, NamesTimesAsPeopleWouldAskForThem) {
    results::Writer writer = test::begun(folder / "other.db", {});
    const std::int64_t hour = 3600, day = 24 * hour;
    for (const std::int64_t s : {std::int64_t{1}, std::int64_t{65}, std::int64_t{90}, 7 * hour / 2,
                                 13 * hour / 2, day, day + day / 2, 10 * day})
        writer.snapshot(at_s(s), "active", {});
    test::finish(writer, {});
    const auto err = [&](const std::string& at) {
        return exported({.run = folder / "other.db", .graph = "active", .at = at}).err;
    };
    EXPECT_EQ(err("0s"),
              folder / "other.db" +
                  ": has no graph \"active\" at or before 0s   there are 8: 1s, 65s, 1.5min, 3.5h, "
                  "6.5h, …, 10d\n");
    for (const char* const at : {"1s", "65s", "1.5min", "3.5h", "6.5h", "1d", "1.5d", "10d"})
        EXPECT_EQ(err(at), "active at " + std::string(at) + "\n");
}

TEST_F(Export, RefusesWhatWouldChangeNothing) {
    EXPECT_EQ(exported({.run = run, .events = true, .at = "1h"}).err, "--at belongs to --graph\n");
    EXPECT_EQ(exported({.run = run, .graph = "active", .kind = "woke_up"}).err,
              "--kind belongs to --events\n");
    EXPECT_EQ(exported({.run = run, .series = "objects.stored", .at = "1h"}).code, exit_usage);
}

TEST_F(Export, WritesASeriesOrNamesThoseThereAre) {
    EXPECT_EQ(exported({.run = run, .series = "objects.stored"}).out, "time_ns,node,value\n5000000000,,2\n");
    const Printed none = exported({.run = run, .series = "objects.stord"});
    EXPECT_EQ(none.code, exit_usage);
    EXPECT_EQ(none.err, run + ": has no series \"objects.stord\"   known: objects.stored\n");
}

TEST_F(Export, SaysHowToHaveEvents) {
    write_small_run(folder / "other.db", false);
    const Printed none = exported({.run = folder / "other.db", .events = true});
    EXPECT_EQ(none.code, exit_usage);
    EXPECT_EQ(none.err, folder / "other.db" + ": no events were kept; run again with --events\n");
    EXPECT_EQ(exported({.run = run}).err, "export needs exactly one of --events, --graph and --series\n");
    EXPECT_EQ(exported({.run = folder / "none", .events = true}).code, exit_usage);
}

}  // namespace
}  // namespace coop::app

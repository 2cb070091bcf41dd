#include "engine/app/compare.hpp"

#include "engine/app/commands.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/runs.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;
using test::HandMade;

constexpr auto simulated = results::Source::simulated;
constexpr auto real = results::Source::testbed;

Comparison compared(const HandMade& a, const HandMade& b) {
    const Folder folder;
    test::write_run(folder / "a.db", a);
    test::write_run(folder / "b.db", b);
    auto comparison = compare_runs(folder / "a.db", folder / "b.db");
    EXPECT_TRUE(comparison.ok());
    return std::move(comparison).value();
}

const std::string tolerances = R"([{"metric":"objects.put","within":0,"why":""},)"
                               R"({"metric":"notice.latency_median","ratio_most":2,"within":0.25}])";

TEST(Compare, AgreesWithinTheToleranceAndDiffersOutsideIt) {
    const HandMade a{simulated, tolerances, {{"objects.put", 16}, {"notice.latency_median", 0.1}}};
    HandMade b{real, tolerances, {{"objects.put", 16}, {"notice.latency_median", 0.35}}};
    EXPECT_TRUE(compared(a, b).agrees());  // more than twice as long, but within 250 ms
    b.metrics["notice.latency_median"] = 0.36;
    EXPECT_FALSE(compared(a, b).agrees());
    b.metrics["notice.latency_median"] = 0.1;
    b.metrics["objects.put"] = 15;
    EXPECT_FALSE(compared(a, b).agrees());
}

TEST(Compare, ToleratesByRatioOrByDifference) {
    const Tolerance twice{"m", 2, {}};
    EXPECT_TRUE(within_tolerance(twice, 1, 2));
    EXPECT_TRUE(within_tolerance(twice, 2, 1));
    EXPECT_FALSE(within_tolerance(twice, 1, 2.01));
    EXPECT_FALSE(within_tolerance(twice, 0, 0.01));
    EXPECT_TRUE(within_tolerance(twice, 0, 0));
    EXPECT_FALSE(within_tolerance(twice, -1, 1));
    const Tolerance near{"m", {}, 0.5};
    EXPECT_TRUE(within_tolerance(near, 0, 0.5));
    EXPECT_FALSE(within_tolerance(near, 100, 100.6));
    const Tolerance either{"m", 2, 0.5};
    EXPECT_TRUE(within_tolerance(either, 0.1, 0.5));
    EXPECT_TRUE(within_tolerance(either, 10, 19));
    EXPECT_FALSE(within_tolerance(either, 10, 21));
}

TEST(Compare, AToleranceOnWhatOneRunLacksIsNoAgreement) {
    const HandMade a{simulated, tolerances, {{"objects.put", 16}, {"notice.latency_median", 0.1}}};
    const HandMade b{real, tolerances, {{"objects.put", 16}}};
    const Comparison comparison = compared(a, b);
    EXPECT_FALSE(comparison.agrees());
    EXPECT_EQ(comparison.metrics[0].agreement, Agreement::missing);
    EXPECT_NE(
        to_text(comparison).find("Could not be judged, because one run lacks it: notice.latency_median.\n"),
        std::string::npos);
}

TEST(Compare, TellsEverythingAsATable) {
    const HandMade a{
        simulated,
        tolerances,
        {{"objects.put", 16}, {"notice.latency_median", 0.1}, {"traffic.up", 3e6}, {"energy.kwh", 1.5}}};
    const HandMade b{
        real, tolerances, {{"objects.put", 16}, {"notice.latency_median", 0.5}, {"traffic.up", 6e6}}};
    EXPECT_EQ(to_text(compared(a, b)), R"(A  handful (simulated, seed 1, 90.0 s)  one
B  handful (testbed, seed 1, 90.0 s)  two

metric                           A            B    B/A               allowed   verdict
energy.kwh                1.50 kWh            –      –                         in one only
notice.latency_median       100 ms       500 ms   5.00   ± 250 ms or 2 times   DIFFERS
objects.put             16 objects   16 objects   1.00                 equal   agrees
traffic.up                  3.0 MB       6.0 MB   2.00                         not judged

In one run only
  energy.kwh: B ran on real boards, where electricity is not measured

1 of 2 judged metrics agree within their tolerances.
Not yet: notice.latency_median.
Not judged, and within twofold of each other: 1.
One run is a simulation and the other is not: what no metric here measures was not compared.
)");
}

TEST(Compare, NamesWhatDiffersALotThoughNobodyJudgesIt) {
    const std::string only_put = R"([{"metric":"objects.put","within":0}])";
    const HandMade a{simulated,
                     only_put,
                     {{"objects.put", 16}, {"links.broken", 0}, {"traffic.up", 3e6}, {"links.peak", 5}}};
    HandMade b{
        real, only_put, {{"objects.put", 16}, {"links.broken", 4}, {"traffic.up", 6.1e6}, {"links.peak", 6}}};
    ASSERT_TRUE(compared(a, b).agrees());
    const std::string text = to_text(compared(a, b));
    EXPECT_NE(
        text.find("All 1 metrics that the scenario judges agree within its tolerances; 2 that it does not "
                  "judge differ a lot.\n"
                  "Differ more than twofold and are not judged, because the scenario does not say how far "
                  "they may:\n"
                  "  links.broken: 0 objects and 4 objects\n"
                  "  traffic.up: 3.0 MB and 6.1 MB\n"
                  "Not judged either, but within twofold of each other: 1.\n"),
        std::string::npos)
        << text;
    b.metrics = a.metrics;
    EXPECT_EQ(to_text(compared(a, b)).find("twofold and are"), std::string::npos);
}

TEST(Compare, SaysWhenTheRunsAreNotAlike) {
    const HandMade a{simulated, tolerances, {{"objects.put", 16}}};
    const HandMade b{simulated, "[]", {{"objects.put", 16}}, base::seconds(80)};
    const std::string text = to_text(compared(a, b));
    EXPECT_NE(text.find("The two runs state different tolerances; A's are used.\n"), std::string::npos);
    EXPECT_NE(text.find("The two runs do not cover the same time.\n"), std::string::npos);
    EXPECT_NE(
        to_text(compared(b, b)).find("Nothing was judged: the scenario states no [[compare]] tolerance.\n"),
        std::string::npos);
}

TEST(Compare, ARunWithoutAnEndAgreesWithNothing) {
    const Folder folder;
    const HandMade run{simulated, "[]", {{"objects.put", 16}}};
    test::write_run(folder / "whole.db", run);
    { results::Writer killed = test::begun(folder / "killed.db", run); }
    results::Writer failed = test::begun(folder / "failed.db", run);
    ASSERT_TRUE(failed.finish({.status = results::RunStatus::failed}).ok());
    results::Writer interrupted = test::begun(folder / "interrupted.db", run);
    ASSERT_TRUE(interrupted.finish({.status = results::RunStatus::interrupted}).ok());
    const auto text = [&](const std::string& a, const std::string& b) {
        return to_text(compare_runs(folder / a, folder / b).value());
    };
    EXPECT_NE(text("whole.db", "killed.db")
                  .find("\nB did not come to its end (running): whatever its figures are, this "
                        "is no agreement.\n"),
              std::string::npos);
    EXPECT_NE(text("failed.db", "whole.db").find("\nA did not come to its end (failed): "),
              std::string::npos);
    EXPECT_EQ(text("whole.db", "interrupted.db").find("did not come to its end ("), std::string::npos);
    EXPECT_EQ(compare({folder / "whole.db", folder / "killed.db"}), exit_failed);
    EXPECT_EQ(compare({folder / "failed.db", folder / "whole.db"}), exit_failed);
    EXPECT_EQ(compare({folder / "interrupted.db", folder / "interrupted.db"}), exit_ok);
}

TEST(Compare, EndsWithTheExitCodeOfItsVerdict) {
    const Folder folder;
    test::write_run(folder / "a.db",
                    {simulated, tolerances, {{"objects.put", 16}, {"notice.latency_median", 0.1}}});
    test::write_run(folder / "b.db",
                    {real, tolerances, {{"objects.put", 15}, {"notice.latency_median", 0.1}}});
    coop::test::write_file(folder / "c.db", "this is no database");
    EXPECT_EQ(compare({folder / "a.db", folder / "a.db"}), exit_ok);
    EXPECT_EQ(compare({folder / "a.db", folder / "b.db"}), exit_failed);
    EXPECT_EQ(compare({folder / "a.db", folder / "c.db"}), exit_usage);
    EXPECT_EQ(compare({folder / "none", folder / "a.db"}), exit_usage);
}

TEST(Compare, RefusesTolerancesThatNobodyWrote) {
    const Folder folder;
    test::write_run(folder / "a.db", {simulated, R"([{"metric":"objects.put"}])", {{"objects.put", 16}}});
    const auto comparison = compare_runs(folder / "a.db", folder / "a.db");
    ASSERT_FALSE(comparison.ok());
    EXPECT_EQ(comparison.error(),
              folder / "a.db" + ": its attribute \"compare\" is not a list of tolerances");
}

}  // namespace
}  // namespace coop::app

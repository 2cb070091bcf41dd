#include "engine/results/export.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/scratch.hpp"
#include "tests/unit/results/small_run.hpp"

namespace coop::results {
namespace {

using namespace coop::results_test;
using coop::test::Folder;

class Export : public testing::Test {
  protected:
    void SetUp() override {
        auto created = Writer::create(scratch_ / "results.db");
        ASSERT_TRUE(created.ok());
        Writer writer = std::move(created).value();
        writer.begin(small_run());
        const MetricId load = writer.metric(metric("line.used_share", "1", MetricKind::series));
        writer.append(writer.series(load, 2), at_s(1), 0.1);
        writer.append(writer.series(load), at_s(1), 1.0 / 3);
        writer.append(writer.series(load), at_s(2), not_a_number);
        writer.event({at_s(1), 7, 2, "said", R"({"text":"a, b"})"});
        writer.event({at_s(2), 8, {}, "tick", "{}"});
        const Edge edges[] = {{2, 1}, {0, 2}};
        writer.snapshot(at_s(60), "eager", edges);
        ASSERT_TRUE(writer.finish({}).ok());
    }
    Reader reader() const { return Reader::open(scratch_.path()).value(); }
    Folder scratch_;
};

TEST_F(Export, WritesEventsWithQuotedJson) {
    std::ostringstream out;
    ASSERT_TRUE(export_events_csv(reader(), {}, out).ok());
    EXPECT_EQ(out.str(), R"(time_ns,sequence,node,kind,data
1000000000,7,2,said,"{""text"":""a, b""}"
2000000000,8,,tick,{}
)");
}

TEST_F(Export, WritesSeriesSoThatEveryDoubleReadsBack) {
    std::ostringstream out;
    ASSERT_TRUE(export_series_csv(reader(), "line.used_share", out).ok());
    EXPECT_EQ(out.str(), R"(time_ns,node,value
1000000000,,0.3333333333333333
2000000000,,
1000000000,2,0.1
)");
    EXPECT_EQ(export_series_csv(reader(), "no.such", out).error().trouble, Trouble::absent);
}

TEST_F(Export, WritesAGraphAsAnEdgeList) {
    std::ostringstream out;
    ASSERT_TRUE(export_graph_csv(reader(), "eager", at_s(12 * 3600), out).ok());
    EXPECT_EQ(out.str(), "from,to\n0,2\n2,1\n");
    EXPECT_EQ(export_graph_csv(reader(), "eager", at_s(59), out).error().trouble, Trouble::absent);
}

TEST_F(Export, TellsWhenItsPlaceIsFull) {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    EXPECT_EQ(export_events_csv(reader(), {}, out).error().trouble, Trouble::failing);
}

}  // namespace
}  // namespace coop::results

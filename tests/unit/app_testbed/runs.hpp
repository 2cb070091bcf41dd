// Hand-made runs, to be compared and exported.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "engine/results/writer.hpp"

namespace coop::app::test {

inline base::Instant at_s(std::int64_t s) { return base::Instant::zero() + base::seconds(s); }

struct HandMade {
    results::Source source = results::Source::simulated;
    std::string tolerances = "[]";
    std::map<std::string, double> metrics;
    base::Duration covers = base::seconds(90);
};

inline std::string unit_of(const std::string& metric) {
    if (metric.starts_with("notice.latency")) return "s";
    if (metric.starts_with("energy")) return "kWh";
    return metric.starts_with("traffic") ? "B" : "objects";
}

inline results::Writer begun(const std::string& path, const HandMade& run) {
    auto writer = results::Writer::create(path);
    EXPECT_TRUE(writer.ok());
    results::Run row;
    row.id = run.source == results::Source::simulated ? "one" : "two";
    row.name = "handful";
    row.source = run.source;
    row.version = "0.1.0";
    row.seed = 1;
    row.started_utc = "2026-01-31T12:00:00Z";
    writer.value().begin(row);
    writer.value().attribute("compare", run.tolerances);
    return std::move(writer).value();
}

inline void finish(results::Writer& writer, const HandMade& run) {
    results::Finish end;
    end.simulated = run.covers;
    EXPECT_TRUE(writer.finish(end).ok());
}

inline void write_run(const std::string& path, const HandMade& run) {
    results::Writer writer = begun(path, run);
    for (const auto& [name, value] : run.metrics) {
        const auto id = writer.metric({{}, name, unit_of(name), results::MetricKind::scalar, "A figure."});
        writer.scalar(id, value);
        writer.scalar(id, value + 1000, 0);  // one member's own, which is not the run's
    }
    finish(writer, run);
}

}  // namespace coop::app::test

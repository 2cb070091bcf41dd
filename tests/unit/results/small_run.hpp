// A run with a little of everything, for the tests of writing, reading and damage.
#pragma once

#include <string>

#include "engine/results/writer.hpp"

namespace coop::results_test {

using namespace coop::results;

inline base::Instant at_s(std::int64_t s) { return base::Instant::zero() + base::seconds(s); }

inline Run small_run() {
    Run run;
    run.id = "village-3";
    run.name = "village";
    run.source = Source::testbed;
    run.version = "0.1.0";
    run.seed = 0xfedcba9876543210ULL;  // above the signed range
    run.started_utc = "2026-01-31T12:00:00Z";
    return run;
}

inline Node small_node(std::uint32_t id) {
    Node node;
    node.id = id;
    node.name = "member " + std::to_string(id);
    node.group = "street";
    node.board = "rpi4b";
    node.line = "vdsl_50";
    node.line_up = {1'250'000};
    node.line_down = {6'250'000};
    node.share = base::percent(3);
    node.hours_start = base::hours(22);
    node.hours_length = base::hours(3);
    node.disk = base::gigabytes(8);
    return node;
}

inline Metric metric(const std::string& name, const std::string& unit, MetricKind kind) {
    return Metric{{}, name, unit, kind, "What " + name + " tells."};
}

/// Everything but the run's beginning and end.
inline void write_some_of_everything(Writer& writer) {
    writer.attribute("host", "one");
    writer.attribute("host", "two");
    writer.parameter({"members.count", "40", "", "village.toml:3:9"});
    writer.add_node(small_node(0));
    writer.add_node(small_node(1));
    const MetricId energy = writer.metric(metric("energy.used_kwh", "kWh", MetricKind::scalar));
    writer.scalar(energy, 1.5);
    writer.scalar(energy, 0.5, 1);
    writer.scalar(energy, 2.5);  // replaces the first
    Histogram reach;
    for (int i = 1; i <= 1000; ++i) reach.add(base::milliseconds(i).ns());
    const MetricId reach_seconds = writer.metric(metric("notice.reach_seconds", "s", MetricKind::histogram));
    writer.histogram(reach_seconds, Histogram{}, 1e-9);
    writer.histogram(reach_seconds, reach, 1e-9);
    writer.histogram(reach_seconds, Histogram{}, 1e-9, 1);
    const MetricId copies = writer.metric(metric("object.copies", "1", MetricKind::series));
    for (int i = 0; i < 2500; ++i) writer.append(writer.series(copies), at_s(60 * i), i / 8.0);
    for (int i = 0; i < 1500; ++i) writer.append(writer.series(copies, 1), at_s(std::int64_t{i} * i), -i);
    writer.event({at_s(1), 1, 0, "published", R"({"size":1024})"});
    writer.event({at_s(2), 4, 1, "delivered", R"({"hops":2})"});
    writer.event({at_s(2), 5, {}, "fault", "{}"});
    writer.fault({at_s(7), "power_cut", {0, 1}, "8 h"});
    writer.violation({at_s(9), "quota", 1, "sent 1 byte too many"});
    writer.expectation({"notice.reach_seconds.p99", "<=", 60, 0.99, "s", true, "village.toml:41:1"});
    writer.expectation({"object.lost", "==", 0, not_a_number, "1", false, "village.toml:42:1"});
    const Edge edges[] = {{0, 1}, {1, 0}};
    writer.snapshot(at_s(0), "active", edges);
    writer.snapshot(at_s(3600), "active", {});
    writer.snapshot(at_s(3600), "eager", std::span(edges).first(1));
}

}  // namespace coop::results_test

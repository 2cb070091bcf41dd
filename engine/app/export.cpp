// Export: a part of a finished run as CSV on standard output, and a clear word when the run does not have it.
#include "engine/results/export.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "engine/app/commands.hpp"
#include "engine/config/units.hpp"

namespace coop::app {
namespace {

int complain(std::string_view message) {
    fmt::print(stderr, "{}\n", message);
    return exit_usage;
}

int ended(const results::Status& status) { return status ? exit_ok : complain(status.error().message); }

int export_events(const results::Reader& reader, const ExportRequest& request) {
    results::EventFilter filter;
    filter.limit = 1;
    const auto any = reader.events(filter);
    if (!any) return complain(any.error().message);
    if (any.value().empty()) {
        return complain(fmt::format("{}: no events were kept; run again with --events", request.run));
    }
    filter.kind = request.kind;
    const auto first = reader.events(filter);
    if (!first) return complain(first.error().message);
    if (first.value().empty())
        return complain(fmt::format("{}: has no event of the kind \"{}\"", request.run, request.kind));
    filter.limit = results::EventFilter{}.limit;
    return ended(results::export_events_csv(reader, filter, std::cout));
}

/// "3.5h": in the largest unit that takes no more than two decimals, so that it can be asked for.
std::string moment(base::Instant at) {
    struct Unit {
        const char* name;
        base::Duration length;
    };
    constexpr Unit units[] = {
        {"d", base::days(1)}, {"h", base::hours(1)}, {"min", base::minutes(1)}, {"s", base::seconds(1)}};
    for (const Unit& unit : units) {
        if (at.ns() < unit.length.ns() || at.ns() * 100 % unit.length.ns() != 0) continue;
        return fmt::format("{:g}{}", static_cast<double>(at.ns()) / static_cast<double>(unit.length.ns()),
                           unit.name);
    }
    return config::print_quantity(at.ns(), config::Dimension::duration).text();
}

/// "there are 13: 0s, 1h, 2h, … 12h".
std::string kept(const std::vector<base::Instant>& times) {
    constexpr std::size_t listed = 5;
    std::string text = times.empty() ? "none was kept" : fmt::format("there are {}:", times.size());
    for (std::size_t i = 0; i < times.size(); ++i) {
        const bool skipped = i >= listed && i + 1 < times.size();
        if (skipped && i > listed) continue;
        text += i == 0 ? " " : ", ";
        text += skipped ? "…" : moment(times[i]);
    }
    return text;
}

int export_graph(const results::Reader& reader, const ExportRequest& request) {
    if (request.graph != "active" && request.graph != "eager") {
        return complain(fmt::format("unknown graph \"{}\"   known: active, eager", request.graph));
    }
    base::Instant at = base::Instant::never();
    if (!request.at.empty()) {
        const auto asked = config::read_quantity(request.at, config::Dimension::duration);
        if (asked.reading != config::Reading::ok) {
            return complain(fmt::format(
                "--at is a duration since the start, and \"{}\" is not   for example --at 12h", request.at));
        }
        at = base::Instant::of_ns(asked.amount);
    }
    const auto times = reader.snapshot_times(request.graph);
    if (!times) return complain(times.error().message);
    if (times.value().empty() || times.value().front() > at) {
        return complain(fmt::format("{}: has no graph \"{}\"{}   {}", request.run, request.graph,
                                    request.at.empty() ? "" : " at or before " + request.at,
                                    kept(times.value())));
    }
    const base::Instant newest = *std::prev(std::upper_bound(times.value().begin(), times.value().end(), at));
    fmt::print(stderr, "{} at {}", request.graph, moment(newest));
    if (!request.at.empty() && newest != at) {
        fmt::print(stderr, ", the newest one at or before {}; {}", request.at, kept(times.value()));
    }
    fmt::print(stderr, "\n");
    return ended(results::export_graph_csv(reader, request.graph, at, std::cout));
}

int export_series(const results::Reader& reader, const ExportRequest& request) {
    const auto keys = reader.series_keys();
    if (!keys) return complain(keys.error().message);
    std::string known;
    for (const results::SeriesKey& key : keys.value()) {
        if (key.metric == request.series)
            return ended(results::export_series_csv(reader, request.series, std::cout));
        if (!key.node) known += (known.empty() ? "" : ", ") + key.metric;
    }
    return complain(fmt::format("{}: has no series \"{}\"   known: {}", request.run, request.series, known));
}

}  // namespace

int export_csv(const ExportRequest& request) {
    const int asked = int{request.events} + int{!request.graph.empty()} + int{!request.series.empty()};
    if (asked != 1) return complain("export needs exactly one of --events, --graph and --series");
    if (!request.at.empty() && request.graph.empty()) return complain("--at belongs to --graph");
    if (!request.kind.empty() && !request.events) return complain("--kind belongs to --events");
    const auto reader = results::Reader::open(request.run);
    if (!reader) return complain(reader.error().message);
    if (request.events) return export_events(reader.value(), request);
    if (!request.graph.empty()) return export_graph(reader.value(), request);
    return export_series(reader.value(), request);
}

}  // namespace coop::app

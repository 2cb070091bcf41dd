#include "engine/results/export.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <ostream>

namespace coop::results {
namespace {

std::string number(double value) {
    if (std::isnan(value)) return {};
    std::array<char, 32> digits{};  // the shortest text that reads back to the same double has at most 24
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char letter : text) out += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return out + "\"";
}

std::string number(MaybeNode node) { return node ? std::to_string(*node) : std::string(); }

/// A full disk under the CSV is the caller's news too.
Status written(const std::ostream& out) {
    if (out.good()) return std::monostate{};
    return Error{Trouble::failing,
                 "The export could not be written. Check the space and rights at its place."};
}

}  // namespace

Status export_events_csv(const Reader& reader, const EventFilter& filter, std::ostream& out) {
    out << "time_ns,sequence,node,kind,data\n";
    const Status asked = reader.each_event(filter, [&](const Event& event) {
        out << event.at.ns() << ',' << event.sequence << ',' << number(event.node) << ','
            << quoted(event.kind) << ',' << quoted(event.json) << '\n';
    });
    if (!asked) return asked;
    return written(out);
}

Status export_series_csv(const Reader& reader, std::string_view metric, std::ostream& out) {
    const auto keys = reader.series_keys();
    if (!keys) return keys.error();
    bool any = false;
    for (const SeriesKey& key : keys.value()) {
        if (key.metric != metric) continue;
        const auto series = reader.series(metric, key.node);
        if (!series) return series.error();
        if (!any) out << "time_ns,node,value\n";
        any = true;
        for (std::size_t i = 0; i < series.value().values.size(); ++i)
            out << series.value().times_ns[i] << ',' << number(key.node) << ','
                << number(series.value().values[i]) << '\n';
    }
    if (!any) return reader.series(metric).error();
    return written(out);
}

Status export_graph_csv(const Reader& reader, std::string_view graph, base::Instant at, std::ostream& out) {
    const auto snapshot = reader.snapshot(graph, at);
    if (!snapshot) return snapshot.error();
    out << "from,to\n";
    for (const Edge& edge : snapshot.value().edges) out << edge.from << ',' << edge.to << '\n';
    return written(out);
}

}  // namespace coop::results

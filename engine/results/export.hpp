// CSV out of a run's database (RFC 4180: a header line, CRLF-free lines, quotes doubled where quotes are
// needed).
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "engine/results/reader.hpp"

namespace coop::results {

/// time_ns,sequence,node,kind,data
Status export_events_csv(const Reader& reader, const EventFilter& filter, std::ostream& out);
/// time_ns,node,value – every node's series of this metric, and the whole run's with an empty node.
Status export_series_csv(const Reader& reader, std::string_view metric, std::ostream& out);
/// from,to – the newest snapshot of the graph at or before `at`.
Status export_graph_csv(const Reader& reader, std::string_view graph, base::Instant at, std::ostream& out);

}  // namespace coop::results

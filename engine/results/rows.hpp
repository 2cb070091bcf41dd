// What a run's database holds, as plain structs: one for each table. SCHEMA.md documents the tables
// themselves.
//
// Law: names are lower_snake, metric names dotted ("notice.latency_median"). Times are since the scenario's
// midnight of day 0, in both worlds. An absent node means the whole run.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/id.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/sqlite/error.hpp"

namespace coop::results {

using sqlite::Error;
using sqlite::Status;
using sqlite::Trouble;

using MaybeNode = std::optional<std::uint32_t>;  ///< a PeerId's index
using MetricId = base::Id<struct MetricTag>;
using SeriesId = base::Id<struct SeriesTag>;

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

enum class Source : std::uint8_t { simulated, testbed };
enum class RunStatus : std::uint8_t {
    running,  ///< or killed: a run that ended says how
    finished,
    interrupted,  ///< stopped by its user, results flushed
    failed,
};
enum class MetricKind : std::uint8_t { scalar, histogram, series };
std::string_view to_text(Source source) noexcept;
std::string_view to_text(RunStatus status) noexcept;
std::string_view to_text(MetricKind kind) noexcept;

struct Run {
    std::string id{};    ///< the name of the run's folder
    std::string name{};  ///< the scenario's
    Source source = Source::simulated;
    std::string version{};  ///< of the program
    std::uint64_t seed = 0;
    std::string started_utc{};  ///< "2026-01-31T12:00:00Z"
    // Known at the end:
    RunStatus status = RunStatus::running;
    std::string fingerprint{};   ///< empty for a testbed and for a run that did not finish
    base::Duration simulated{};  ///< how much time the run covers
    double wall_s = 0;
    base::Bytes peak_rss{};
};

/// What `Writer::finish` adds to the run.
struct Finish {
    RunStatus status = RunStatus::finished;
    std::string fingerprint{};
    base::Duration simulated{};
    double wall_s = 0;
    base::Bytes peak_rss{};
};

struct Attribute {
    std::string key{};
    std::string value{};
};

/// One resolved value of the scenario: what the run really used.
struct Parameter {
    std::string key{};     ///< "membership.active_max"
    std::string value{};   ///< as a scenario would write it
    std::string unit{};    ///< empty for words and counts
    std::string origin{};  ///< "village.toml:9:19", or "default"
};

struct Node {
    std::uint32_t id = 0;
    std::string name{};
    std::string group{};
    std::string board{};  ///< hardware profile
    std::string line{};   ///< kind of access line
    base::ByteRate line_up{};
    base::ByteRate line_down{};
    base::Share share{};
    base::Duration hours_start{};   ///< since midnight
    base::Duration hours_length{};  ///< 24 h: always awake
    base::Bytes disk{};             ///< offered
};

struct Metric {
    MetricId id{};  ///< given by the writer
    std::string name{};
    std::string unit{};  ///< "s", "B", "kWh", "ratio", "fraction", "objects" …
    MetricKind kind = MetricKind::scalar;
    std::string help{};  ///< one sentence for a member of a cooperative
};

struct Scalar {
    std::string metric{};
    std::string unit{};
    MaybeNode node{};
    double value = not_a_number;
};

struct Bin {
    double lower = 0;  ///< the least value that falls in it
    double upper = 0;  ///< the greatest one
    std::uint64_t count = 0;
};
/// A histogram as stored; count, sum, least and most are exact, the bins within Histogram's relative error.
struct HistogramRow {
    std::string metric{};
    std::string unit{};
    MaybeNode node{};
    std::uint64_t count = 0;
    double sum = 0;
    double least = not_a_number;
    double most = not_a_number;
    std::vector<Bin> bins{};  ///< ascending, without empty ones

    double mean() const { return count == 0 ? not_a_number : sum / static_cast<double>(count); }
    /// By nearest rank: the middle of the bin that holds value number ceil(q * count), within [least, most].
    double quantile(double q) const;
};

struct SeriesKey {
    std::string metric{};
    std::string unit{};
    MaybeNode node{};
    std::uint64_t samples = 0;
};
struct Series {
    std::string metric{};
    std::string unit{};
    MaybeNode node{};
    std::vector<std::int64_t> times_ns{};
    std::vector<double> values{};  ///< as many
};

struct Event {
    base::Instant at{};
    std::uint64_t sequence = 0;  ///< the order in which things happened: ascending, unique
    MaybeNode node{};
    std::string kind{};
    std::string json{};  ///< an object, "{}" when there is nothing to say
};
/// Every condition must hold.
struct EventFilter {
    std::string kind{};  ///< empty: any
    MaybeNode node{};
    base::Instant from = base::Instant::of_ns(std::numeric_limits<std::int64_t>::min());
    base::Instant until = base::Instant::never();  ///< excluded, unless never
    std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
};

struct Fault {
    base::Instant at{};
    std::string kind{};                  ///< "power_off", "kill", "leave" …
    std::vector<std::uint32_t> nodes{};  ///< hit by it
    std::string detail{};
};
struct Violation {
    base::Instant at{};
    std::string checker{};
    MaybeNode node{};
    std::string detail{};
};
struct Expectation {
    std::string metric{};
    std::string comparison{};  ///< "<=", "==", ">="
    double wanted = 0;
    double got = not_a_number;  ///< NaN: the run did not measure it, which fails
    std::string unit{};
    bool passed = false;
    std::string origin{};  ///< why the scenario expects it
};

struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
};
/// The overlay at one moment. `graph` is "active" or "eager".
struct Snapshot {
    base::Instant at{};
    std::string graph{};
    std::vector<Edge> edges{};
};

}  // namespace coop::results

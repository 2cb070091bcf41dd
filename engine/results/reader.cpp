#include "engine/results/reader.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <filesystem>
#include <utility>

#include "engine/results/schema.hpp"

namespace coop::results {
namespace {

using Row = sqlite::Statement;

template <class Enum>
Enum from_text(std::string_view text, std::initializer_list<Enum> all) {
    for (const Enum value : all)
        if (to_text(value) == text) return value;
    return *all.begin();  // the schema's CHECK keeps other words out
}

std::uint64_t word_at(std::span<const std::uint8_t> bytes, std::size_t index) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= std::uint64_t{bytes[index * 8 + i]} << (8 * i);
    return word;
}

/// Adds one row of series_chunk; false when its blobs do not have the sizes that its columns state.
bool unpack(const Row& row, Series& into) {
    const std::int64_t samples = row.integer(0);
    const std::span<const std::uint8_t> values = row.blob(4);
    const std::span<const std::uint8_t> times = row.blob(3);
    if (samples < 1 || values.size() % 8 != 0 || values.size() / 8 != static_cast<std::uint64_t>(samples))
        return false;
    const bool even = row.is_null(3);
    if (!even && times.size() != values.size()) return false;
    const auto first = static_cast<std::uint64_t>(row.integer(1));  // unsigned: wraps instead of overflowing
    const auto step = static_cast<std::uint64_t>(row.integer(2));
    for (std::size_t i = 0; i < values.size() / 8; ++i) {
        into.times_ns.push_back(static_cast<std::int64_t>(even ? first + step * i : word_at(times, i)));
        into.values.push_back(std::bit_cast<double>(word_at(values, i)));
    }
    return true;
}

/// Reads what the writer's json_list wrote; stops at the first thing that is not a number.
std::vector<std::uint32_t> nodes_in(const std::string& list) {
    std::vector<std::uint32_t> nodes;
    const char* at = list.data() + 1;
    const char* const end = list.data() + list.size();
    while (at < end) {
        std::uint32_t node = 0;
        const auto [after, fault] = std::from_chars(at, end, node);
        if (fault != std::errc{}) break;
        nodes.push_back(node);
        at = after + 1;
    }
    return nodes;
}

constexpr std::string_view series_from = " FROM series s JOIN metric m ON m.id = s.metric ";

}  // namespace

struct Reader::State {
    explicit State(sqlite::Database opened) : database(std::move(opened)) {}

    /// One T for each row of the answer.
    template <class T, class Make, class... Values>
    Rows<T> rows(std::string_view sql, Make make, const Values&... values) {
        std::vector<T> found;
        const Status asked = database.each(
            sql, [&](const Row& row) { found.push_back(make(row)); }, values...);
        if (!asked) return asked.error();
        return found;
    }
    Error absent(std::string_view what) const {
        return Error{Trouble::absent, database.path() + ": has no " + std::string(what)};
    }

    sqlite::Database database;
};

base::Result<Reader, Error> Reader::open(const std::string& path) {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(path, ignored);
    const std::string file = is_folder ? (std::filesystem::path(path) / "results.db").string() : path;
    auto opened = sqlite::Database::open(file, {.mode = sqlite::Mode::read, .check = true}, format);
    if (!opened) return opened.error();
    return Reader(std::make_unique<State>(std::move(opened).value()));
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

base::Result<Run, Error> Reader::run() const {
    const auto found = state_->rows<Run>(
        "SELECT id, name, source, version, seed, started_utc, status, fingerprint, simulated_ns, wall_s, "
        "peak_rss_bytes FROM run",
        [](const Row& row) {
            return Run{.id = row.text(0),
                       .name = row.text(1),
                       .source = from_text(row.text(2), {Source::simulated, Source::testbed}),
                       .version = row.text(3),
                       .seed = static_cast<std::uint64_t>(row.integer(4)),
                       .started_utc = row.text(5),
                       .status = from_text(row.text(6), {RunStatus::running, RunStatus::finished,
                                                         RunStatus::interrupted, RunStatus::failed}),
                       .fingerprint = row.text(7),
                       .simulated = base::Duration::of_ns(row.integer(8)),
                       .wall_s = row.real(9),
                       .peak_rss = {row.integer(10)}};
        });
    if (!found) return found.error();
    if (found.value().empty()) return state_->absent("run: it was stopped before it began");
    return found.value().front();
}

Rows<Attribute> Reader::attributes() const {
    return state_->rows<Attribute>("SELECT key, value FROM run_attribute ORDER BY key", [](const Row& row) {
        return Attribute{row.text(0), row.text(1)};
    });
}

Rows<Parameter> Reader::parameters() const {
    return state_->rows<Parameter>("SELECT key, value, unit, origin FROM parameter ORDER BY key",
                                   [](const Row& row) {
                                       return Parameter{row.text(0), row.text(1), row.text(2), row.text(3)};
                                   });
}

Rows<Node> Reader::nodes() const {
    return state_->rows<Node>(
        "SELECT id, name, group_name, board, line, up_bytes_per_s, down_bytes_per_s, share_ppm, "
        "hours_start_ns, "
        "hours_length_ns, disk_bytes FROM node ORDER BY id",
        [](const Row& row) {
            return Node{.id = static_cast<std::uint32_t>(row.integer(0)),
                        .name = row.text(1),
                        .group = row.text(2),
                        .board = row.text(3),
                        .line = row.text(4),
                        .line_up = {row.integer(5)},
                        .line_down = {row.integer(6)},
                        .share = {row.integer(7)},
                        .hours_start = base::Duration::of_ns(row.integer(8)),
                        .hours_length = base::Duration::of_ns(row.integer(9)),
                        .disk = {row.integer(10)}};
        });
}

Rows<Metric> Reader::metrics() const {
    return state_->rows<Metric>(
        "SELECT id, name, unit, kind, help FROM metric ORDER BY name", [](const Row& row) {
            return Metric{.id = {static_cast<std::uint32_t>(row.integer(0))},
                          .name = row.text(1),
                          .unit = row.text(2),
                          .kind = from_text(row.text(3),
                                            {MetricKind::scalar, MetricKind::histogram, MetricKind::series}),
                          .help = row.text(4)};
        });
}

Rows<Scalar> Reader::scalars(std::string_view metric) const {
    return state_->rows<Scalar>(
        "SELECT m.name, m.unit, s.node, s.value FROM scalar s JOIN metric m ON m.id = s.metric "
        "WHERE ?1 = '' OR m.name = ?1 ORDER BY m.name, s.node",
        [](const Row& row) {
            return Scalar{row.text(0), row.text(1), row.id(2), row.real(3)};
        },
        metric);
}

Rows<HistogramRow> Reader::histograms(std::string_view metric) const {
    std::vector<std::int64_t> ids;
    auto found = state_->rows<HistogramRow>(
        "SELECT m.name, m.unit, h.node, h.count, h.sum, h.least, h.most, h.id FROM histogram h "
        "JOIN metric m ON m.id = h.metric WHERE ?1 = '' OR m.name = ?1 ORDER BY m.name, h.node",
        [&](const Row& row) {
            ids.push_back(row.integer(7));
            return HistogramRow{
                row.text(0), row.text(1), row.id(2),   static_cast<std::uint64_t>(row.integer(3)),
                row.real(4), row.real(5), row.real(6), {}};
        },
        metric);
    if (!found) return found;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto bins = state_->rows<Bin>(
            "SELECT lower, upper, count FROM histogram_bin WHERE histogram = ?1 ORDER BY lower",
            [](const Row& row) {
                return Bin{row.real(0), row.real(1), static_cast<std::uint64_t>(row.integer(2))};
            },
            ids[i]);
        if (!bins) return bins.error();
        found.value()[i].bins = std::move(bins).value();
    }
    return found;
}

Rows<SeriesKey> Reader::series_keys() const {
    return state_->rows<SeriesKey>(
        "SELECT m.name, m.unit, s.node, ifnull((SELECT sum(samples) FROM series_chunk WHERE series = s.id), "
        "0)" +
            std::string(series_from) + "ORDER BY m.name, s.node",
        [](const Row& row) {
            return SeriesKey{row.text(0), row.text(1), row.id(2), static_cast<std::uint64_t>(row.integer(3))};
        });
}

base::Result<Series, Error> Reader::series(std::string_view metric, MaybeNode node) const {
    std::int64_t id = -1;
    Series series;
    const Status looked = state_->database.each(
        "SELECT s.id, m.name, m.unit, s.node" + std::string(series_from) +
            "WHERE m.name = ?1 AND ifnull(s.node, -1) = ifnull(?2, -1)",
        [&](const Row& row) {
            id = row.integer(0);
            series = {row.text(1), row.text(2), row.id(3), {}, {}};
        },
        metric, node);
    if (!looked) return looked.error();
    if (id < 0)
        return state_->absent("series \"" + std::string(metric) + "\"" +
                              (node ? " of node " + std::to_string(*node) : std::string()));
    bool whole = true;
    const Status read = state_->database.each(
        "SELECT samples, first_ns, step_ns, times_i64, values_f64 FROM series_chunk WHERE series = ?1 ORDER "
        "BY chunk",
        [&](const Row& row) { whole = whole && unpack(row, series); }, id);
    if (!read) return read.error();
    if (!whole) return state_->database.error(Trouble::corrupt, "holds a damaged series", format.if_corrupt);
    return series;
}

Status Reader::each_event(const EventFilter& filter, const std::function<void(const Event&)>& see) const {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    return state_->database.each(
        "SELECT time_ns, sequence, node, kind, data FROM event WHERE (?1 = '' OR kind = ?1) AND "
        "(?2 IS NULL OR node = ?2) AND time_ns >= ?3 AND time_ns < ?4 ORDER BY sequence LIMIT ?5",
        [&](const Row& row) {
            see(Event{base::Instant::of_ns(row.integer(0)), static_cast<std::uint64_t>(row.integer(1)),
                      row.id(2), row.text(3), row.text(4)});
        },
        filter.kind, filter.node, filter.from.ns(), filter.until.ns(), std::min(filter.limit, most));
}

Rows<Event> Reader::events(const EventFilter& filter) const {
    std::vector<Event> events;
    const Status asked = each_event(filter, [&](const Event& event) { events.push_back(event); });
    if (!asked) return asked.error();
    return events;
}

Rows<Fault> Reader::faults() const {
    return state_->rows<
        Fault>("SELECT time_ns, kind, nodes, detail FROM fault ORDER BY time_ns, rowid", [](const Row& row) {
        return Fault{base::Instant::of_ns(row.integer(0)), row.text(1), nodes_in(row.text(2)), row.text(3)};
    });
}

Rows<Violation> Reader::violations() const {
    return state_->rows<Violation>(
        "SELECT time_ns, checker, node, detail FROM violation ORDER BY time_ns, rowid", [](const Row& row) {
            return Violation{base::Instant::of_ns(row.integer(0)), row.text(1), row.id(2), row.text(3)};
        });
}

Rows<Expectation> Reader::expectations() const {
    return state_->rows<Expectation>(
        "SELECT metric, comparison, wanted, got, unit, passed, origin FROM expectation ORDER BY rowid",
        [](const Row& row) {
            return Expectation{row.text(0), row.text(1),         row.real(2), row.real(3),
                               row.text(4), row.integer(5) != 0, row.text(6)};
        });
}

Rows<base::Instant> Reader::snapshot_times(std::string_view graph) const {
    return state_->rows<base::Instant>(
        "SELECT time_ns FROM snapshot WHERE graph = ?1 ORDER BY time_ns",
        [](const Row& row) { return base::Instant::of_ns(row.integer(0)); }, graph);
}

base::Result<Snapshot, Error> Reader::snapshot(std::string_view graph, base::Instant at) const {
    std::optional<Snapshot> newest;
    const Status looked = state_->database.each(
        "SELECT time_ns FROM snapshot WHERE graph = ?1 AND time_ns <= ?2 ORDER BY time_ns DESC LIMIT 1",
        [&](const Row& row) {
            newest = Snapshot{base::Instant::of_ns(row.integer(0)), std::string(graph), {}};
        },
        graph, at.ns());
    if (!looked) return looked.error();
    if (!newest)
        return state_->absent("snapshot of the graph \"" + std::string(graph) + "\" at or before that time");
    auto edges = state_->rows<Edge>(
        "SELECT from_node, to_node FROM edge WHERE graph = ?1 AND time_ns = ?2 ORDER BY from_node, to_node",
        [](const Row& row) {
            return Edge{static_cast<std::uint32_t>(row.integer(0)),
                        static_cast<std::uint32_t>(row.integer(1))};
        },
        graph, newest->at.ns());
    if (!edges) return edges.error();
    newest->edges = std::move(edges).value();
    return *newest;
}

}  // namespace coop::results

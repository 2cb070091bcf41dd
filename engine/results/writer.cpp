#include "engine/results/writer.hpp"

#include <bit>
#include <map>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/results/schema.hpp"

namespace coop::results {
namespace {

/// The samples of one series that do not fill a row yet. A flush writes them, and the row grows at the next
/// one.
struct Tail {
    std::int64_t chunk = 0;
    bool dirty = false;
    std::vector<std::int64_t> times;
    std::vector<double> values;
};

template <class T>
std::vector<std::uint8_t> packed(const std::vector<T>& values) {
    static_assert(sizeof(T) == 8);
    std::vector<std::uint8_t> bytes;
    bytes.reserve(values.size() * 8);
    for (const T value : values) {
        const auto word = std::bit_cast<std::uint64_t>(value);
        for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
    }
    return bytes;
}

/// The distance between all neighbours, when there is one: then the times need no blob.
std::optional<std::int64_t> even_step(const std::vector<std::int64_t>& times) {
    if (times.size() < 2) return 0;
    const std::int64_t step = times[1] - times[0];
    for (std::size_t i = 2; i < times.size(); ++i)
        if (times[i] - times[i - 1] != step) return std::nullopt;
    return step;
}

std::string json_list(const std::vector<std::uint32_t>& nodes) {
    std::string list = "[";
    for (const std::uint32_t node : nodes) list += (list.size() > 1 ? "," : "") + std::to_string(node);
    return list + "]";
}

}  // namespace

struct Writer::State {
    explicit State(sqlite::Database opened) : database(std::move(opened)) {}

    /// One statement inside the open transaction; after trouble, nothing.
    template <class... Values>
    void record(std::string_view sql, const Values&... values) {
        if (trouble) {
            ++lost;
            return;
        }
        if (!database.in_transaction() && !database.run("BEGIN")) return stop();
        if (!database.run(sql, values...)) stop();
    }
    void stop() {
        trouble = database.error();
        ++lost;
        database.roll_back();
    }
    void write(std::uint32_t series, Tail& tail);
    Status flush();

    sqlite::Database database;
    std::optional<Error> trouble;
    std::uint64_t lost = 0;
    bool finished = false;
    std::optional<std::uint64_t> last_sequence;
    std::map<std::string, MetricId, std::less<>> metrics;
    std::vector<MetricKind> kinds;
    std::map<std::pair<MetricId, MaybeNode>, SeriesId> series;
    std::vector<Tail> tails;
};

void Writer::State::write(std::uint32_t index, Tail& tail) {
    const std::vector<std::uint8_t> values = packed(tail.values);
    const auto step = even_step(tail.times);
    std::vector<std::uint8_t> times;
    if (!step) times = packed(tail.times);
    const auto blob = step ? std::nullopt : std::optional(std::span<const std::uint8_t>(times));
    record("INSERT OR REPLACE INTO series_chunk VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", index, tail.chunk,
           tail.values.size(), tail.times.front(), step, blob, std::span<const std::uint8_t>(values));
    tail.dirty = false;
}

Status Writer::State::flush() {
    for (std::size_t i = 0; i < tails.size(); ++i)
        if (tails[i].dirty) write(static_cast<std::uint32_t>(i), tails[i]);
    if (!trouble && database.in_transaction() && !database.run("COMMIT")) stop();
    if (trouble) return *trouble;
    return std::monostate{};
}

base::Result<Writer, Error> Writer::create(const std::string& path) {
    auto opened = sqlite::Database::open(path, {.mode = sqlite::Mode::create}, format);
    if (!opened) return opened.error();
    auto state = std::make_unique<State>(std::move(opened).value());
    // A flush survives the death of the program at once, and a power cut once the system has written it.
    if (!state->database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"))
        return state->database.error();
    return Writer(std::move(state));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}
Writer::~Writer() {
    if (state_ != nullptr && !state_->finished) static_cast<void>(state_->flush());
}

const std::optional<Error>& Writer::trouble() const { return state_->trouble; }
std::uint64_t Writer::lost() const { return state_->lost; }
Status Writer::flush() { return state_->flush(); }

void Writer::begin(const Run& run) {
    state_->record("INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'running', '', 0, 0, 0)", run.id,
                   run.name, to_text(run.source), run.version, run.seed, run.started_utc);
}

Status Writer::finish(const Finish& finish) {
    State& state = *state_;
    COOP_ASSERT(!state.finished);
    state.record(
        "UPDATE run SET status = ?1, fingerprint = ?2, simulated_ns = ?3, wall_s = ?4, peak_rss_bytes = ?5",
        to_text(finish.status), finish.fingerprint, finish.simulated.ns(), finish.wall_s,
        finish.peak_rss.count);
    const Status flushed = state.flush();
    state.finished = true;
    // After trouble the file ends early. Saying so needs no new page, so it may still work.
    if (!flushed) state.database.run("UPDATE run SET status = 'failed'");
    // One file instead of three. A reader that has it open prevents this, which loses nothing.
    state.database.execute("PRAGMA journal_mode = DELETE");
    return flushed;
}

void Writer::attribute(std::string_view key, std::string_view value) {
    state_->record("INSERT OR REPLACE INTO run_attribute VALUES (?1, ?2)", key, value);
}

void Writer::parameter(const Parameter& parameter) {
    state_->record("INSERT OR REPLACE INTO parameter VALUES (?1, ?2, ?3, ?4)", parameter.key, parameter.value,
                   parameter.unit, parameter.origin);
}

void Writer::add_node(const Node& node) {
    state_->record("INSERT OR REPLACE INTO node VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                   node.id, node.name, node.group, node.board, node.line, node.line_up.per_second,
                   node.line_down.per_second, node.share.ppm, node.hours_start.ns(), node.hours_length.ns(),
                   node.disk.count);
}

MetricId Writer::metric(const Metric& metric) {
    State& state = *state_;
    const auto known = state.metrics.find(metric.name);
    if (known != state.metrics.end()) {
        COOP_ASSERT(state.kinds[known->second.index] == metric.kind);
        return known->second;
    }
    const MetricId id{static_cast<std::uint32_t>(state.kinds.size())};
    state.metrics.emplace(metric.name, id);
    state.kinds.push_back(metric.kind);
    state.record("INSERT INTO metric VALUES (?1, ?2, ?3, ?4, ?5)", id.index, metric.name, metric.unit,
                 to_text(metric.kind), metric.help);
    return id;
}

void Writer::scalar(MetricId metric, double value, MaybeNode node) {
    COOP_ASSERT(state_->kinds.at(metric.index) == MetricKind::scalar);
    state_->record("INSERT OR REPLACE INTO scalar VALUES (?1, ?2, ?3)", metric.index, node, value);
}

void Writer::histogram(MetricId metric, const Histogram& histogram, double step, MaybeNode node) {
    State& state = *state_;
    COOP_ASSERT(state.kinds.at(metric.index) == MetricKind::histogram);
    constexpr std::string_view of_this =
        "SELECT id FROM histogram WHERE metric = ?1 AND ifnull(node, -1) = ifnull(?2, -1)";
    state.record("DELETE FROM histogram_bin WHERE histogram = (" + std::string(of_this) + ")", metric.index,
                 node);
    state.record("DELETE FROM histogram WHERE metric = ?1 AND ifnull(node, -1) = ifnull(?2, -1)",
                 metric.index, node);
    const auto some = histogram.count() != 0;
    state.record("INSERT INTO histogram VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)", metric.index, node,
                 histogram.count(), static_cast<double>(histogram.sum()) * step,
                 some ? static_cast<double>(histogram.least()) * step : not_a_number,
                 some ? static_cast<double>(histogram.most()) * step : not_a_number);
    for (const Histogram::Span& span : histogram.spans())
        state.record("INSERT INTO histogram_bin VALUES ((" + std::string(of_this) + "), ?3, ?4, ?5)",
                     metric.index, node, static_cast<double>(span.lower) * step,
                     static_cast<double>(span.upper) * step, span.count);
}

SeriesId Writer::series(MetricId metric, MaybeNode node) {
    State& state = *state_;
    COOP_ASSERT(state.kinds.at(metric.index) == MetricKind::series);
    const auto [at, fresh] = state.series.try_emplace({metric, node});
    if (!fresh) return at->second;
    at->second = SeriesId{static_cast<std::uint32_t>(state.tails.size())};
    state.tails.emplace_back();
    state.record("INSERT INTO series VALUES (?1, ?2, ?3)", at->second.index, metric.index, node);
    return at->second;
}

void Writer::append(SeriesId series, base::Instant at, double value) {
    State& state = *state_;
    if (state.trouble) {
        ++state.lost;
        return;
    }
    Tail& tail = state.tails.at(series.index);
    tail.times.push_back(at.ns());
    tail.values.push_back(value);
    tail.dirty = true;
    if (tail.values.size() < samples_in_chunk_max) return;
    state.write(series.index, tail);
    ++tail.chunk;
    tail.times.clear();
    tail.values.clear();
}

void Writer::event(const Event& event) {
    State& state = *state_;
    COOP_ASSERT(!state.last_sequence || *state.last_sequence < event.sequence);
    state.last_sequence = event.sequence;
    state.record("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)", event.sequence, event.at.ns(), event.node,
                 event.kind, event.json);
}

void Writer::fault(const Fault& fault) {
    state_->record("INSERT INTO fault VALUES (?1, ?2, ?3, ?4)", fault.at.ns(), fault.kind,
                   json_list(fault.nodes), fault.detail);
}

void Writer::violation(const Violation& violation) {
    state_->record("INSERT INTO violation VALUES (?1, ?2, ?3, ?4)", violation.at.ns(), violation.checker,
                   violation.node, violation.detail);
}

void Writer::expectation(const Expectation& expectation) {
    state_->record("INSERT INTO expectation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", expectation.metric,
                   expectation.comparison, expectation.wanted, expectation.got, expectation.unit,
                   expectation.passed, expectation.origin);
}

void Writer::snapshot(base::Instant at, std::string_view graph, std::span<const Edge> edges) {
    State& state = *state_;
    state.record("DELETE FROM edge WHERE graph = ?1 AND time_ns = ?2", graph, at.ns());
    state.record("INSERT OR REPLACE INTO snapshot VALUES (?1, ?2, ?3)", graph, at.ns(), edges.size());
    for (const Edge& edge : edges)
        state.record("INSERT OR IGNORE INTO edge VALUES (?1, ?2, ?3, ?4)", graph, at.ns(), edge.from,
                     edge.to);
}

}  // namespace coop::results

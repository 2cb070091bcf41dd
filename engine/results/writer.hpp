// Writer: puts one run into a new results.db while it goes on.
//
//     create ─► begin, parameters, nodes, metrics ─► append, event, … ─► flush ─► … ─► finish
//
// Law: what was flushed survives kill -9. Recording calls never fail on their own: the first trouble (a full
// disk) is kept, everything after it is counted in `lost()` and dropped, and the next `flush` or `finish`
// returns it. The file then still holds the state of the last good flush. A run may go on or stop; nothing is
// thrown.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/results/histogram.hpp"
#include "engine/results/rows.hpp"

namespace coop::results {

class Writer {
  public:
    /// A new file; an existing one is never overwritten.
    static base::Result<Writer, Error> create(const std::string& path);
    ~Writer();  ///< flushes; the run's status stays `running` unless `finish` was called
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;

    /// First of all, once.
    void begin(const Run& run);
    void attribute(std::string_view key, std::string_view value);  ///< replaces the key's value
    void parameter(const Parameter& parameter);
    void add_node(const Node& node);

    /// Declares a metric; the same name again gives the same id (asserted: with the same kind). `id` is
    /// ignored.
    MetricId metric(const Metric& metric);
    /// Replaces an earlier value, so it may be written at every flush.
    void scalar(MetricId metric, double value, MaybeNode node = {});
    /// Replaces an earlier one. `step` is what 1 in the histogram is in the metric's unit: 1e-9 for ns and
    /// "s".
    void histogram(MetricId metric, const Histogram& histogram, double step = 1, MaybeNode node = {});
    /// The series of a metric for one node, or for the whole run.
    SeriesId series(MetricId metric, MaybeNode node = {});
    /// In any order of time; usually ascending.
    void append(SeriesId series, base::Instant at, double value);

    void event(const Event& event);  ///< sequence numbers ascend (asserted)
    void fault(const Fault& fault);
    void violation(const Violation& violation);
    void expectation(const Expectation& expectation);
    void snapshot(base::Instant at, std::string_view graph, std::span<const Edge> edges);

    /// Makes all that was recorded survive a kill, in one transaction. Call it every few seconds of wall
    /// time.
    Status flush();
    /// Writes the end of the run and folds everything into one file. Nothing may be recorded afterwards.
    Status finish(const Finish& finish);

    const std::optional<Error>& trouble() const;
    std::uint64_t lost() const;  ///< recording calls dropped after trouble

  private:
    struct State;
    explicit Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace coop::results

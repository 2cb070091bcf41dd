// Reader: a run's database, read. Works on a finished run, a killed one, and one that is still being written.
//
// Law: the file is not trusted. It is checked whole when opened, and every question may still answer with an
// Error.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/results/rows.hpp"

namespace coop::results {

template <class T>
using Rows = base::Result<std::vector<T>, Error>;

class Reader {
  public:
    /// `path` is a results.db or the folder of a run that holds one.
    static base::Result<Reader, Error> open(const std::string& path);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    base::Result<Run, Error> run() const;
    Rows<Attribute> attributes() const;  ///< by key
    Rows<Parameter> parameters() const;  ///< by key
    Rows<Node> nodes() const;            ///< by id
    Rows<Metric> metrics() const;        ///< by name

    // By metric name, the whole run first, then by node. An empty name means every metric.
    Rows<Scalar> scalars(std::string_view metric = {}) const;
    Rows<HistogramRow> histograms(std::string_view metric = {}) const;
    Rows<SeriesKey> series_keys() const;
    /// `absent` when the run has no such series.
    base::Result<Series, Error> series(std::string_view metric, MaybeNode node = {}) const;

    // In the order in which they happened.
    Rows<Event> events(const EventFilter& filter = {}) const;
    /// One at a time, for many. `see` must not ask this reader anything.
    Status each_event(const EventFilter& filter, const std::function<void(const Event&)>& see) const;
    Rows<Fault> faults() const;
    Rows<Violation> violations() const;
    Rows<Expectation> expectations() const;

    Rows<base::Instant> snapshot_times(std::string_view graph) const;  ///< ascending
    /// The newest one of this graph at or before `at`; `absent` when there is none.
    base::Result<Snapshot, Error> snapshot(std::string_view graph, base::Instant at) const;

  private:
    struct State;
    explicit Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace coop::results

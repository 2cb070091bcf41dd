// The compiled core of the Python package: runs scenarios and reads results, as plain dicts of columns.
//
// Law: the interpreter lock is released while a scenario runs; Ctrl-C stops the run with its results flushed;
// what went wrong is a Python exception that says where.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "engine/app/run.hpp"
#include "engine/results/reader.hpp"

namespace py = pybind11;
using namespace coop;

namespace {

py::object scenario_error;  // coopsim.ScenarioError, made below; lives as long as the module
py::object results_error;

[[noreturn]] void raise(const app::RunError& error) {
    const auto* const diagnostic = std::get_if<config::Diagnostic>(&error);
    if (diagnostic == nullptr) {
        PyErr_SetString(results_error.ptr(), std::get<std::string>(error).c_str());
        throw py::error_already_set();
    }
    py::object exception = scenario_error(diagnostic->to_text());
    exception.attr("file") = diagnostic->file;
    exception.attr("line") = diagnostic->line;
    exception.attr("column") = diagnostic->column;
    PyErr_SetObject(scenario_error.ptr(), exception.ptr());
    throw py::error_already_set();
}

template <class T>
T checked(base::Result<T, results::Error> result) {
    if (result) return std::move(result).value();
    PyErr_SetString(results_error.ptr(), result.error().message.c_str());
    throw py::error_already_set();
}

struct RunArguments {
    std::string scenario;
    std::optional<std::uint64_t> seed;
    std::vector<std::string> set;
    std::string out;
    bool events;
};

py::dict run(const RunArguments& arguments) {
    app::RunRequest request;
    request.scenario = arguments.scenario;
    request.seed = arguments.seed;
    request.set = arguments.set;
    request.out = arguments.out;
    request.events = arguments.events;
    bool interrupted = false;
    auto looked = std::chrono::steady_clock::now();
    const auto result = [&] {
        const py::gil_scoped_release released;
        return app::run_scenario(request, [&](const app::RunProgress&) {
            const auto now = std::chrono::steady_clock::now();
            if (now - looked < std::chrono::milliseconds(100)) return interrupted;
            looked = now;
            const py::gil_scoped_acquire locked;
            interrupted = interrupted || PyErr_CheckSignals() != 0;
            return interrupted;
        });
    }();
    if (interrupted) throw py::error_already_set();
    if (!result) raise(result.error());
    const app::RunOutcome& outcome = result.value();
    py::dict answer;
    answer["folder"] = outcome.folder;
    answer["summary"] = outcome.summary;
    answer["fingerprint"] = outcome.fingerprint;
    answer["passed"] = outcome.passed;
    return answer;
}

py::object node_or_none(results::MaybeNode node) {
    return node ? py::object(py::int_(*node)) : py::object(py::none());
}

/// Columns of equal length by name, filled row by row.
class Columns {
  public:
    explicit Columns(std::vector<const char*> names) : names_(std::move(names)), lists_(names_.size()) {}
    template <class... Cells>
    void add(Cells&&... cells) {
        std::size_t i = 0;
        (lists_[i++].append(std::forward<Cells>(cells)), ...);
    }
    py::dict take() {
        py::dict columns;
        for (std::size_t i = 0; i < names_.size(); ++i) columns[names_[i]] = lists_[i];
        return columns;
    }

  private:
    std::vector<const char*> names_;
    std::vector<py::list> lists_;
};

py::dict about(const results::Reader& reader) {
    const results::Run run = checked(reader.run());
    py::dict facts;
    facts["id"] = run.id;
    facts["name"] = run.name;
    facts["source"] = std::string(results::to_text(run.source));
    facts["status"] = std::string(results::to_text(run.status));
    facts["version"] = run.version;
    facts["seed"] = run.seed;
    facts["fingerprint"] = run.fingerprint;
    facts["started_utc"] = run.started_utc;
    facts["simulated_s"] = run.simulated.seconds();
    facts["wall_s"] = run.wall_s;
    facts["peak_rss_bytes"] = run.peak_rss.count;
    for (const results::Attribute& a : checked(reader.attributes())) facts[py::str(a.key)] = a.value;
    return facts;
}

py::dict parameters(const results::Reader& reader) {
    Columns columns({"key", "value", "unit", "origin"});
    for (const results::Parameter& p : checked(reader.parameters()))
        columns.add(p.key, p.value, p.unit, p.origin);
    return columns.take();
}

py::dict nodes(const results::Reader& reader) {
    Columns columns({"node", "name", "group", "board", "line", "up_bytes_per_s", "down_bytes_per_s", "share",
                     "hours_start_s", "hours_length_s", "disk_bytes"});
    for (const results::Node& n : checked(reader.nodes())) {
        columns.add(n.id, n.name, n.group, n.board, n.line, n.line_up.per_second, n.line_down.per_second,
                    static_cast<double>(n.share.ppm) / 1e6, n.hours_start.seconds(), n.hours_length.seconds(),
                    n.disk.count);
    }
    return columns.take();
}

py::dict metrics(const results::Reader& reader) {
    Columns columns({"metric", "unit", "kind", "help"});
    for (const results::Metric& m : checked(reader.metrics())) {
        columns.add(m.name, m.unit, std::string(results::to_text(m.kind)), m.help);
    }
    return columns.take();
}

py::dict scalars(const results::Reader& reader) {
    Columns columns({"metric", "node", "value", "unit"});
    for (const results::Scalar& s : checked(reader.scalars())) {
        columns.add(s.metric, node_or_none(s.node), s.value, s.unit);
    }
    return columns.take();
}

py::dict histogram(const results::Reader& reader, const std::string& metric) {
    Columns columns({"node", "lower", "upper", "count", "unit"});
    for (const results::HistogramRow& h : checked(reader.histograms(metric))) {
        for (const results::Bin& bin : h.bins)
            columns.add(node_or_none(h.node), bin.lower, bin.upper, bin.count, h.unit);
    }
    return columns.take();
}

py::dict series(const results::Reader& reader, const std::string& metric, std::optional<std::uint32_t> node) {
    const results::Series found = checked(reader.series(metric, node));
    py::dict columns;
    columns["time_ns"] = found.times_ns;
    columns["value"] = found.values;
    columns["unit"] = found.unit;
    return columns;
}

py::dict events(const results::Reader& reader, const std::string& kind, std::optional<std::uint32_t> node) {
    Columns columns({"time_ns", "sequence", "node", "kind", "data"});
    results::EventFilter filter;
    filter.kind = kind;
    filter.node = node;
    for (const results::Event& e : checked(reader.events(filter))) {
        columns.add(e.at.ns(), e.sequence, node_or_none(e.node), e.kind, e.json);
    }
    return columns.take();
}

py::dict faults(const results::Reader& reader) {
    Columns columns({"time_ns", "kind", "nodes", "detail"});
    for (const results::Fault& f : checked(reader.faults()))
        columns.add(f.at.ns(), f.kind, f.nodes, f.detail);
    return columns.take();
}

py::dict violations(const results::Reader& reader) {
    Columns columns({"time_ns", "checker", "node", "detail"});
    for (const results::Violation& v : checked(reader.violations())) {
        columns.add(v.at.ns(), v.checker, node_or_none(v.node), v.detail);
    }
    return columns.take();
}

py::dict expectations(const results::Reader& reader) {
    Columns columns({"metric", "comparison", "wanted", "got", "unit", "passed", "why"});
    for (const results::Expectation& e : checked(reader.expectations())) {
        columns.add(e.metric, e.comparison, e.wanted, e.got, e.unit, e.passed, e.origin);
    }
    return columns.take();
}

}  // namespace

PYBIND11_MODULE(_core, module) {
    module.doc() = "The compiled core of coopsim. Use the package `coopsim` instead.";
    const py::object errors = py::module_::import("coopsim.errors");
    scenario_error = errors.attr("ScenarioError");
    results_error = errors.attr("ResultsError");
    // Released before the interpreter goes: static objects would outlive it.
    module.add_object("_cleanup", py::capsule([] {
                          scenario_error.release().dec_ref();
                          results_error.release().dec_ref();
                      }));
    module.def(
        "run",
        [](std::string scenario, std::optional<std::uint64_t> seed, std::vector<std::string> set,
           std::string out, bool events_too) {
            return run({std::move(scenario), seed, std::move(set), std::move(out), events_too});
        },
        py::arg("scenario"), py::arg("seed"), py::arg("set"), py::arg("out"), py::arg("events"));
    py::class_<results::Reader>(module, "Reader")
        .def(py::init([](const std::string& path) { return checked(results::Reader::open(path)); }))
        .def("about", &about)
        .def("parameters", &parameters)
        .def("nodes", &nodes)
        .def("metrics", &metrics)
        .def("scalars", &scalars)
        .def("histogram", &histogram)
        .def("series", &series)
        .def("events", &events)
        .def("faults", &faults)
        .def("violations", &violations)
        .def("expectations", &expectations);
}

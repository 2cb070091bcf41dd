#include "engine/app/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/app/commands.hpp"
#include "engine/app/summary.hpp"
#include "engine/results/reader.hpp"

namespace coop::app {
namespace {

using Json = nlohmann::json;
using Source = results::Source;

// --- reading -----------------------------------------------------------------------------------

struct Side {
    results::Run run;
    std::map<std::string, results::Scalar> scalars;  ///< of the whole run, and measured
    std::string tolerances = "[]";
};

base::Result<Side, std::string> read_side(const std::string& path) {
    const auto reader = results::Reader::open(path);
    if (!reader) return reader.error().message;
    Side side;
    const auto run = reader.value().run();
    if (!run) return run.error().message;
    side.run = run.value();
    const auto scalars = reader.value().scalars();
    if (!scalars) return scalars.error().message;
    for (const results::Scalar& scalar : scalars.value()) {
        if (!scalar.node && !std::isnan(scalar.value)) side.scalars[scalar.metric] = scalar;
    }
    const auto attributes = reader.value().attributes();
    if (!attributes) return attributes.error().message;
    for (const results::Attribute& attribute : attributes.value()) {
        if (attribute.key == "compare") side.tolerances = attribute.value;
    }
    return side;
}

std::optional<double> number(const Json& row, const char* key) {
    const auto at = row.find(key);
    return at != row.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

/// By metric; nothing when the text is not what a run writes.
std::optional<std::map<std::string, Tolerance>> read_tolerances(const std::string& text) {
    const Json list = Json::parse(text, nullptr, false);
    if (!list.is_array()) return {};
    std::map<std::string, Tolerance> tolerances;
    for (const Json& row : list) {
        if (!row.is_object() || !row.contains("metric") || !row["metric"].is_string()) return {};
        Tolerance tolerance{row["metric"].get<std::string>(), number(row, "ratio_most"),
                            number(row, "within")};
        if (!tolerance.ratio_most && !tolerance.within) return {};
        tolerances[tolerance.metric] = tolerance;
    }
    return tolerances;
}

// --- judging -----------------------------------------------------------------------------------

void take(ComparedMetric& metric, std::optional<double>& figure, const Side& side) {
    const auto at = side.scalars.find(metric.metric);
    if (at == side.scalars.end()) return;
    figure = at->second.value;
    metric.unit = at->second.unit;
}

ComparedMetric judged(const std::string& name, const Side& a, const Side& b,
                      const std::optional<Tolerance>& tolerance) {
    ComparedMetric metric{name, "", {}, {}, tolerance, Agreement::not_judged};
    take(metric, metric.a, a);
    take(metric, metric.b, b);
    const bool both = metric.a && metric.b;
    if (tolerance) {
        metric.agreement = !both                                                ? Agreement::missing
                           : within_tolerance(*tolerance, *metric.a, *metric.b) ? Agreement::agrees
                                                                                : Agreement::differs;
    } else if (!both) {
        metric.agreement = Agreement::only_one;
    }
    return metric;
}

// --- telling -----------------------------------------------------------------------------------

std::string figure(const std::optional<double>& value, const std::string& unit) {
    return value ? human_value(*value, unit) : "–";
}

std::string ratio(const ComparedMetric& metric) {
    if (!metric.a || !metric.b || *metric.a == 0) return "–";
    return fmt::format("{:.2f}", *metric.b / *metric.a);
}

std::string allowed(const ComparedMetric& metric) {
    if (!metric.tolerance) return "";
    std::string text;
    if (metric.tolerance->within) {
        const double within = *metric.tolerance->within;
        text = within == 0 ? "equal" : "± " + human_value(within, metric.unit);
    }
    if (metric.tolerance->ratio_most) {
        text += fmt::format("{}{:g} times", text.empty() ? "" : " or ", *metric.tolerance->ratio_most);
    }
    return text;
}

std::string_view word(Agreement agreement) {
    switch (agreement) {
        case Agreement::agrees: return "agrees";
        case Agreement::differs: return "DIFFERS";
        case Agreement::missing: return "MISSING";
        case Agreement::not_judged: return "not judged";
        case Agreement::only_one: return "in one only";
    }
    return "";
}

/// Columns as wide as what they hold; the first is a name, the others stand to the right.
class Table {
  public:
    explicit Table(std::vector<std::string> head) { add(std::move(head)); }
    void add(std::vector<std::string> row) {
        widths_.resize(std::max(widths_.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], width(row[i]));
        rows_.push_back(std::move(row));
    }
    std::string text() const {
        std::string text;
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string space(widths_[i] - width(row[i]), ' ');
                const bool left = i == 0 || i + 1 == row.size();
                line += (i > 0 ? "   " : "") + (left ? row[i] + space : space + row[i]);
            }
            text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
        return text;
    }

  private:
    /// Characters, not bytes: "µs" and "–" have more of these.
    static std::size_t width(const std::string& text) {
        return static_cast<std::size_t>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    }
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

std::string heading(char letter, const results::Run& run) {
    std::string text = fmt::format("{}  {} ({}, seed {}, {}", letter, run.name, results::to_text(run.source),
                                   run.seed, human_seconds(run.simulated.seconds()));
    if (run.status != results::RunStatus::finished) text += fmt::format(", {}", results::to_text(run.status));
    return text + ")  " + run.id + "\n";
}

/// Why only one of two runs has it.
std::string why_missing(const ComparedMetric& metric, const Comparison& comparison) {
    const results::Run& without = metric.a ? comparison.b : comparison.a;
    const char letter = metric.a ? 'B' : 'A';
    if (!metric.a && !metric.b) return "neither run measured it";
    if (metric.metric.starts_with("energy.") && without.source == Source::testbed) {
        return fmt::format("{} ran on real boards, where electricity is not measured", letter);
    }
    if (without.status != results::RunStatus::finished)
        return fmt::format("{} did not come to its end", letter);
    return fmt::format("nothing of the kind happened in {}", letter);
}

std::string names_of(const Comparison& comparison, Agreement agreement) {
    std::string names;
    for (const ComparedMetric& metric : comparison.metrics) {
        if (metric.agreement == agreement) names += (names.empty() ? "" : ", ") + metric.metric;
    }
    return names;
}

std::size_t count(const Comparison& comparison, Agreement agreement) {
    return static_cast<std::size_t>(
        std::count_if(comparison.metrics.begin(), comparison.metrics.end(),
                      [&](const ComparedMetric& m) { return m.agreement == agreement; }));
}

/// Shown and not judged, and yet nobody would call it agreement.
bool far_apart(const ComparedMetric& metric) {
    return metric.agreement == Agreement::not_judged && !within_tolerance({"", 2, {}}, *metric.a, *metric.b);
}

std::string unjudged(const Comparison& comparison) {
    std::string far;
    std::size_t near = 0;
    for (const ComparedMetric& metric : comparison.metrics) {
        if (metric.agreement != Agreement::not_judged) continue;
        if (!far_apart(metric)) {
            ++near;
            continue;
        }
        far += fmt::format("  {}: {} and {}\n", metric.metric, figure(metric.a, metric.unit),
                           figure(metric.b, metric.unit));
    }
    std::string text;
    if (!far.empty()) {
        text +=
            "Differ more than twofold and are not judged, because the scenario does not say how far they "
            "may:\n" +
            far;
    }
    if (near > 0) {
        text += far.empty() ? "Not judged, and" : "Not judged either, but";
        text += fmt::format(" within twofold of each other: {}.\n", near);
    }
    return text;
}

/// Its user may have stopped it; a killed or failed run has not even judged itself.
bool whole(const results::Run& run) {
    return run.status == results::RunStatus::finished || run.status == results::RunStatus::interrupted;
}

std::string warnings(const Comparison& comparison) {
    std::string text;
    if (comparison.a.name != comparison.b.name) text += "These are runs of different scenarios.\n";
    if (comparison.tolerances_differ) text += "The two runs state different tolerances; A's are used.\n";
    for (const auto& [letter, run] : {std::pair('A', comparison.a), std::pair('B', comparison.b)}) {
        if (whole(run)) continue;
        text +=
            fmt::format("{} did not come to its end ({}): whatever its figures are, this is no agreement.\n",
                        letter, results::to_text(run.status));
    }
    if (comparison.a.simulated != comparison.b.simulated)
        text += "The two runs do not cover the same time.\n";
    return text;
}

std::string closing_word(const Comparison& comparison) {
    const std::size_t agree = count(comparison, Agreement::agrees);
    const std::string differ = names_of(comparison, Agreement::differs);
    const std::string missing = names_of(comparison, Agreement::missing);
    const std::size_t judged =
        agree + count(comparison, Agreement::differs) + count(comparison, Agreement::missing);
    std::string text;
    if (judged == 0) {
        text += "Nothing was judged: the scenario states no [[compare]] tolerance.\n";
    } else if (comparison.agrees()) {
        const auto far = std::count_if(comparison.metrics.begin(), comparison.metrics.end(), far_apart);
        text += fmt::format("All {} metrics that the scenario judges agree within its tolerances", judged);
        text += far == 0 ? ".\n" : fmt::format("; {} that it does not judge differ a lot.\n", far);
    } else {
        text += fmt::format("{} of {} judged metrics agree within their tolerances.\n", agree, judged);
    }
    if (!differ.empty()) text += "Not yet: " + differ + ".\n";
    if (!missing.empty()) text += "Could not be judged, because one run lacks it: " + missing + ".\n";
    text += unjudged(comparison);
    if (comparison.a.source != comparison.b.source) {
        text +=
            "One run is a simulation and the other is not: what no metric here measures was not compared.\n";
    }
    return text;
}

}  // namespace

bool Comparison::agrees() const {
    return whole(a) && whole(b) &&
           std::none_of(metrics.begin(), metrics.end(), [](const ComparedMetric& metric) {
               return metric.agreement == Agreement::differs || metric.agreement == Agreement::missing;
           });
}

bool within_tolerance(const Tolerance& tolerance, double a, double b) {
    if (tolerance.within && std::abs(a - b) <= *tolerance.within) return true;
    if (!tolerance.ratio_most) return false;
    if (a == b) return true;
    const double least = std::min(std::abs(a), std::abs(b));
    const double most = std::max(std::abs(a), std::abs(b));
    return (a < 0) == (b < 0) && least > 0 && most / least <= *tolerance.ratio_most;
}

base::Result<Comparison, std::string> compare_runs(const std::string& path_a, const std::string& path_b) {
    const auto a = read_side(path_a);
    if (!a) return a.error();
    const auto b = read_side(path_b);
    if (!b) return b.error();
    const auto tolerances = read_tolerances(a.value().tolerances);
    if (!tolerances) return path_a + ": its attribute \"compare\" is not a list of tolerances";

    std::map<std::string, std::optional<Tolerance>> names;
    for (const Side* const side : {&a.value(), &b.value()}) {
        for (const auto& [name, scalar] : side->scalars) names[name] = {};
    }
    for (const auto& [name, tolerance] : *tolerances) names[name] = tolerance;
    Comparison comparison{a.value().run, b.value().run, {}, a.value().tolerances != b.value().tolerances};
    for (const auto& [name, tolerance] : names) {
        comparison.metrics.push_back(judged(name, a.value(), b.value(), tolerance));
    }
    return comparison;
}

std::string to_text(const Comparison& comparison) {
    Table table({"metric", "A", "B", "B/A", "allowed", "verdict"});
    std::string lacking;
    for (const ComparedMetric& metric : comparison.metrics) {
        const bool both = metric.a && metric.b;
        if (!both) lacking += fmt::format("  {}: {}\n", metric.metric, why_missing(metric, comparison));
        table.add({metric.metric, figure(metric.a, metric.unit), figure(metric.b, metric.unit), ratio(metric),
                   allowed(metric), std::string(word(metric.agreement))});
    }
    std::string text = heading('A', comparison.a) + heading('B', comparison.b) + warnings(comparison) + "\n";
    text += table.text() + "\n";
    if (!lacking.empty()) text += "In one run only\n" + lacking + "\n";
    return text + closing_word(comparison);
}

int compare(const CompareRequest& request) {
    const auto comparison = compare_runs(request.a, request.b);
    if (!comparison) {
        fmt::print(stderr, "{}\n", comparison.error());
        return exit_usage;
    }
    fmt::print("{}", to_text(comparison.value()));
    return comparison.value().agrees() ? exit_ok : exit_failed;
}

}  // namespace coop::app

#include "engine/app/record.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "engine/config/metric_names.hpp"

namespace coop::app {
namespace {

using results::MetricKind;

struct Named {
    std::string_view name;
    std::string_view unit;
    std::string_view help;
};

/// The series of a run; `Measures::sample` fills them.
constexpr std::array<Named, 10> series_table{{
    {"members.awake", "members", "Boards inside their owners' hours, and powered."},
    {"objects.stored", "objects", "Objects given to the pool so far."},
    {"objects.at_risk", "objects", "Objects that were safe once and have fewer copies than promised now."},
    {"objects.not_yet_safe", "objects", "Objects that have never had as many copies as promised."},
    {"objects.available", "objects", "Objects of which a whole copy is on a board that is awake."},
    {"copies.mean", "copies", "Placed copies of an object, on average."},
    {"repair.bytes", "B", "Copies made again after a member was lost, so far."},
    {"sent.control_bytes", "B", "Membership, requests and answers sent since the sample before."},
    {"sent.news_bytes", "B", "Notices and other statements sent since the sample before."},
    {"sent.bulk_bytes", "B", "Photos and other content sent since the sample before."},
}};

constexpr std::array<Named, 4> histogram_table{{
    {"notice.latency", "s", "From publication to each member that was awake then."},
    {"notice.lag_asleep", "s", "From waking up until a notice missed in sleep was there."},
    {"photo.time_to_safe", "s", "From putting an object in until it had as many copies as promised."},
    {"read.wait", "s", "From asking for an object until it was whole."},
}};

template <class Table>
const Named& look_up(const Table& table, std::string_view name) {
    const auto at = std::find_if(table.begin(), table.end(), [&](const Named& n) { return n.name == name; });
    COOP_ASSERT(at != table.end());
    return *at;
}

results::Metric metric(const Named& named, MetricKind kind) {
    return {{}, std::string(named.name), std::string(named.unit), kind, std::string(named.help)};
}

/// How far a simulated and a real run may differ, kept with both, so that they can be compared without the
/// file.
std::string tolerances(const config::Scenario& scenario) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const config::Compare& compare : scenario.comparisons) {
        nlohmann::ordered_json row{{"metric", compare.metric}, {"why", compare.why}};
        if (compare.ratio_most) row["ratio_most"] = *compare.ratio_most;
        if (compare.within) row["within"] = *compare.within;
        list.push_back(std::move(row));
    }
    return list.dump();
}

results::Node node_row(const config::Scenario& scenario, const Population& population, std::uint32_t member) {
    const policy::Contribution& owner = population.owner(member);
    return {.id = member,
            .name = member_name(member),
            .group = population.groups[member],
            .board = scenario.profiles[population.board_of[member]].name,
            .line = scenario.lines[population.line_of[member]].name,
            .line_up = owner.line_up,
            .line_down = owner.line_down,
            .share = owner.share,
            .hours_start = owner.hours.start,
            .hours_length = owner.hours.length,
            .disk = owner.disk};
}

}  // namespace

void write_description(results::Writer& writer, const config::Loaded& loaded, const Population& population) {
    writer.attribute("title", loaded.scenario.title);
    writer.attribute("question", loaded.scenario.question);
    writer.attribute("compare", tolerances(loaded.scenario));
    for (const config::Parameter& p : loaded.parameters) writer.parameter({p.key, p.value, p.unit, p.origin});
    for (std::uint32_t i = 0; i < population.count(); ++i) {
        writer.add_node(node_row(loaded.scenario, population, i));
    }
}

MeasureSetup measure_setup(const config::Scenario& scenario, const Population& population,
                           const policy::Placement& placement) {
    MeasureSetup setup{population.count(), placement.chosen_max(), scenario.results.reach_within, {}};
    for (std::uint32_t i = 0; i < population.count(); ++i)
        setup.line_up.push_back(population.owner(i).line_up);
    return setup;
}

void write_sample(results::Writer& writer, base::Instant at, const std::vector<Value>& values) {
    for (const Value& value : values) {
        const auto id = writer.metric(metric(look_up(series_table, value.metric), MetricKind::series));
        writer.append(writer.series(id), at, value.value);
    }
}

void write_member_scalar(results::Writer& writer, const MemberScalar& scalar, std::uint32_t member,
                         double value) {
    const auto id = writer.metric(metric({scalar.name, scalar.unit, scalar.help}, MetricKind::scalar));
    writer.scalar(id, value, member);
}

void write_metrics(results::Writer& writer, const Measures& measures, const Metrics& metrics,
                   base::Instant end) {
    for (const auto& [name, value] : metrics) {
        const config::MetricName* const known = config::find_metric(name);
        COOP_ASSERT(known != nullptr);
        writer.scalar(writer.metric(metric({known->name, known->unit, known->help}, MetricKind::scalar)),
                      value);
    }
    for (const auto& [name, histogram] : measures.histograms()) {
        if (histogram->count() == 0) continue;
        const auto id = writer.metric(metric(look_up(histogram_table, name), MetricKind::histogram));
        writer.histogram(id, *histogram, 1e-9);
    }
    for (std::uint32_t i = 0; i < measures.members(); ++i) {
        const Measures::MemberTraffic use = measures.member(PeerId{i}, end);
        write_member_scalar(writer, {"member.up_bytes", "B", "Sent by this member."}, i,
                            static_cast<double>(use.up.count));
        write_member_scalar(writer,
                            {"member.share_of_line", "fraction", "Of its uplink over its waking hours."}, i,
                            use.share_of_line);
        write_member_scalar(writer, {"member.awake_s", "s", "Time inside its hours, and powered."}, i,
                            use.awake.seconds());
        write_member_scalar(writer, {"member.disk_most_bytes", "B", "Disk used by the pool, at its fullest."},
                            i, static_cast<double>(use.disk_most.count));
    }
}

Metrics by_name(const std::vector<Value>& values) {
    Metrics metrics;
    for (const Value& value : values) metrics[value.metric] = value.value;
    return metrics;
}

std::vector<results::Expectation> judge(const config::Scenario& scenario, const Metrics& metrics) {
    std::vector<results::Expectation> verdicts;
    for (const config::Expect& expect : scenario.expectations) {
        results::Expectation verdict;
        verdict.metric = expect.metric;
        verdict.wanted = expect.bound;
        verdict.unit = std::string(config::find_metric(expect.metric)->unit);
        verdict.origin = expect.why;
        const auto got = metrics.find(expect.metric);
        if (got != metrics.end()) verdict.got = got->second;
        switch (expect.relation) {  // a comparison with NaN is false: not measured fails
            case config::Relation::most:
                verdict.comparison = "<=";
                verdict.passed = verdict.got <= expect.bound;
                break;
            case config::Relation::least:
                verdict.comparison = ">=";
                verdict.passed = verdict.got >= expect.bound;
                break;
            case config::Relation::equals:
                verdict.comparison = "==";
                verdict.passed = verdict.got >= expect.bound && verdict.got <= expect.bound;
                break;
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

}  // namespace coop::app

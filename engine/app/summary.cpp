#include "engine/app/summary.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace coop::app {
namespace {

constexpr int label_width = 34;

class Page {
  public:
    void heading(std::string_view text) { fmt::format_to(out(), "\n{}\n", text); }
    void line(std::string_view text) { fmt::format_to(out(), "{}\n", text); }
    template <class... Cells>
    void row(std::string_view label, const Cells&... cells) {
        fmt::format_to(out(), "  {:<{}}", label, label_width);
        (fmt::format_to(out(), "{:>12}", std::string_view(cells)), ...);
        text_ += '\n';
    }
    std::string take() { return std::move(text_); }

  private:
    std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }
    std::string text_;
};

struct Spread {
    double median = results::not_a_number;
    double most = results::not_a_number;
};

Spread spread(std::vector<double> values) {
    if (values.empty() || std::isnan(values.front())) return {};
    std::sort(values.begin(), values.end());
    return {values[(values.size() - 1) / 2], values.back()};
}

Spread spread(const std::vector<MemberUse>& members, double MemberUse::*field) {
    std::vector<double> values;
    for (const MemberUse& member : members) values.push_back(member.*field);
    return spread(std::move(values));
}

std::string lookup(const Metrics& metrics, std::string_view name, std::string (*human)(double)) {
    const auto at = metrics.find(name);
    return at == metrics.end() ? "–" : human(at->second);
}

double value_or(const Metrics& metrics, std::string_view name, double otherwise) {
    const auto at = metrics.find(name);
    return at == metrics.end() ? otherwise : at->second;
}

void cost(Page& page, const SummaryInput& in) {
    page.heading(fmt::format("What it cost a member, over {}", human_seconds(in.covers.seconds())));
    page.row("", "typical", "the most");
    const auto add = [&](std::string_view label, double MemberUse::*field, auto human) {
        const Spread s = spread(in.members, field);
        if (!std::isnan(s.median)) page.row(label, human(s.median), human(s.most));
    };
    add("of the uplink, while sharing", &MemberUse::share_of_line, human_percent);
    if (in.covers >= base::days(1)) {
        add("sent a day", &MemberUse::up_bytes_a_day, human_bytes);
    } else {
        // Nobody knows what a day would be like from less than one.
        std::vector<double> sent;
        for (std::uint32_t i = 0; i < in.measures.members(); ++i) {
            const base::Bytes up = in.measures.member(PeerId{i}, base::Instant::zero()).up;
            sent.push_back(static_cast<double>(up.count));
        }
        const Spread s = spread(std::move(sent));
        page.row("sent in all", human_bytes(s.median), human_bytes(s.most));
    }
    add("disk, at its fullest", &MemberUse::disk_bytes, human_bytes);
    add("electricity, board on all day", &MemberUse::kwh, human_kwh);
    add("  of it in the sharing hours", &MemberUse::kwh_in_hours, human_kwh);
}

void waiting(Page& page, const SummaryInput& in) {
    page.heading("How long it took");
    page.row("", "median", "95 % within", "slowest");
    const auto add = [&](std::string_view label, const results::Histogram& h) {
        if (h.count() == 0) return;
        const auto at = [&](double q) { return human_seconds(static_cast<double>(h.quantile(q)) / 1e9); };
        page.row(label, at(0.5), at(0.95), at(1));
    };
    add("a notice, to those awake", in.measures.notices().latency());
    add("a notice, after waking up", in.measures.notices().lag_asleep());
    add("a photo, until it is safe", in.measures.objects().time_to_safe());
    add("a photo, from asking to seeing", in.measures.objects().read_wait());
    if (const auto reach = in.metrics.find("notice.reach_awake"); reach != in.metrics.end()) {
        page.line(fmt::format("  Of those awake, {} had a notice within {}.", human_percent(reach->second),
                              human_seconds(in.scenario.results.reach_within.seconds())));
    }
    if (const auto answered = in.metrics.find("read.share_answered"); answered != in.metrics.end()) {
        page.line(fmt::format("  Of the photos asked for, {} arrived.", human_percent(answered->second)));
    }
}

double sampled(const std::vector<Value>& values, std::string_view name) {
    const auto at =
        std::find_if(values.begin(), values.end(), [&](const Value& v) { return v.metric == name; });
    return at == values.end() ? 0 : at->value;
}

/// At most six moments, evenly spread, the last one included.
std::vector<std::size_t> moments(std::size_t samples) {
    std::vector<std::size_t> picked;
    constexpr std::size_t columns = 6;
    for (std::size_t i = 1; i <= columns && samples > 0; ++i) {
        const std::size_t at = samples * i / columns;
        if (at > 0 && (picked.empty() || picked.back() != at - 1)) picked.push_back(at - 1);
    }
    return picked;
}

void timeline(Page& page, const SummaryInput& in) {
    const auto picked = moments(in.timeline.at.size());
    if (picked.empty()) return;
    page.heading("Objects over time");
    std::string head = fmt::format("  {:<{}}", "", label_width);
    for (const std::size_t i : picked) {
        fmt::format_to(std::back_inserter(head), "{:>10}", human_seconds(in.timeline.at[i].seconds()));
    }
    page.line(head);
    const auto add = [&](std::string_view label, std::string_view series, std::string_view format) {
        std::string row = fmt::format("  {:<{}}", label, label_width);
        for (const std::size_t i : picked) {
            const double value = sampled(in.timeline.values[i], series);
            fmt::format_to(std::back_inserter(row), "{:>10}", fmt::format(fmt::runtime(format), value));
        }
        page.line(row);
    };
    add("in the pool", "objects.stored", "{:.0f}");
    add("not yet safe", "objects.not_yet_safe", "{:.0f}");
    add("at risk (too few copies again)", "objects.at_risk", "{:.0f}");
    add("within reach at that moment", "objects.available", "{:.0f}");
    add("copies of each, on average", "copies.mean", "{:.1f}");
}

void traffic(Page& page, const SummaryInput& in) {
    page.heading("Traffic of all members together");
    page.row("news, membership, requests", lookup(in.metrics, "traffic.control_bytes", human_bytes));
    page.row("copies made again (repair)", lookup(in.metrics, "traffic.repair_bytes", human_bytes));
    page.row("notices sent for each received",
             fmt::format("{:.2f}", value_or(in.metrics, "gossip.payloads_per_delivery", 0)));
    page.row("objects lost / put in", fmt::format("{:.0f} / {:.0f}", value_or(in.metrics, "objects.lost", 0),
                                                  value_or(in.metrics, "objects.put", 0)));
    const double gone = value_or(in.metrics, "objects.gone_unsafe", 0);
    if (gone > 0) page.row("gone with their owner, never safe", fmt::format("{:.0f}", gone));
}

void verdicts(Page& page, const SummaryInput& in) {
    if (in.expectations.empty()) return;
    page.heading("What was expected");
    for (const results::Expectation& e : in.expectations) {
        const std::string_view relation = e.comparison == "<="   ? "at most"
                                          : e.comparison == ">=" ? "at least"
                                                                 : "exactly";
        const std::string got =
            std::isnan(e.got) ? "not measured" : human_value_beside(e.got, e.wanted, e.unit);
        page.line(fmt::format("  {:<6}{} is {} ({} {})", e.passed ? "pass" : "FAIL", e.metric, got, relation,
                              human_value(e.wanted, e.unit)));
        if (!e.origin.empty()) page.line(fmt::format("        {}", e.origin));
    }
}

/// What nobody had to expect, because it must hold in every run.
void broken_laws(Page& page, const SummaryInput& in) {
    if (in.broken.empty()) return;
    page.heading("Rules of the machine itself that were broken");
    for (const auto& [law, times] : in.broken) page.line(fmt::format("  FAIL  {}, {} times", law, times));
    page.line("        Who, when and by how much is in the table \"violation\" of results.db.");
}

}  // namespace

std::string human_bytes(double bytes) {
    constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    std::size_t unit = 0;
    while (std::abs(bytes) >= 1000 && unit + 1 < std::size(units)) {
        bytes /= 1000;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : 1, units[unit]);
}

std::string human_seconds(double seconds) {
    if (seconds == 0) return "0 s";
    if (seconds < 1e-3) return fmt::format("{:.0f} µs", seconds * 1e6);
    if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
    if (seconds < 172'800) return fmt::format("{:.1f} h", seconds / 3600);
    return fmt::format("{:.1f} days", seconds / 86'400);
}

std::string human_percent(double fraction) {
    const double percent = fraction * 100;
    int digits = percent >= 10 ? 1 : percent >= 0.1 ? 2 : 3;
    // What is not all is never shown as all.
    while (percent < 100 && 100 - percent < 0.5 * std::pow(10, -digits) && digits < 9) ++digits;
    return fmt::format("{:.{}f} %", percent, digits);
}

std::string human_kwh(double kwh) {
    if (kwh == 0) return "0 kWh";
    return std::abs(kwh) < 0.1 ? fmt::format("{:.2f} Wh", kwh * 1000) : fmt::format("{:.2f} kWh", kwh);
}

std::string human_value(double value, std::string_view unit) {
    if (unit == "B") return human_bytes(value);
    if (unit == "s") return human_seconds(value);
    if (unit == "kWh") return human_kwh(value);
    if (unit == "fraction") return human_percent(value);
    return value == std::floor(value) ? fmt::format("{:.0f} {}", value, unit)
                                      : fmt::format("{:.2f} {}", value, unit);
}

std::string human_value_beside(double value, double other, std::string_view unit) {
    std::string text = human_value(value, unit);
    if (value == other || text != human_value(other, unit)) return text;
    const bool share = unit == "fraction";
    const auto precise = [&](double v, int digits) {
        return share ? fmt::format("{:.{}g} %", v * 100, digits) : fmt::format("{:.{}g} {}", v, digits, unit);
    };
    int digits = 3;
    while (digits < 17 && precise(value, digits) == precise(other, digits)) ++digits;
    return precise(value, digits);
}

std::string summarise(const SummaryInput& in) {
    Page page;
    page.line(in.scenario.title.empty() ? in.scenario.name : in.scenario.title);
    if (!in.scenario.question.empty()) page.line(in.scenario.question);
    page.line(fmt::format("({} members, {} {})", in.population.count(), human_seconds(in.covers.seconds()),
                          in.source));
    cost(page, in);
    waiting(page, in);
    timeline(page, in);
    traffic(page, in);
    verdicts(page, in);
    broken_laws(page, in);
    return page.take();
}

}  // namespace coop::app

// The keys of a scenario: what each may be, and what holds between them.
#pragma once

#include <array>

#include "engine/config/tuning_schema.hpp"
#include "engine/config/visitors.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::config {

inline constexpr std::array<std::string_view, 3> work_kinds{"photos", "notices", "reads"};
inline constexpr std::array<std::string_view, 2> rhythms{"random", "steady"};
inline constexpr std::array<std::string_view, 2> when_asleep_names{"later", "skip"};
inline constexpr std::array<std::string_view, 2> crypto_names{"priced", "real"};
inline constexpr std::array<std::string_view, 4> fault_kinds{"power_cut", "leave", "crash", "disk_full"};

inline constexpr base::Bytes photo_size_max =
    protocol::chunk_size_max * static_cast<std::int64_t>(protocol::chunks_in_object_max);

template <class V>
void visit(V& v, Offer& o, const Context& c) {
    constexpr std::string_view share = "the cooperative's own rule";
    v.field("boards", o.boards, MixIn{"board profile", "profile", c.profiles}, "a common board");
    v.field("lines", o.lines, MixIn{"line", "line", c.lines}, "a common line");
    v.field("share_of_line", o.share_of_line, ShareIn{1}, share);
    v.field("hours", o.hours, DurationIn{base::minutes(1), base::hours(24)}, "always awake");
    v.field("hours_at", o.hours_at, HoursAtIn{}, "every member its own");
    v.field("disk", o.disk, SizeIn{}, share);
}

template <class V>
void visit(V& v, Members& m, const Context& c) {
    v.field("count", m.count, Whole<std::uint32_t>{1, 10'000'000, "members"}, "", Need::required);
    const std::uint32_t others = std::max<std::uint32_t>(m.count, 2) - 1;
    if constexpr (V::reads) m.contacts = std::min(m.contacts, others);  // the default fits any pool
    v.field("contacts", m.contacts, ContactCountIn{}, "a friend or two who are in already");
    v.require(m.contacts <= others || m.contacts == all_others, {"contacts"},
              "a member cannot know " + std::to_string(m.contacts) + " others: there are " +
                  std::to_string(others) + " (\"all\" means every one of them)");
    v.field("start_within", m.start_within, DurationIn{}, "all at once");
    visit(v, m.offer, c);
}

template <class V>
void visit(V& v, Group& g, const Context& c) {
    v.field("name", g.name, NameIn{}, "", Need::required);
    v.field("count", g.count, Whole<std::uint32_t>{1, 10'000'000, "members"}, "", Need::required);
    visit(v, g.offer, c);
    if constexpr (V::reads) {
        bool taken = g.name == "members";
        std::uint64_t sum = 0;
        for (const Group& group : c.scenario->groups) {
            taken = taken || (&group != &g && group.name == g.name);
            sum += group.count;
        }
        v.require(!taken, {"name"}, "there is a group of this name already");
        v.require(sum <= c.scenario->members.count, {"count"},
                  "the groups have " + std::to_string(sum) + " members together, and members.count is " +
                      std::to_string(c.scenario->members.count));
    }
}

/// The region's own distances, unless the file says otherwise.
inline void use_region(Network& network, const std::vector<LoadedRegion>& regions) {
    for (const LoadedRegion& known : regions) {
        if (known.region.name != network.region) continue;
        network.one_way_least = known.region.one_way_least;
        network.one_way_most = known.region.one_way_most;
    }
}

template <class V>
void visit(V& v, Network& n, const Context& c) {
    v.field("region", n.region, KnownIn{"region", c.regions}, "a street, a village, a town");
    if constexpr (V::reads) use_region(n, *c.known_regions);
    constexpr DurationIn way{base::Duration::zero(), base::seconds(60)};
    v.field("one_way_least", n.one_way_least, way, "the region's, hw-profiles/lines.toml");
    v.field("one_way_most", n.one_way_most, way, "the region's, hw-profiles/lines.toml");
    v.require(n.one_way_least <= n.one_way_most, {"one_way_least", "one_way_most"},
              "one_way_least is longer than one_way_most");
}

template <class V>
void visit_times(V& v, Workload& w, const Context& c) {
    const base::Duration end = V::reads ? c.scenario->duration : base::Duration::zero();
    if constexpr (V::reads) w.until = end;
    v.exactly_one({"at", "every"});
    v.field("at", w.at, MomentsIn{end});
    if (w.at.empty()) {
        v.field("every", w.every, DurationIn{base::milliseconds(1)});
        v.field("rhythm", w.rhythm, ChoiceIn<Rhythm>{"rhythm", rhythms}, "wishes come independently");
        v.field("from", w.from, DurationIn{base::Duration::zero(), end}, "the start");
        v.field("until", w.until, DurationIn{base::Duration::zero(), end}, "the end");
        v.require(w.from <= w.until, {"from", "until"}, "from lies after until");
    } else {
        for (const std::string_view key : {"rhythm", "from", "until"}) {
            v.forbid(key, std::string(key) + " belongs to a stream (every), not to single moments (at)");
        }
    }
}

template <class V>
void visit(V& v, Workload& w, const Context& c) {
    v.field("kind", w.kind, ChoiceIn<WorkKind>{"workload kind", work_kinds}, "", Need::required);
    if constexpr (V::reads) w.name = std::string(work_kinds[static_cast<std::size_t>(w.kind)]);
    v.field("name", w.name, NameIn{}, "the kind");
    if constexpr (V::reads) {
        w.size = w.kind == WorkKind::photos    ? base::mib(4)
                 : w.kind == WorkKind::notices ? base::kib(1)
                                               : base::Bytes{};
        for (const Workload& other : c.scenario->workloads) {
            v.require(&other == &w || other.name != w.name, {"name", "kind"},
                      "there is a workload \"" + w.name + "\" already: give each a name of its own");
        }
    }
    const base::Bytes most = w.kind == WorkKind::notices ? protocol::notice_size_max : photo_size_max;
    if (w.kind != WorkKind::reads) {
        v.field("size", w.size, SizeIn{{1}, most}, "a photo from a telephone; a screenful of words");
    } else {
        v.forbid("size", "reads take no size: each asks for a random photo that is there");
    }
    visit_times(v, w, c);
    v.field("when_asleep", w.when_asleep, ChoiceIn<WhenAsleep>{"way", when_asleep_names},
            "people come back to what they wanted");
    v.field("by", w.by, IndexesIn{V::reads ? c.scenario->members.count : 1}, "all members");
}

template <class V>
void visit(V& v, Fault& f, const Context& c) {
    const std::uint32_t count = V::reads ? c.scenario->members.count : 1;
    const base::Duration end = V::reads ? c.scenario->duration : base::Duration::zero();
    v.field("kind", f.kind, ChoiceIn<FaultKind>{"fault kind", fault_kinds}, "", Need::required);
    v.field("at", f.at, DurationIn{base::Duration::zero(), end}, "", Need::required);
    if (f.kind == FaultKind::leave) {
        v.forbid("lasts", "who leaves does not come back: the other faults have an end");
        v.field("farewell", f.farewell, FlagIn{}, "says goodbye");
    } else {
        const bool cut = f.kind == FaultKind::power_cut;
        v.field("lasts", f.lasts, LastingIn{}, "", cut ? Need::required : Need::optional);
        v.forbid("farewell", "only who leaves can say farewell");
    }
    v.exactly_one({"share", "count", "members"});
    const bool all = std::is_same_v<V, Keys>;
    if (V::reads || all || f.share.ppm > 0) v.field("share", f.share, ShareIn{1});
    if (V::reads || all || f.count > 0) v.field("count", f.count, Whole<std::uint32_t>{1, count, "members"});
    v.field("members", f.members, IndexesIn{count});
}

template <class V>
void visit(V& v, Expect& e, const Context&) {
    v.field("metric", e.metric, MetricIn{}, "", Need::required);
    const BoundIn bound{find_metric(e.metric)};
    v.exactly_one({"most", "least", "equals"});
    std::array<std::optional<double>, 3> bounds;
    if constexpr (!V::reads) bounds[static_cast<std::size_t>(e.relation)] = e.bound;
    v.field("most", bounds[0], bound);
    v.field("least", bounds[1], bound);
    v.field("equals", bounds[2], bound);
    for (std::size_t i = 0; i < bounds.size() && V::reads; ++i) {
        if (!bounds[i]) continue;
        e.relation = static_cast<Relation>(i);
        e.bound = *bounds[i];
    }
    v.field("why", e.why, TextIn{});
}

template <class V>
void visit(V& v, Compare& m, const Context&) {
    v.field("metric", m.metric, MetricIn{}, "", Need::required);
    v.field("ratio_most", m.ratio_most, RatioIn{});
    v.field("within", m.within, BoundIn{find_metric(m.metric)});
    v.field("why", m.why, TextIn{});
    if constexpr (V::reads) {
        v.require(m.ratio_most || m.within, {"metric"}, "a comparison needs ratio_most, within, or both");
    }
}

template <class V>
void visit(V& v, ResultsChoice& r, const Context&) {
    v.field("sample_every", r.sample_every, DurationIn{base::milliseconds(100), base::days(30)},
            "fine enough for a day's curve");
    v.field("reach_within", r.reach_within, DurationIn{base::milliseconds(1), base::days(30)},
            "Guess. Study: scenarios/studies/keep_alive.toml");
}

template <class V>
void visit(V& v, SimulationChoice& s, const Context&) {
    v.field("crypto", s.crypto, ChoiceIn<CryptoChoice>{"crypto", crypto_names},
            "the quicker; it says the same");
}

template <class V>
void visit(V& v, Lab& lab, const Context&) {
    v.field("loss", lab.loss, ShareIn{}, "the lines' own loss only");
}

template <class V>
void visit(V& v, Scenario& s, const Context& c) {
    v.field("name", s.name, NameIn{}, "the file's name");
    v.require(s.name != "latest", {"name"},
              "a scenario is not called latest, for beside the results' folders that is the newest run; "
              "give it a name of its own, for example name = \"village\"");
    v.field("title", s.title, TextIn{});
    v.field("question", s.question, TextIn{});
    v.field("seed", s.seed, Whole<std::uint64_t>{}, "");
    v.field("duration", s.duration, DurationIn{base::seconds(1), base::days(3650)}, "", Need::required);
    v.section("members", s.members, c, Need::required);
    Group fresh;
    fresh.offer = s.members.offer;
    v.sections("group", s.groups, fresh, c);
    v.section("network", s.network, c);
    v.section("policy", s.policy, c);
    visit_tuning(v, s.tuning, c);
    v.sections("workload", s.workloads, Workload{}, c);
    v.sections("fault", s.faults, Fault{}, c);
    v.section("results", s.results, c);
    v.section("simulation", s.simulation, c);
    v.section("lab", s.lab, c);
    v.sections("expect", s.expectations, Expect{}, c);
    v.sections("compare", s.comparisons, Compare{}, c);
}

}  // namespace coop::config

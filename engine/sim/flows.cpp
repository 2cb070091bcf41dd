#include "engine/sim/flows.hpp"

#include <algorithm>
#include <utility>

namespace coop::sim {
namespace {

constexpr base::Wide units_of_a_byte = base::Wide{Flows::units_per_byte} * 1'000'000'000;

std::uint64_t in_units(base::ByteRate rate) {
    COOP_ASSERT(rate.per_second >= 0);
    const auto bytes = static_cast<std::uint64_t>(rate.per_second);
    return bytes < Flows::unlimited / Flows::units_per_byte ? bytes * Flows::units_per_byte
                                                            : Flows::unlimited;
}

/// When so much is through. Products of 64 bits are divided in 64 bits, several times as fast.
base::Instant end_of(base::Instant now, base::Wide left, std::uint64_t rate) {
    if (left <= 0 || rate == Flows::unlimited) return now;
    if (rate == 0) return base::Instant::never();
    const base::Wide sum = left + rate - 1;
    const auto low = static_cast<std::uint64_t>(sum);
    const base::Wide time = sum >> 64 == 0 ? base::Wide{low / rate} : sum / rate;
    const base::Wide end = now.ns() + time;
    if (end >= base::Instant::never().ns()) return base::Instant::never();
    return base::Instant::of_ns(static_cast<std::int64_t>(end));
}

}  // namespace

// --- what happens to links and flows ---------------------------------------------------------------------

LinkId Flows::add_link(base::ByteRate capacity) {
    links_.emplace_back().capacity = in_units(capacity);
    return {static_cast<std::uint32_t>(links_.size() - 1)};
}

void Flows::set_capacity(base::Instant now, LinkId link, base::ByteRate capacity) {
    advance(now);
    COOP_ASSERT(link.index < links_.size());
    links_[link.index].capacity = in_units(capacity);
    mark_stale(link.index);
}

void Flows::start(base::Instant now, const Flow& flow) {
    advance(now);
    COOP_ASSERT(!is_under_way(flow.id) && flow.size.count >= 0);
    if (flow.id >= flows_.size()) flows_.resize(flow.id + std::size_t{1});
    State& state = flows_[flow.id];
    state = {.left = units_of_a_byte * flow.size.count, .since = now, .order = flow.order};
    for (const LinkId link : flow.links) {
        if (link.is_none()) break;
        COOP_ASSERT(link.index < links_.size());
        for (std::uint32_t i = 0; i < state.hops; ++i) COOP_ASSERT(state.way[i].link != link.index);
        state.way[state.hops++].link = link.index;
    }
    COOP_ASSERT(state.hops > 0);
    for (std::uint32_t hop = 0; hop < state.hops; ++hop) {
        Link& link = links_[state.way[hop].link];
        COOP_ASSERT(link.crossings.size() < flows_per_link_max);
        state.way[hop].place = static_cast<std::uint32_t>(link.crossings.size());
        link.crossings.push_back({bound(state, hop), flow.id, hop});
        link.bounds += link.crossings.back().bound;
        mark_stale(state.way[hop].link);
    }
    ++under_way_;
    touch(flow.id);
}

base::Bytes Flows::cancel(base::Instant now, std::uint32_t id) {
    advance(now);
    COOP_ASSERT(is_under_way(id));
    const State& flow = flows_[id];
    const base::Wide left = std::max<base::Wide>(flow.left - through(flow), 0);
    drop(id);
    return {static_cast<std::int64_t>((left + units_of_a_byte - 1) / units_of_a_byte)};
}

base::Instant Flows::next_at() {
    settle();
    return ends_.empty() ? base::Instant::never() : ends_.first().at;
}

std::uint64_t Flows::rate(std::uint32_t id) {
    settle();
    COOP_ASSERT(is_under_way(id));
    return flows_[id].rate;
}

std::uint64_t Flows::level(LinkId link) {
    settle();
    return links_[link.index].level;
}

void Flows::advance(base::Instant now) {
    COOP_ASSERT(now >= now_);
    if (now == now_) return;
    COOP_ASSERT(next_at() >= now);
    now_ = now;
}

void Flows::drop(std::uint32_t id) {
    State& flow = flows_[id];
    for (std::uint32_t hop = 0; hop < flow.hops; ++hop) {
        const Hop& at = flow.way[hop];
        Link& link = links_[at.link];
        link.bounds -= link.crossings[at.place].bound;
        const Crossing& last = link.crossings[at.place] = link.crossings.back();
        flows_[last.flow].way[last.hop].place = at.place;
        link.crossings.pop_back();
        mark_stale(at.link);
    }
    if (ends_.contains(id)) ends_.erase(id);
    flow.hops = 0;
    flow.is_touched = false;
    --under_way_;
}

void Flows::touch(std::uint32_t id) {
    if (!std::exchange(flows_[id].is_touched, true)) touched_.push_back(id);
}

void Flows::mark_stale(std::uint32_t link) {
    if (!std::exchange(links_[link].is_stale, true)) stale_.push_back(link);
}

/// What went through since its rate was last changed. Without a limit it ended in the instant it was given
/// that.
base::Wide Flows::through(const State& flow) const {
    return base::Wide{flow.rate} * (now_ - flow.since).ns();
}

/// How high the flow may rise at one of its links.
std::uint64_t Flows::bound(const State& flow, std::uint32_t hop) const {
    std::uint64_t lowest = unlimited;
    for (std::uint32_t i = 0; i < flow.hops; ++i) {
        if (i != hop) lowest = std::min(lowest, links_[flow.way[i].link].level);
    }
    return lowest;
}

// --- settling --------------------------------------------------------------------------------------------

// Below the lowest entry of `unsettled_` every level is true: what it depends on lies below it, and all of
// that is what it wants to be. So the lowest entry knows its level if that went down; if it went up, it is
// only known to be higher than it was. What it then seems to be is nearly always true, but being wrong about
// it again and again could take long: so the second time it waits out of the way until its turn comes.
void Flows::settle() {
    if (stale_.empty() && touched_.empty()) return;
    ++round_;
    refresh_stale();
    const auto is_higher = [](const Unsettled& a, const Unsettled& b) { return a.level > b.level; };
    while (!unsettled_.empty()) {
        std::pop_heap(unsettled_.begin(), unsettled_.end(), is_higher);
        const Unsettled lowest = unsettled_.back();
        unsettled_.pop_back();
        Link& link = links_[lowest.link];
        if (link.queued != lowest.level) continue;
        link.queued = unlimited;
        const bool rises = link.wanted > link.level;
        const bool again = rises && std::exchange(link.raised_in, round_) == round_;
        move_level(lowest.link, again ? unlimited : link.wanted);
        if (again) mark_stale(lowest.link);
        refresh_stale();
    }
    for (const std::uint32_t id : touched_) {
        if (std::exchange(flows_[id].is_touched, false)) change_rate(id);
    }
    touched_.clear();
}

void Flows::refresh_stale() {
    for (const std::uint32_t link : stale_) {
        links_[link].is_stale = false;
        refresh(link);
    }
    stale_.clear();
}

void Flows::refresh(std::uint32_t number) {
    Link& link = links_[number];
    link.wanted = water_level(link);
    const std::uint64_t from = std::min(link.level, link.wanted);
    const std::uint64_t queued = link.wanted == link.level ? unlimited : from;
    if (queued == link.queued) return;
    link.queued = queued;
    if (queued == unlimited) return;
    unsettled_.push_back({queued, number});
    std::push_heap(unsettled_.begin(), unsettled_.end(),
                   [](const Unsettled& a, const Unsettled& b) { return a.level > b.level; });
}

/// The lowest level at which those that are not held back lower down could not all have one unit more. That
/// asks only for what is below it; "the highest that fits" would depend on others at the same level, and
/// then on whose turn comes first.
std::uint64_t Flows::water_level(const Link& link) {
    const std::size_t all = link.crossings.size();
    if (link.capacity == unlimited || all == 0 || link.bounds + all <= link.capacity) return unlimited;
    std::uint64_t level = link.capacity / all;
    for (;;) {
        std::uint64_t taken = 0;
        std::size_t below = 0;
        for (const Crossing& crossing : link.crossings) {
            const bool is_below = crossing.bound < level;
            taken += is_below ? crossing.bound : 0;
            below += is_below;
        }
        if (below == all) return unlimited;
        const std::uint64_t higher = (link.capacity - taken) / (all - below);
        if (higher == level) return level;
        level = higher;
    }
}

void Flows::move_level(std::uint32_t number, std::uint64_t level) {
    Link& link = links_[number];
    const std::uint64_t lower = std::min(level, link.level);
    link.level = level;
    ++work_.levels;
    for (const Crossing& crossing : link.crossings) {
        if (crossing.bound > lower) touch(crossing.flow);
        const State& flow = flows_[crossing.flow];
        for (std::uint32_t hop = 0; hop < flow.hops; ++hop) {
            if (hop != crossing.hop) rebound(flow, hop);
        }
    }
}

void Flows::rebound(const State& flow, std::uint32_t hop) {
    const Hop& at = flow.way[hop];
    Link& link = links_[at.link];
    Crossing& crossing = link.crossings[at.place];
    const std::uint64_t before = crossing.bound;
    const std::uint64_t after = bound(flow, hop);
    if (after == before) return;
    crossing.bound = after;
    link.bounds += after - before;
    if (std::min(before, after) < link.wanted) mark_stale(at.link);
}

void Flows::change_rate(std::uint32_t id) {
    State& flow = flows_[id];
    const std::uint64_t rate =
        std::min(links_[flow.way[0].link].level, links_[flow.way[0].link].crossings[flow.way[0].place].bound);
    if (rate == flow.rate && ends_.contains(id)) return;
    ++work_.rates;
    flow.left -= through(flow);
    flow.since = now_;
    flow.rate = rate;
    ends_.put({end_of(now_, flow.left, rate), flow.order, id});
}

}  // namespace coop::sim

#include "models/workload/wishes.hpp"

#include <numeric>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/sim/phantom.hpp"

namespace coop::models {

Wishes::Wishes(WishesParams params) : params_(std::move(params)) {
    const auto members = static_cast<std::uint32_t>(params_.hours.size());
    photos_.resize(members);
    for (std::uint32_t habit = 0; habit < params_.habits.size(); ++habit) {
        std::vector<std::uint32_t> by = params_.habits[habit].by;
        if (by.empty()) {
            by.resize(members);
            std::iota(by.begin(), by.end(), 0u);
        }
        for (const std::uint32_t member : by) {
            COOP_ASSERT(member < members);
            const std::uint64_t key = std::uint64_t{habit} << 32 | member;
            streams_.push_back({member, habit, 0, base::Rng(params_.seed, base::Purpose::workload, key)});
        }
    }
    for (std::uint32_t i = 0; i < streams_.size(); ++i) wish_again(i, base::Instant::zero(), true);
}

// What is due may be handed out once no earlier wish can come to mind any more: a wish is never due before it
// is had.
std::optional<sim::Task> Wishes::next() {
    for (;;) {
        while (!wishes_.empty() && (due_.empty() || wishes_.top().at <= due_.top().at)) {
            const Moment wish = wishes_.top();
            wishes_.pop();
            make_due(wish);
            wish_again(wish.stream, wish.at, false);
        }
        if (due_.empty()) return {};
        const Moment due = due_.top();
        due_.pop();
        Stream& stream = streams_[due.stream];
        if (auto asked = command(stream))
            return sim::Task{due.at, sim::PeerId{stream.member}, std::move(*asked)};
    }
}

void Wishes::wish_again(std::uint32_t index, base::Instant after, bool first) {
    Stream& stream = streams_[index];
    const Habit& habit = params_.habits[stream.habit];
    base::Instant at = base::Instant::never();
    if (!habit.at.empty()) {
        if (stream.done == habit.at.size()) return;
        at = base::Instant::zero() + habit.at[stream.done++];
    } else if (habit.every > base::Duration::zero()) {
        const base::Instant since = first ? base::Instant::zero() + habit.from : after;
        base::Duration gap = habit.every;
        if (!habit.steady) {
            gap = base::exponential(stream.rng, habit.every);
        } else if (first) {
            gap = stream.rng.between(base::Duration::zero(), habit.every);
        }
        at = since + gap;
    }
    if (at - base::Instant::zero() < habit.until) wishes_.push({at, index});
}

void Wishes::make_due(const Moment& wish) {
    Stream& stream = streams_[wish.stream];
    const Habit& habit = params_.habits[stream.habit];
    const policy::DailyHours hours = params_.hours[stream.member];
    base::Instant at = wish.at;
    if (!hours.contains(at)) {
        if (habit.skip_asleep || hours.length <= base::Duration::zero()) return;
        at = hours.next_start(at) +
             stream.rng.between(base::Duration::zero(), hours.length - base::nanoseconds(1));
    }
    if (at - base::Instant::zero() < habit.until) due_.push({at, wish.stream});
}

std::optional<protocol::Command> Wishes::command(Stream& stream) {
    const Habit& habit = params_.habits[stream.habit];
    switch (habit.deed) {
        case Deed::photo: {
            const crypto::PhantomId id{params_.seed, sim::PeerId{stream.member}, ++photos_[stream.member]};
            protocol::Put put = sim::phantom_put(id, habit.size);
            objects_.push_back({stream.member, put.manifest->object});
            return put;
        }
        case Deed::notice:
            return sim::phantom_notice(habit.size);
        case Deed::read:
            break;
    }
    const auto object = somebody_elses(stream);
    if (!object) return {};
    return protocol::Get{*object};
}

std::optional<base::Digest> Wishes::somebody_elses(Stream& stream) const {
    constexpr int tries_max =
        16;  // a village where one member puts everything has nothing for itself to read
    for (int tries = 0; tries < tries_max && !objects_.empty(); ++tries) {
        const Object& object = objects_[stream.rng.below(objects_.size())];
        if (object.author != stream.member) return object.name;
    }
    return {};
}

}  // namespace coop::models

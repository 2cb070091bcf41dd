// EventQueue: what happens next, in one total order.
//
//              ┌─ later ──────────────► wheels, coarse to fine: 11 levels of 64 buckets, unsorted
//     push ────┤                            │ the first bucket, when nothing is open any more:
//              │                            │ spread over the finer wheels, or sorted once it is small
//              └─ within what is open ─► latecomers (a heap)     run (sorted)
//                                            └───────► pop ◄───────┘   the earlier of both
//
// Many at once that fall within what is open (push_all) are merged into the run.
//
// A bucket's level is the highest digit (base 64) in which its time differs from the start of what is open;
// since time never goes back, an event moves down a level at a time, at most, and is sorted among a few only.
//
// Law: the order is total and does not depend on who scheduled what first: `origin` is the node that caused
// the event and `count` that node's own counter. Time never goes back. Nothing else may know how the queue
// sorts, so that it can be replaced. No allocation in steady state; what a burst needed is given back.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/time.hpp"
#include "engine/sim/blocks.hpp"

namespace coop::sim {

/// One entry, 24 bytes. What it carries lies in a pool under `slot`; kinds are the simulation's.
struct Event {
    base::Instant at;
    std::uint32_t origin = 0;  ///< the node that caused it
    std::uint32_t count = 0;   ///< that node's own counter: with `at` and `origin` the key
    std::uint32_t slot = 0;    ///< payload, or the generation that a deadline was armed in
    std::uint32_t kind = 0;

    constexpr bool before(const Event& other) const {
        if (at != other.at) return at < other.at;
        if (origin != other.origin) return origin < other.origin;
        return count < other.count;
    }
};
static_assert(sizeof(Event) == 24);

class EventQueue {
  public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    /// The moment of the last event that was popped.
    base::Instant now() const { return now_; }
    /// Of a queue that is not empty; valid until the next call.
    const Event& next() {
        COOP_ASSERT(size_ > 0);
        if (run_next_ == run_.size() && late_.empty()) open();
        const bool on_time = run_next_ < run_.size();
        if (late_.empty() || (on_time && run_[run_next_].before(late_.front()))) return run_[run_next_];
        return late_.front();
    }
    base::Instant next_at() { return next().at; }

    /// Not before the last one that was popped, nor before time zero.
    void push(const Event& event) {
        COOP_ASSERT(event.at >= now_);
        ++size_;
        const std::uint64_t time = time_of(event);
        if (time < open_until_ && late_.size() >= crowd) narrow();
        if (time < open_until_) {
            late_.push_back(event);
            std::push_heap(late_.begin(), late_.end(), comes_after);
        } else {
            put_into_wheel(event, time ^ open_from_);
        }
    }
    /// As each of them alone; quicker where many come within what is open.
    void push_all(std::span<Event> events) {
        const auto late = std::partition(events.begin(), events.end(),
                                         [this](const Event& e) { return time_of(e) >= open_until_; });
        const std::size_t left = run_.size() - run_next_;
        const auto own = static_cast<std::size_t>(events.end() - late);
        const bool few = own * few_to_merge < left;
        std::for_each(events.begin(), few ? events.end() : late, [this](const Event& e) { push(e); });
        if (few || own == 0) return;
        std::sort(late, events.end(), comes_before);
        COOP_ASSERT(late->at >= now_);
        merged_.resize(left + own);
        std::merge(run_.begin() + static_cast<std::ptrdiff_t>(run_next_), run_.end(), late, events.end(),
                   merged_.begin(), comes_before);
        run_.swap(merged_);
        run_next_ = 0;
        size_ += own;
    }
    Event pop() { return take(next()); }
    /// The next one into `event`, if it comes before `bound`.
    bool pop_before(const Event& bound, Event& event) {
        if (size_ == 0) return false;
        const Event& first = next();
        if (!first.before(bound)) return false;
        event = take(first);
        return true;
    }
    /// What comes so many after the next one, as far as that is known; or null.
    const Event* ahead(std::size_t places) const {
        const std::size_t place = run_next_ + places;
        return place < run_.size() ? &run_[place] : nullptr;
    }
    /// Bytes taken up, for memory limits.
    std::size_t bytes() const {
        return blocks_.bytes() + (run_.capacity() + merged_.capacity() + late_.capacity()) * sizeof(Event);
    }

  private:
    static constexpr int digit = 6;  // bits
    static constexpr int buckets = 1 << digit;
    static constexpr int levels = (64 + digit - 1) / digit;
    // A bucket of so few is sorted where it is: a small part of all, so that few come late. Measured:
    // bench/README.md
    static constexpr std::uint32_t few_min = 16;
    static constexpr std::uint32_t few_max = 8192;
    // Up to so many in one part of a run's span are put in order by insertion, as libstdc++'s std::sort does.
    static constexpr std::uint32_t insert_max = 16;
    // So many latecomers say that what is open is too wide.
    static constexpr std::size_t crowd = 256;
    // Where so many times as much is left as comes, a heap beats moving all of it. Guess. Study:
    // scenarios/scale/million.toml
    static constexpr std::size_t few_to_merge = 16;
    using Pool = Blocks<Event, 31>;

    struct Bucket {
        Pool::Block* first = nullptr;
        std::uint32_t free = 0;  ///< items of its first block that are not filled: it fills from the end
        std::uint32_t count = 0;
    };

    std::uint32_t few() const {
        return static_cast<std::uint32_t>(std::clamp<std::size_t>(size_ / 32, few_min, few_max));
    }
    static std::uint64_t time_of(const Event& event) { return static_cast<std::uint64_t>(event.at.ns()); }
    static bool comes_before(const Event& a, const Event& b) { return a.before(b); }
    static bool comes_after(const Event& a, const Event& b) { return b.before(a); }

    Event take(const Event& first) {
        const Event event = first;
        if (!late_.empty() && &first == late_.data()) {
            std::pop_heap(late_.begin(), late_.end(), comes_after);
            late_.pop_back();
        } else {
            ++run_next_;
        }
        --size_;
        now_ = event.at;
        return event;
    }

    /// `differs`: in which bits its time differs from the start of what is open.
    void put_into_wheel(const Event& event, std::uint64_t differs) {
        const int level = (63 - std::countl_zero(differs | 1)) / digit;
        const auto number = static_cast<std::size_t>(time_of(event) >> (level * digit)) % buckets;
        const auto at_level = static_cast<std::size_t>(level);
        Bucket& bucket = wheels_[at_level][number];
        if (bucket.free == 0) [[unlikely]]
            lengthen(bucket);
        bucket.first->items[--bucket.free] = event;
        ++bucket.count;
        filled_[at_level] |= std::uint64_t{1} << number;
        levels_filled_ |= 1U << level;
    }

    // Not inlined: the way of nearly every event stays short.
    [[gnu::noinline]] void lengthen(Bucket& bucket) {
        auto& block = blocks_.take();
        block.next = bucket.first;
        bucket.first = &block;
        bucket.free = Pool::length;
    }

    /// Sorts the first bucket into the run; one that is too large is spread over finer wheels before.
    void open() {
        run_.clear();
        run_next_ = 0;
        merged_.clear();
        for (std::vector<Event>* const each : {&run_, &merged_})
            if (each->capacity() > 4 * std::max(size_, crowd)) each->shrink_to_fit();
        for (;;) {
            const auto level = static_cast<std::size_t>(std::countr_zero(levels_filled_));
            const auto number = static_cast<std::size_t>(std::countr_zero(filled_[level]));
            const Bucket bucket = std::exchange(wheels_[level][number], {});
            filled_[level] &= filled_[level] - 1;
            if (filled_[level] == 0) levels_filled_ &= ~(1U << level);

            const int shift = static_cast<int>(level) * digit;
            const std::uint64_t coarser = shift + digit < 64 ? ~std::uint64_t{0} << (shift + digit) : 0;
            open_from_ = (open_from_ & coarser) | (std::uint64_t{number} << shift);
            if (bucket.count <= few() || level == 0) {
                open_until_ = open_from_ + (std::uint64_t{1} << shift);
                return sort_into_run(bucket, shift);
            }
            empty_out(bucket,
                      [this](const Event& event) { put_into_wheel(event, time_of(event) ^ open_from_); });
        }
    }
    /// `shift`: the bucket's events differ in so many low bits of their times. The highest of these bits say
    /// nearly all about the order: so many that a value of them has one event or so.
    void sort_into_run(Bucket bucket, int shift) {
        const int bits = std::min(shift, static_cast<int>(std::bit_width(std::min(bucket.count, few_max))));
        const auto part = [this, low = shift - bits](const Event& event) {
            return static_cast<std::size_t>((time_of(event) - open_from_) >> low);
        };
        starts_.assign((std::size_t{1} << bits) + 1, 0);
        each_of(bucket, [&](const Event& event) { ++starts_[part(event) + 1]; });
        std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
        run_.resize(bucket.count);
        empty_out(bucket, [&](const Event& event) { run_[starts_[part(event)]++] = event; });
        std::uint32_t from = 0;  // each start has moved to where its part ends
        for (std::size_t i = 0; i + 1 < starts_.size(); from = starts_[i++])
            if (starts_[i] - from > insert_max)
                std::sort(run_.begin() + from, run_.begin() + starts_[i], comes_before);
        insert_in_order();
    }
    /// Of a run in which few are out of order, and none is far from its place.
    void insert_in_order() {
        for (std::size_t i = 1; i < run_.size(); ++i) {
            if (!run_[i].before(run_[i - 1])) continue;
            const Event event = run_[i];
            std::size_t place = i;
            for (; place > 0 && event.before(run_[place - 1]); --place) run_[place] = run_[place - 1];
            run_[place] = event;
        }
    }
    template <class Visit>
    static void each_of(Bucket bucket, Visit visit) {
        for (auto* block = bucket.first; block != nullptr; block = block->next, bucket.free = 0)
            each_of(*block, bucket.free, visit);
    }
    template <class Visit>
    static void each_of(const Pool::Block& block, std::uint32_t free, Visit visit) {
        if (block.next != nullptr) block.next->fetch();
        for (std::uint32_t i = free; i < Pool::length; ++i) visit(block.items[i]);
    }
    template <class Visit>
    void empty_out(Bucket bucket, Visit visit) {
        while (bucket.first != nullptr) {
            auto& block = *std::exchange(bucket.first, bucket.first->next);
            each_of(block, std::exchange(bucket.free, 0), visit);
            blocks_.give_back(block);
        }
    }
    /// Puts what is left of what is open into the finer wheels, from now on.
    void narrow() {
        const auto from = static_cast<std::uint64_t>(now_.ns());
        if (now_ < base::Instant::zero() || from < open_from_ || open_until_ - open_from_ == 1) return;
        open_from_ = open_until_ = from;
        for (; run_next_ < run_.size(); ++run_next_)
            put_into_wheel(run_[run_next_], time_of(run_[run_next_]) ^ open_from_);
        for (const Event& event : late_) put_into_wheel(event, time_of(event) ^ open_from_);
        late_.clear();
    }

    Pool blocks_;
    std::array<std::array<Bucket, buckets>, levels> wheels_{};
    std::array<std::uint64_t, levels> filled_{};  // a bit a bucket
    std::uint32_t levels_filled_ = 0;             // a bit a level
    std::uint64_t open_from_ = 0;  // of what is open, and until: in it nothing lies in the wheels
    std::uint64_t open_until_ = 0;
    std::vector<Event> run_;  // sorted
    std::size_t run_next_ = 0;
    std::vector<Event> merged_;          // while more is brought into it
    std::vector<std::uint32_t> starts_;  // of parts, while a run is sorted
    std::vector<Event> late_;            // a heap
    std::size_t size_ = 0;
    base::Instant now_ = base::Instant::of_ns(INT64_MIN);
};

}  // namespace coop::sim

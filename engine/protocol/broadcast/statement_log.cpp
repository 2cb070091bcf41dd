#include "engine/protocol/broadcast/statement_log.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace coop::protocol::broadcast {
namespace {

using base::Duration;
using base::Instant;

// Expiry is not urgent: one look an hour.
constexpr Duration expiry_grain = base::hours(1);
constexpr std::uint32_t heard_bits = 64;

Instant round_up(Instant at) {
    const Duration rest = base::time_of_day(at) % expiry_grain;
    return rest == Duration::zero() ? at : at + (expiry_grain - rest);
}

/// What is given up first when too much is kept: what expires anyway, then copies, then members.
int worth(const Statement& statement) {
    if (std::holds_alternative<Announcement>(statement.body)) return 2;
    const auto* holding = std::get_if<Holding>(&statement.body);
    return holding != nullptr && holding->custody != Custody::released ? 1 : 0;
}

bool includes(const Heard& heard, std::uint32_t sequence) {
    if (sequence <= heard.through) return true;
    const std::uint32_t bit = sequence - heard.through - 1;
    return bit < heard_bits && (heard.above >> bit & 1) != 0;
}

/// A signed time in the future counts as now.
Instant believable(const Statement& statement, Instant now) {
    return std::clamp(statement.at, Instant::zero(), now);
}

bool by_origin(const Heard& a, const Heard& b) { return a.origin < b.origin; }

}  // namespace

// --- one origin ------------------------------------------------------------------------------------------

bool StatementLog::Window::has(std::uint32_t sequence) const {
    const std::uint32_t bit = sequence - base - 1;
    return (bits[bit / 64] >> (bit % 64) & 1) != 0;
}

bool StatementLog::Window::wants(std::uint32_t sequence) const {
    if (sequence <= through) return false;
    return sequence <= base || sequence - base > window_size || !has(sequence);
}

/// Only what is wanted.
void StatementLog::Window::insert(std::uint32_t sequence) {
    if (sequence <= base) {
        through = sequence;
    } else {
        if (sequence - base > window_size) make_room_for(sequence);
        const std::uint32_t bit = sequence - base - 1;
        bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    settle();
}

void StatementLog::Window::make_room_for(std::uint32_t sequence) {
    const std::uint32_t new_base = sequence - window_size;
    const std::uint32_t seen = highest();
    if (!open()) {
        // What lies below a seen number by more than a window is not coming. What lies above all seen may.
        through = std::min(seen, new_base);
    } else {
        for (std::uint32_t s = std::min(new_base, base + window_size); s > base; --s) {
            if (!has(s)) continue;
            through = s;
            break;
        }
    }
    skip_to(new_base);
}

void StatementLog::Window::skip_to(std::uint32_t new_base) {
    const std::uint32_t by = new_base - base;
    const std::uint32_t words = by / 64;
    const std::uint32_t rest = by % 64;
    for (std::uint32_t i = 0; i < bits.size(); ++i) {
        const std::uint64_t low = i + words < bits.size() ? bits[i + words] : 0;
        const std::uint64_t high = i + words + 1 < bits.size() ? bits[i + words + 1] : 0;
        bits[i] = rest == 0 ? low : (low >> rest) | (high << (64 - rest));
    }
    base = new_base;
}

/// Takes the run of seen numbers at the bottom of the window into `through`.
void StatementLog::Window::settle() {
    while (!open()) {
        const auto run = static_cast<std::uint32_t>(std::countr_one(bits[0]));
        if (run == 0) return;
        skip_to(base + run);
        through = base;
    }
}

std::uint32_t StatementLog::Window::highest() const {
    for (std::size_t i = bits.size(); i-- > 0;) {
        if (bits[i] != 0)
            return base + static_cast<std::uint32_t>(i) * 64 +
                   static_cast<std::uint32_t>(std::bit_width(bits[i]));
    }
    return through;
}

Heard StatementLog::Window::heard() const { return {origin, through, open() ? 0 : bits[0]}; }

// --- what was seen ---------------------------------------------------------------------------------------

StatementLog::StatementLog(const BroadcastConfig& config, std::uint32_t origins_max, PeerId own)
    : config_(&config), origins_max_(origins_max), own_(own) {}

Seen StatementLog::insert(const SignedRef& statement, Instant now, std::uint16_t hops) {
    const StatementId id = statement->statement.id;
    Window* seen = window(id.origin);
    if (seen == nullptr) seen = open_window(statement->statement, now);
    if (seen == nullptr) return Seen::too_old;
    if (!seen->wants(id.sequence)) {
        const bool in_window = id.sequence > seen->base || find(id) != nullptr;
        return in_window ? Seen::before : Seen::too_old;
    }
    seen->insert(id.sequence);
    if (statement->statement.at < seen->since)
        return Seen::too_old;  // its number is known now: not sent again
    seen->latest = std::max(seen->latest, std::min(statement->statement.at, now + clock_skew_max));
    seen->member |= std::holds_alternative<Announcement>(statement->statement.body);
    keep(statement, now, hops);
    return Seen::first;
}

bool StatementLog::wants(StatementId id) const {
    const Window* seen = window(id.origin);
    return seen == nullptr ? id.sequence > 0 : seen->wants(id.sequence);
}

void StatementLog::caught_up_to(StatementId id) {
    Window* seen = window(id.origin);
    if (seen == nullptr || id.sequence <= seen->through) return;
    if (seen->open()) {
        if (id.sequence <= seen->base) return;
        seen->through = seen->base;
    } else {
        // A gap that a neighbour could not fill and that `Heard` cannot express any more is a gap for good.
        const std::uint32_t highest = seen->highest();
        const std::uint32_t expressible = highest > heard_bits ? highest - heard_bits : 0;
        const std::uint32_t skipped = std::min(id.sequence - 1, expressible);
        if (skipped > seen->base) {
            seen->skip_to(skipped);
            seen->through = skipped;
        }
    }
    seen->settle();
}

std::shared_ptr<const std::vector<Heard>> StatementLog::heard_vector(base::Rng& rng) const {
    auto heard = std::make_shared<std::vector<Heard>>();
    const std::size_t count = std::min(windows_.size(), heard_in_message_max);
    const std::size_t first = count < windows_.size() ? rng.below(windows_.size()) : 0;
    heard->reserve(count);
    for (std::size_t i = 0; i < count; ++i) heard->push_back(windows_[(first + i) % windows_.size()].heard());
    return heard;
}

std::vector<SignedRef> StatementLog::missing_for(const SyncAsk& ask, std::size_t max) const {
    // A full list has left origins out; then nothing is sent of those that it does not name.
    const bool complete = ask.heard->size() < heard_in_message_max;
    std::vector<Heard> known(ask.heard->begin(), ask.heard->end());
    std::stable_sort(known.begin(), known.end(), by_origin);
    std::vector<SignedRef> missing;
    auto at = known.begin();
    for (const Kept& each : kept_) {
        if (missing.size() >= max) break;
        while (at != known.end() && at->origin < each.id.origin) ++at;
        const bool named = at != known.end() && at->origin == each.id.origin;
        const bool lacked = named ? !includes(*at, each.id.sequence)
                                  : complete && each.statement->statement.at >= ask.forgotten_before;
        if (lacked) missing.push_back(each.statement);
    }
    return missing;
}

/// Gaps count: what a board said last evening lies below what it says when it wakes. Some gaps are for good;
/// then the answer is empty.
bool StatementLog::lacks_from(std::span<const Heard> heard) const {
    return std::any_of(heard.begin(), heard.end(), [&](const Heard& h) {
        const Window* seen = window(h.origin);
        if (seen == nullptr) return h.through > 0 || h.above != 0;
        if (h.through > seen->through && (seen->open() || h.through > seen->highest())) return true;
        for (std::uint64_t s = std::uint64_t{seen->base} + 1; s <= h.through; ++s) {
            if (seen->wants(static_cast<std::uint32_t>(s))) return true;
        }
        for (std::uint64_t s = std::uint64_t{h.through} + 1; s <= std::uint64_t{h.through} + heard_bits;
             ++s) {
            if (s > UINT32_MAX) return false;
            const auto sequence = static_cast<std::uint32_t>(s);
            if (includes(h, sequence) && seen->wants(sequence)) return true;
        }
        return false;
    });
}

StatementLog::Window* StatementLog::window(PeerId origin) {
    const auto place = std::lower_bound(windows_.begin(), windows_.end(), origin,
                                        [](const Window& w, PeerId o) { return w.origin < o; });
    return place != windows_.end() && place->origin == origin ? &*place : nullptr;
}

const StatementLog::Window* StatementLog::window(PeerId origin) const {
    return const_cast<StatementLog*>(this)->window(origin);
}

/// Null for what is not taken of an origin that is not known (any more).
StatementLog::Window* StatementLog::open_window(const Statement& statement, Instant now) {
    if (statement.id.sequence == 0 || may_be_forgotten(statement, now)) return nullptr;
    if (windows_.size() >= origins_max_) {
        forget_origins();
        if (may_be_forgotten(statement, now)) return nullptr;
    }
    const auto place = std::lower_bound(windows_.begin(), windows_.end(), statement.id.origin,
                                        [](const Window& w, PeerId origin) { return w.origin < origin; });
    return &*windows_.insert(place, Window{.origin = statement.id.origin, .since = forgotten_before_});
}

/// Whether this may have been taken once, from an origin that was forgotten since.
bool StatementLog::may_be_forgotten(const Statement& statement, Instant now) const {
    const bool forgetful = forgotten_before_ > Instant::zero();
    return forgetful && (statement.at < forgotten_before_ || statement.at > now + clock_skew_max);
}

/// A sixteenth at a time, as evict() does.
void StatementLog::forget_origins() {
    using Rank = std::tuple<bool, bool, Instant, PeerId>;
    const auto rank = [this](const Window& w) {
        return Rank{w.origin == own_, w.member, w.latest, w.origin};
    };
    std::vector<Rank> ranks;
    ranks.reserve(windows_.size());
    for (const Window& each : windows_) ranks.push_back(rank(each));
    const auto last = ranks.begin() + static_cast<std::ptrdiff_t>(windows_.size() / 16);
    std::nth_element(ranks.begin(), last, ranks.end());
    for (auto each = ranks.begin(); each <= last; ++each)
        forgotten_before_ = std::max(forgotten_before_, std::get<Instant>(*each) + base::nanoseconds(1));
    std::erase_if(windows_, [&](const Window& w) { return rank(w) <= *last; });
    std::erase_if(kept_, [&](const Kept& k) { return window(k.id.origin) == nullptr; });
}

// --- what is kept ----------------------------------------------------------------------------------------

const Kept* StatementLog::kept(StatementId id) const {
    const auto place = std::lower_bound(kept_.begin(), kept_.end(), id,
                                        [](const Kept& k, StatementId i) { return k.id < i; });
    return place != kept_.end() && place->id == id ? &*place : nullptr;
}

const SignedRef* StatementLog::find(StatementId id) const {
    const Kept* const found = kept(id);
    return found == nullptr ? nullptr : &found->statement;
}

void StatementLog::keep(const SignedRef& statement, Instant now, std::uint16_t hops) {
    const Instant expires = expiry(statement->statement, now);
    if (expires <= now || !supersede(statement->statement)) return;
    next_expiry_ = std::min(next_expiry_, round_up(expires));
    const auto place = std::lower_bound(kept_.begin(), kept_.end(), statement->statement.id,
                                        [](const Kept& k, StatementId i) { return k.id < i; });
    kept_.insert(place, Kept{statement->statement.id, hops, statement});
    if (kept_.size() > config_->cache_max) evict();
}

/// Drops what this one replaces: older announcements of the member, older word about the same object. False
/// when a newer one has replaced it already.
bool StatementLog::supersede(const Statement& statement) {
    if (std::holds_alternative<Notice>(statement.body)) return true;
    const auto replaces = [&](const Statement& other) {
        if (other.body.index() != statement.body.index()) return false;
        const auto* holding = std::get_if<Holding>(&statement.body);
        return holding == nullptr || std::get<Holding>(other.body).object == holding->object;
    };
    auto at = std::lower_bound(kept_.begin(), kept_.end(), StatementId{statement.id.origin, 0},
                               [](const Kept& k, StatementId i) { return k.id < i; });
    while (at != kept_.end() && at->id.origin == statement.id.origin) {
        if (!replaces(at->statement->statement)) {
            ++at;
        } else if (at->id.sequence > statement.id.sequence) {
            return false;
        } else {
            at = kept_.erase(at);
        }
    }
    return true;
}

/// A sixteenth at a time, so that a full log does not search itself for every statement.
void StatementLog::evict() {
    using Rank = std::tuple<int, Instant, StatementId>;
    std::vector<Rank> ranks;
    ranks.reserve(kept_.size());
    for (const Kept& each : kept_)
        ranks.emplace_back(worth(each.statement->statement), each.statement->statement.at, each.id);
    const std::size_t surplus = kept_.size() - config_->cache_max;
    const std::size_t count = std::min(kept_.size(), surplus + config_->cache_max / 16);
    if (count < ranks.size()) {
        const auto limit = ranks.begin() + static_cast<std::ptrdiff_t>(count);
        std::nth_element(ranks.begin(), limit, ranks.end());
        const Rank first_kept = *limit;
        std::erase_if(kept_, [&](const Kept& k) {
            return Rank{worth(k.statement->statement), k.statement->statement.at, k.id} < first_kept;
        });
    } else {
        kept_.clear();
    }
}

/// What is signed for the future expires a full time after it is past.
Instant StatementLog::expiry(const Statement& statement, Instant now) const {
    const auto* holding = std::get_if<Holding>(&statement.body);
    const bool passes = std::holds_alternative<Notice>(statement.body) ||
                        (holding != nullptr && holding->custody == Custody::released);
    return passes ? believable(statement, now) + config_->notice_ttl : Instant::never();
}

void StatementLog::on_deadline(Instant now) {
    if (now < next_expiry_) return;
    next_expiry_ = Instant::never();
    std::erase_if(kept_, [&](const Kept& k) {
        const Instant expires = expiry(k.statement->statement, now);
        if (expires > now) next_expiry_ = std::min(next_expiry_, round_up(expires));
        return expires <= now;
    });
}

}  // namespace coop::protocol::broadcast

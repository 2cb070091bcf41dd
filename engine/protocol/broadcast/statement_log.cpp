#include "engine/protocol/broadcast/statement_log.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace coop::protocol::broadcast {
namespace {

using base::Duration;
using base::Instant;

// Expiry is not urgent: one look an hour.
constexpr Duration expiry_grain = base::hours(1);
// One origin's part of the words on copies: sixteen boards would have to lie before there is no room for
// others.
constexpr std::uint32_t origins_with_room = 16;

Instant round_up(Instant at) {
    const Duration rest = base::time_of_day(at) % expiry_grain;
    return rest == Duration::zero() ? at : at + (expiry_grain - rest);
}

/// A signed time in the future counts as now.
Instant believable(const Statement& statement, Instant now) {
    return std::clamp(statement.at, Instant::zero(), now);
}

/// Or that there is none any more: such a word lasts as long as the one that it replaces would.
bool is_copy(const Statement& statement) { return std::holds_alternative<Holding>(statement.body); }
bool is_notice(const Statement& statement) { return std::holds_alternative<Notice>(statement.body); }

// A part of an object's name: what has the same is compared in full.
std::uint16_t matter_of(const Statement& statement) {
    if (std::holds_alternative<Notice>(statement.body)) return 0;
    const auto* const holding = std::get_if<Holding>(&statement.body);
    return holding == nullptr
               ? 1
               : std::max<std::uint16_t>(2, static_cast<std::uint16_t>(holding->object.prefix()));
}

bool by_origin(const Heard& a, const Heard& b) { return a.origin < b.origin; }

}  // namespace

StatementLog::StatementLog(const BroadcastConfig& config, std::uint32_t origins_max, PeerId own)
    : config_(&config), origins_max_(origins_max), own_(own) {}

// --- what was seen ---------------------------------------------------------------------------------------

Seen StatementLog::insert(const SignedRef& statement, Instant now, std::uint16_t hops) {
    const Statement& said = statement->statement;
    if (said.id.sequence > sequence_max) return Seen::too_old;
    OriginLog* origin = find_origin(said.id.origin);
    if (origin == nullptr) origin = open_origin(said, now);
    if (origin == nullptr) return Seen::too_old;
    if (origin->seen(said.id.sequence)) {
        const bool remembered =
            said.id.sequence > origin->through() || origin->find(said.id.sequence) != nullptr;
        return remembered ? Seen::before : Seen::too_old;
    }
    const bool kept = said.at >= origin->since() &&
                      keep(*origin, {said.id.sequence, matter_of(said), hops, statement}, now);
    origin->mark(said.id.sequence);
    if (!kept) return Seen::too_old;
    origin->spoke(std::min(said.at, now + clock_skew_max), std::holds_alternative<Announcement>(said.body));
    if (notices_ > config_->cache_max) evict(now);
    return Seen::first;
}

bool StatementLog::wants(StatementId id) const {
    const OriginLog* const origin = find_origin(id.origin);
    if (id.sequence == 0 || id.sequence > sequence_max) return false;
    return origin == nullptr || !origin->seen(id.sequence);
}

bool StatementLog::gone(PeerId origin, std::uint32_t first, std::uint32_t last) {
    OriginLog* const found = find_origin(origin);
    return found != nullptr && found->gone(first, std::min(last, sequence_max));
}

void StatementLog::refuse(StatementId id) {
    OriginLog* const origin = find_origin(id.origin);
    if (origin == nullptr) return;
    origin->mark(id.sequence);
    origin->let_go();
}

void StatementLog::forget_copies(PeerId origin) {
    OriginLog* const found = find_origin(origin);
    if (found == nullptr) return;
    found->let_go();
    found->drop_if([this](const Kept& k) {
        if (!is_copy(k.statement->statement)) return false;
        count(k, -1);
        return true;
    });
}

bool StatementLog::silent(const OriginLog& origin, Instant now) const {
    return origin.latest() + config_->notice_ttl < now;
}

std::shared_ptr<const std::vector<Heard>> StatementLog::heard_vector(Instant now, base::Rng& rng,
                                                                     const Passed& passed) const {
    auto heard = std::make_shared<std::vector<Heard>>();
    const std::size_t count = std::min(origins_.size() + passed.size(), heard_in_message_max);
    heard->reserve(count);
    for (const auto& [origin, sequence] : passed) {
        const OriginLog* const known = find_origin(origin);
        heard->push_back(known != nullptr ? known->heard(sequence) : Heard{origin, sequence, 0});
    }
    const std::size_t first = origins_.size() > count ? rng.below(origins_.size()) : 0;
    for (std::size_t i = 0; i < origins_.size() && heard->size() < count; ++i) {
        const OriginLog& origin = origins_[(first + i) % origins_.size()];
        if (passed.empty() || !passed.contains(origin.origin()))
            heard->push_back(origin.heard(silent(origin, now) ? origin.highest() : 0));
    }
    return heard;
}

std::vector<Gossip> StatementLog::missing_for(const SyncAsk& ask, std::size_t max, base::Rng& rng) const {
    // A full list has left origins out; then nothing is sent of those that it does not name.
    const bool complete = ask.heard->size() < heard_in_message_max;
    std::vector<Heard> known(ask.heard->begin(), ask.heard->end());
    std::stable_sort(known.begin(), known.end(), by_origin);
    std::vector<Gossip> missing;
    bool all = true;
    const std::size_t first = origins_.empty() ? 0 : rng.below(origins_.size());
    for (std::size_t i = 0; all && i < origins_.size(); ++i) {
        const OriginLog& origin = origins_[(first + i) % origins_.size()];
        const Heard nothing{origin.origin()};
        const auto at = std::lower_bound(known.begin(), known.end(), nothing, by_origin);
        const bool named = at != known.end() && at->origin == origin.origin();
        if (!named && !complete) continue;
        Lacking lacking{named ? *at : nothing, Instant::zero()};
        const bool unheard = lacking.heard.through == 0 && lacking.heard.above == 0;
        if (unheard) lacking.since = ask.forgotten_before;
        lacking.only_notices = !named && ask.full;
        all = missing_of(origin, lacking, max, missing);
    }
    for (Gossip& each : missing) each.exchange = ask.exchange;
    if (!missing.empty()) missing.back().part = all ? Part::complete : Part::ask_again;
    return missing;
}

/// False when there is more than fits.
bool StatementLog::missing_of(const OriginLog& origin, const Lacking& lacking, std::size_t max,
                              std::vector<Gossip>& out) {
    std::uint32_t sent = lacking.heard.through;
    for (const Kept& each : origin.kept()) {
        const std::uint32_t number = each.sequence;
        if (includes(lacking.heard, number) || each.statement->statement.at < lacking.since) continue;
        if (lacking.only_notices && !is_notice(each.statement->statement)) continue;
        if (out.size() >= max) return false;
        // What is not wanted now may be when there is room again: it is not gone.
        const bool knows_gaps = origin.whole() && number <= origin.through() && !lacking.only_notices;
        out.push_back({.statement = each.statement, .gone = knows_gaps ? number - sent - 1 : 0});
        sent = number;
    }
    return true;
}

bool StatementLog::lacks_from(std::span<const Heard> heard, Instant now) const {
    return std::any_of(heard.begin(), heard.end(), [&](const Heard& h) {
        const OriginLog* const origin = find_origin(h.origin);
        if (origin == nullptr) return h.through > 0 || h.above != 0;
        if (silent(*origin, now)) return h.through > origin->highest();
        return origin->lacks_from(h);
    });
}

// --- whose -----------------------------------------------------------------------------------------------

OriginLog* StatementLog::find_origin(PeerId origin) {
    if (!sieve_.may_hold(origin.index)) return nullptr;
    const auto place =
        std::lower_bound(origins_.begin(), origins_.end(), origin,
                         [](const OriginLog& o, PeerId wanted) { return o.origin() < wanted; });
    return place != origins_.end() && place->origin() == origin ? &*place : nullptr;
}

const OriginLog* StatementLog::find_origin(PeerId origin) const {
    return const_cast<StatementLog*>(this)->find_origin(origin);
}

/// Null for what is not taken of an origin that is not known (any more).
OriginLog* StatementLog::open_origin(const Statement& statement, Instant now) {
    if (statement.id.sequence == 0 || may_be_forgotten(statement, now)) return nullptr;
    if (origins_.size() >= origins_max_) {
        forget_origins();
        if (may_be_forgotten(statement, now)) return nullptr;
    }
    const auto place =
        std::lower_bound(origins_.begin(), origins_.end(), statement.id.origin,
                         [](const OriginLog& o, PeerId origin) { return o.origin() < origin; });
    sieve_.add(statement.id.origin.index);
    return &*origins_.insert(place, OriginLog(statement.id.origin, forgotten_before_));
}

/// Whether this may have been taken once, from an origin that was forgotten since.
bool StatementLog::may_be_forgotten(const Statement& statement, Instant now) const {
    const bool forgetful = forgotten_before_ > Instant::zero();
    return forgetful && (statement.at < forgotten_before_ || statement.at > now + clock_skew_max);
}

/// A sixteenth at a time, as evict() does.
void StatementLog::forget_origins() {
    using Rank = std::tuple<bool, bool, Instant, PeerId>;
    const auto rank = [this](const OriginLog& o) {
        return Rank{o.origin() == own_, o.member(), o.latest(), o.origin()};
    };
    std::vector<Rank> ranks;
    ranks.reserve(origins_.size());
    for (const OriginLog& each : origins_) ranks.push_back(rank(each));
    const auto last = ranks.begin() + static_cast<std::ptrdiff_t>(origins_.size() / 16);
    std::nth_element(ranks.begin(), last, ranks.end());
    for (auto each = ranks.begin(); each <= last; ++each)
        forgotten_before_ = std::max(forgotten_before_, std::get<Instant>(*each) + base::nanoseconds(1));
    base::erase_if(origins_, [&](const OriginLog& o) {
        if (rank(o) > *last) return false;
        for (const Kept& each : o.kept()) count(each, -1);
        return true;
    });
    sieve_.clear();
    for (const OriginLog& each : origins_) sieve_.add(each.origin().index);
}

// --- what is kept ----------------------------------------------------------------------------------------

const Kept* StatementLog::kept(StatementId id) const {
    const OriginLog* const origin = find_origin(id.origin);
    return origin == nullptr ? nullptr : origin->find(id.sequence);
}

const SignedRef* StatementLog::find(StatementId id) const {
    const Kept* const found = kept(id);
    return found == nullptr ? nullptr : &found->statement;
}

std::size_t StatementLog::size() const {
    std::size_t sum = 0;
    for (const OriginLog& each : origins_) sum += each.kept().size();
    return sum;
}

/// It takes the place of an older word on the same matter; false when a newer one has done so already.
bool StatementLog::keep(OriginLog& origin, Kept statement, Instant now) {
    const Statement& said = statement.statement->statement;
    const Instant expires = expiry(said, now);
    if (expires <= now || (is_notice(said) && said.at <= evicted_until_)) return false;
    if (const Kept* const other = origin.same_matter(statement.matter, said)) {
        if (other->sequence > said.id.sequence) return false;
        count(*other, -1);
        origin.drop(other->sequence);
    }
    next_expiry_ = std::min(next_expiry_, round_up(expires));
    count(statement, +1);
    origin.keep(std::move(statement));
    return true;
}

bool StatementLog::has_room_for(const Statement& statement) const {
    if (!is_copy(statement) || statement.id.origin == own_) return true;
    const OriginLog* const origin = find_origin(statement.id.origin);
    const bool replaces =
        origin != nullptr && origin->same_matter(matter_of(statement), statement) != nullptr;
    if (replaces) return true;
    if (copies_ >= config_->copies_max) return false;
    const std::size_t part = std::max<std::size_t>(1, config_->copies_max / origins_with_room);
    if (origin == nullptr || origin->kept().size() < part) return true;
    const auto counts = [](const Kept& k) { return is_copy(k.statement->statement); };
    return static_cast<std::size_t>(std::count_if(origin->kept().begin(), origin->kept().end(), counts)) <
           part;
}

void StatementLog::count(const Kept& kept, int change) {
    const Statement& statement = kept.statement->statement;
    if (is_notice(statement)) notices_ += static_cast<std::uint32_t>(change);
    if (is_copy(statement)) copies_ += static_cast<std::uint32_t>(change);
}

/// The oldest passing ones: a sixteenth at a time, so that a full log does not search itself for every
/// statement.
void StatementLog::evict(Instant now) {
    using Rank = std::pair<Instant, StatementId>;
    std::vector<Rank> ranks;
    ranks.reserve(notices_);
    for (const OriginLog& origin : origins_) {
        for (const Kept& each : origin.kept())
            if (is_notice(each.statement->statement))
                ranks.emplace_back(each.statement->statement.at, each.id());
    }
    const std::size_t surplus = notices_ - config_->cache_max + config_->cache_max / 16;
    const auto last = ranks.begin() + static_cast<std::ptrdiff_t>(std::min(surplus, ranks.size() - 1));
    std::nth_element(ranks.begin(), last, ranks.end());
    evicted_until_ = std::max(evicted_until_, std::min(last->first, now));
    for (OriginLog& origin : origins_) {
        origin.drop_if([&](const Kept& k) {
            const Statement& said = k.statement->statement;
            const bool goes = is_notice(said) && Rank{said.at, k.id()} < *last;
            if (goes) count(k, -1);
            return goes;
        });
    }
}

/// What is signed for the future expires a full time after it is past.
Instant StatementLog::expiry(const Statement& statement, Instant now) const {
    return is_notice(statement) ? believable(statement, now) + config_->notice_ttl : Instant::never();
}

void StatementLog::on_deadline(Instant now) {
    if (now < next_expiry_) return;
    next_expiry_ = Instant::never();
    for (OriginLog& origin : origins_) {
        origin.drop_if([&](const Kept& k) {
            const Instant expires = expiry(k.statement->statement, now);
            if (expires > now) {
                next_expiry_ = std::min(next_expiry_, round_up(expires));
                return false;
            }
            count(k, -1);
            return true;
        });
    }
}

}  // namespace coop::protocol::broadcast

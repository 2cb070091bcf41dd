#include "engine/protocol/broadcast/origin_log.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace coop::protocol::broadcast {
namespace {

constexpr std::uint32_t heard_bits = 64;

bool on_same_matter(const Statement& a, const Statement& b) {
    if (a.body.index() != b.body.index()) return false;
    const auto* const holding = std::get_if<Holding>(&a.body);
    return holding == nullptr || holding->object == std::get<Holding>(b.body).object;
}

}  // namespace

bool includes(const Heard& heard, std::uint32_t sequence) {
    if (sequence <= heard.through) return true;
    const std::uint32_t bit = sequence - heard.through - 1;
    return bit < heard_bits && (heard.above >> bit & 1) != 0;
}

void OriginLog::spoke(base::Instant believed, bool announced) {
    latest_ = std::max(latest_, believed);
    member_ |= announced;
}

// --- what was seen ---------------------------------------------------------------------------------------

bool OriginLog::bit(std::uint32_t sequence) const {
    const std::uint32_t i = sequence - through_ - 1;
    return (bits()[i / 64] >> (i % 64) & 1) != 0;
}

void OriginLog::set_bit(std::uint32_t sequence) {
    const std::uint32_t i = sequence - through_ - 1;
    if (past_ == nullptr) past_ = std::make_unique<Past>();
    past_->bits[i / 64] |= std::uint64_t{1} << (i % 64);
}

bool OriginLog::seen(std::uint32_t sequence) const {
    if (sequence <= through_) return true;
    return sequence - through_ <= window ? bit(sequence) : find(sequence) != nullptr;
}

void OriginLog::mark(std::uint32_t sequence) {
    if (sequence <= through_ || sequence - through_ > window) return;
    if (sequence == through_ + 1) {  // in order, as nearly always
        advance(sequence);
    } else {
        set_bit(sequence);
    }
    settle();
}

bool OriginLog::gone(std::uint32_t first, std::uint32_t last) {
    if (last <= through_ || first > last) return false;
    if (first <= through_ + 1) {
        advance(last);
        settle();
        return true;
    }
    bool news = false;
    for (std::uint32_t s = first; s <= last && s - through_ <= window; ++s) {
        news |= !bit(s);
        set_bit(s);
    }
    return news;
}

/// The window moves; what is kept of the numbers that come into it was seen.
void OriginLog::advance(std::uint32_t through) {
    const std::uint32_t by = through - through_;
    const std::uint64_t known = std::uint64_t{through_} + window;
    const std::uint32_t words = std::min<std::uint32_t>(by / 64, window / 64);
    const std::uint32_t rest = by % 64;
    for (std::uint32_t i = 0; past_ != nullptr && i < past_->bits.size(); ++i) {
        Bits& bits = past_->bits;
        const std::uint64_t low = i + words < bits.size() ? bits[i + words] : 0;
        const std::uint64_t high = i + words + 1 < bits.size() ? bits[i + words + 1] : 0;
        bits[i] = rest == 0 ? low : (low >> rest) | (high << (64 - rest));
    }
    if (bits() == no_bits && since() == base::Instant::zero()) past_.reset();
    through_ = through;
    if (kept_.empty() || kept_.back().sequence <= std::max<std::uint64_t>(known, through)) return;
    const auto from = static_cast<std::uint32_t>(std::max<std::uint64_t>(known, through) + 1);
    for (auto at = place_of(from); at != kept_.end() && at->sequence - through_ <= window; ++at)
        set_bit(at->sequence);
}

/// Takes the run of seen numbers above `through` into it.
void OriginLog::settle() {
    while (const auto run = static_cast<std::uint32_t>(std::countr_one(bits()[0]))) advance(through_ + run);
}

std::uint32_t OriginLog::highest() const {
    std::uint32_t highest = kept_.empty() ? through_ : std::max(through_, kept_.back().sequence);
    for (std::size_t i = bits().size(); i-- > 0;) {
        if (bits()[i] == 0) continue;
        const auto top =
            static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::bit_width(bits()[i]));
        return std::max(highest, through_ + top);
    }
    return highest;
}

Heard OriginLog::heard(std::uint32_t passed) const {
    if (passed <= through_) return {origin_, through_, bits()[0]};
    Heard heard{origin_, passed, 0};
    for (std::uint32_t i = 0; i < heard_bits; ++i)
        if (seen(passed + 1 + i)) heard.above |= std::uint64_t{1} << i;
    return heard;
}

/// How many of the numbers up to this one were seen.
std::uint64_t OriginLog::seen_until(std::uint32_t sequence) const {
    if (sequence <= through_) return sequence;
    std::uint64_t count = through_;
    const std::uint32_t in_window = std::min(sequence - through_, window);
    for (std::uint32_t i = 0; i < in_window; i += 64) {
        const std::uint32_t of_it = std::min<std::uint32_t>(64, in_window - i);
        const std::uint64_t mask = of_it == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << of_it) - 1;
        count += static_cast<std::uint64_t>(std::popcount(bits()[i / 64] & mask));
    }
    if (sequence - through_ > window) {
        const auto from = place_of(through_ + window + 1);
        const auto to = place_of(sequence + 1);
        count += static_cast<std::uint64_t>(to - from);
    }
    return count;
}

/// Gaps count: what a board said last evening lies below what it says when it wakes.
bool OriginLog::lacks_from(const Heard& heard) const {
    if (heard.through > through_ && seen_until(heard.through) < heard.through) return true;
    for (std::uint32_t i = 0; i < heard_bits; ++i) {
        if ((heard.above >> i & 1) != 0 && !seen(heard.through + 1 + i)) return true;
    }
    return false;
}

// --- what is kept ----------------------------------------------------------------------------------------

const Kept* OriginLog::place_of(std::uint32_t sequence) const {
    return std::lower_bound(kept_.begin(), kept_.end(), sequence,
                            [](const Kept& k, std::uint32_t s) { return k.sequence < s; });
}

const Kept* OriginLog::find(std::uint32_t sequence) const {
    const auto place = place_of(sequence);
    return place != kept_.end() && place->sequence == sequence ? place : nullptr;
}

const Kept* OriginLog::same_matter(std::uint16_t matter, const Statement& statement) const {
    if (matter == 0) return nullptr;
    for (const Kept* at = kept_.end(); at != kept_.begin();) {
        --at;
        if (at->matter == matter && on_same_matter(at->statement->statement, statement)) return at;
    }
    return nullptr;
}

void OriginLog::keep(Kept statement) { kept_.insert(place_of(statement.sequence), std::move(statement)); }

void OriginLog::drop(std::uint32_t sequence) {
    const auto place = place_of(sequence);
    if (place != kept_.end() && place->sequence == sequence) kept_.erase(place);
}

}  // namespace coop::protocol::broadcast

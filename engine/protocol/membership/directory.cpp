#include "engine/protocol/membership/directory.hpp"

#include <algorithm>

namespace coop::protocol::membership {
namespace {

using base::Duration;
using base::Instant;

// A router that restarts is back within it. Guess. Study: scenarios/studies/keep_alive.toml
constexpr Duration quiet_least = base::minutes(1);
// Well within the shortest waking hours, so that a board that is late is met all the same. Guess. Study:
// scenarios/studies/keep_alive.toml
constexpr Duration quiet_most = base::minutes(10);

bool well_formed(const Announcement& a) {
    return a.hours.start >= Duration::zero() && a.hours.start < base::days(1) &&
           a.hours.length >= Duration::zero() && a.hours.length <= base::days(1) && a.disk.count >= 0;
}

bool same_offer(const Announcement& a, const Announcement& b) {
    return a.hours == b.hours && a.disk == b.disk && a.accepting == b.accepting && a.leaving == b.leaving;
}

/// A signed time may be invented: it counts for no more than now, give or take the skew of clocks.
Instant believable(Instant at, Instant now) { return std::clamp(at, Instant::zero(), now + clock_skew_max); }

Report about(What what, PeerId peer) {
    Report report{};
    report.what = what;
    report.peer = peer;
    return report;
}

}  // namespace

Directory::Directory(PeerId self, const MembershipConfig& config, Duration failed_after)
    : config_(&config), failed_after_(failed_after), self_(self) {}

void Directory::wake(Instant now) {
    judge_from_ = now + catching_up(failed_after_);
    schedule(now);
}

bool Directory::on_announcement(const SignedRef& announcement, Env& env) {
    const Statement& statement = announcement->statement;
    const auto* body = std::get_if<Announcement>(&statement.body);
    if (body == nullptr || !well_formed(*body)) return false;
    const Instant said = believable(statement.at, env.now);

    if (Member* known = look_up(statement.id.origin)) {
        if (statement.id.sequence <= known->latest->statement.id.sequence) return false;
        if (!same_offer(*body, known->announcement())) ++version_;
        known->latest = announcement;
        heard(known->peer, said, env);
        return true;
    }
    if (members_.size() >= config_->members_max) {
        const bool already_failed = said + failed_after_ < env.now;
        if (already_failed || !make_room(env.now)) return false;
    }
    const auto place = std::lower_bound(members_.begin(), members_.end(), statement.id.origin,
                                        [](const Member& m, PeerId peer) { return m.peer < peer; });
    members_.insert(place, Member{statement.id.origin, false, announcement, said});
    sieve_.add(statement.id.origin.index);
    if (statement.id.origin != self_) newest_ = std::max(newest_, said);
    next_check_ = std::min(next_check_, std::max(said + failed_after_, judge_from_));
    ++version_;
    return true;
}

void Directory::heard(PeerId peer, Instant at, Env& env) {
    Member* member = look_up(peer);
    if (member == nullptr) return;
    const Instant said = believable(at, env.now);
    if (said >= env.now && !quiet_.empty()) quiet_.erase(peer);
    if (said <= member->said) return;
    member->said = said;
    if (peer != self_) newest_ = std::max(newest_, said);
    if (!member->failed_reported || said + failed_after_ < newest_) return;
    member->failed_reported = false;
    next_check_ = std::min(next_check_, said + failed_after_);
    ++version_;
    env.out.report(about(What::member_returned, peer));
}

void Directory::quiet(PeerId peer, Instant until) {
    if (look_up(peer) != nullptr) quiet_[peer] = until;
}

void Directory::unanswered(PeerId peer, Instant now) {
    if (const Member* const member = look_up(peer))
        quiet_[peer] = now + std::clamp(now - member->said, quiet_least, quiet_most);
}

const Member* Directory::find(PeerId peer) const { return const_cast<Directory*>(this)->look_up(peer); }

bool Directory::full(Instant now) const {
    return members_.size() >= config_->members_max && forgettable(now) == nullptr;
}

PeerList Directory::sample(std::size_t count, PeerId except, Env& env) const {
    // Where one in eight is awake, all but one in sixty places are filled.
    constexpr std::size_t draws_each = 32;
    PeerList sample;
    count = std::min(count, peers_in_message_max);
    for (std::size_t left = members_.empty() ? 0 : count * draws_each; left > 0 && sample.size() < count;
         --left) {
        const PeerId peer = members_[env.rng.below(members_.size())].peer;
        if (peer == self_ || peer == except || sample.contains(peer)) continue;
        if (expected_awake(peer, env.now)) sample.push_back(peer);
    }
    return sample;
}

bool Directory::has_place_for(PeerId peer, Instant now) const {
    return members_.size() < config_->members_max || find(peer) != nullptr || !full(now);
}

bool Directory::expected_awake(PeerId peer, Instant now) const {
    const Member* member = find(peer);
    if (member == nullptr) return true;
    return !member->failed_reported && !member->departed() && quiet_until(peer) <= now &&
           member->announcement().hours.contains(now);
}

bool Directory::failed(PeerId peer) const {
    const Member* member = find(peer);
    return member != nullptr && (member->failed_reported || member->departed());
}

bool Directory::lost(const Member& member, Instant now) const {
    const Instant quiet = quiet_until(member.peer);
    const bool unreached = member.failed_reported || quiet > Instant::zero();
    return unreached && quiet <= now && !member.departed() && member.peer != self_ &&
           member.announcement().hours.contains(now);
}

void Directory::on_deadline(Env& env) {
    if (env.now < next_check_) return;
    if (env.now >= judge_from_) {
        for (Member& member : members_) {
            const bool silent = member.said + failed_after_ < std::min(env.now, newest_);
            if (!silent || member.failed_reported || member.departed() || member.peer == self_) continue;
            member.failed_reported = true;
            ++version_;
            env.out.report(about(What::member_failed, member.peer));
        }
    }
    schedule(env.now);
}

/// Members that are overdue only because we heard nothing ourselves are looked at again after `catching_up`.
void Directory::schedule(Instant now) {
    next_check_ = Instant::never();
    for (const Member& member : members_) {
        if (member.failed_reported || member.departed() || member.peer == self_) continue;
        const Instant overdue = member.said + failed_after_ + base::nanoseconds(1);
        const Instant look = overdue > now ? overdue : now + catching_up(failed_after_);
        next_check_ = std::min(next_check_, std::max(look, judge_from_));
    }
}

Member* Directory::look_up(PeerId peer) {
    if (!sieve_.may_hold(peer.index)) return nullptr;
    const auto place = std::lower_bound(members_.begin(), members_.end(), peer,
                                        [](const Member& m, PeerId p) { return m.peer < p; });
    return place != members_.end() && place->peer == peer ? &*place : nullptr;
}

Instant Directory::quiet_until(PeerId peer) const {
    const Instant* const until = quiet_.find(peer);
    return until == nullptr ? Instant::zero() : *until;
}

/// Only who has been silent for so long that its old announcements would count as failed makes room: so a
/// replay cannot revive the forgotten.
const Member* Directory::forgettable(Instant now) const {
    const Member* oldest = nullptr;
    for (const Member& member : members_) {
        if (member.peer == self_ || member.said + failed_after_ >= now) continue;
        if (oldest == nullptr || member.said < oldest->said) oldest = &member;
    }
    return oldest;
}

bool Directory::make_room(Instant now) {
    const Member* const oldest = forgettable(now);
    if (oldest == nullptr) return false;
    quiet_.erase(oldest->peer);
    members_.erase(oldest);
    sieve_.clear();
    for (const Member& member : members_) sieve_.add(member.peer.index);
    ++version_;
    return true;
}

}  // namespace coop::protocol::membership

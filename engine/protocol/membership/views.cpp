#include "engine/protocol/membership/views.hpp"

#include <algorithm>

namespace coop::protocol::membership {
namespace {

using base::Duration;
using base::Instant;

// This many candidates are tried without a pause; then the pause doubles every so many, so often at most.
// Guess. Study: scenarios/studies/keep_alive.toml
constexpr unsigned tries_at_once = 4;
constexpr unsigned doublings_max = 3;

Report about(What what, PeerId peer, std::int64_t value) {
    Report report{};
    report.what = what;
    report.peer = peer;
    report.value = value;
    return report;
}

}  // namespace

Views::Views(PeerId self, const MembershipConfig& config) : config_(&config), self_(self) {
    COOP_ASSERT(config.active_max >= 1 && config.active_max <= peers_in_message_max);
    COOP_ASSERT(config.shuffle_active + config.shuffle_passive < peers_in_message_max);
}

void Views::wake(const Surroundings& around, Env& env) {
    awake_ = true;
    joining_ = true;
    tries_ = 0;
    shuffle_at_ = env.now + env.rng.between(Duration::zero(), config_->shuffle_every);
    refill(around, env);
    ask_stranger(around, env);
}

void Views::sleep(Farewell why, Env& env) {
    while (!links_.empty()) {
        const PeerId peer = links_.back().peer;
        env.out.send(peer, Disconnect{why});
        drop_link(peer, LinkEnd::slept, env);
        remember(peer, {}, env);
    }
    asked_.clear();
    shuffled_.clear();
    awake_ = false;
    shuffle_out_ = false;
}

void Views::cut_off(PeerId peer, Env& env) {
    take_asked(peer);
    base::erase(passive_, peer);
    if (!is_active(peer)) return;
    env.out.send(peer, Disconnect{Farewell::replaced});
    drop_link(peer, LinkEnd::cut_off, env);
    refill_at_ = env.now;
}

// --- joining ---------------------------------------------------------------------------------------------

void Views::on(PeerId from, const Join& message, Env& env) {
    if (!awake_ || from == self_) return;
    Link* const known = link(from);
    // A neighbour that joins again has restarted. More often than keep-alives it has not: no more walks for
    // it.
    const bool walks = known == nullptr || env.now - known->began() >= config_->keep_alive_every;
    if (known == nullptr) {
        take_asked(from);
        make_room(env);
        add_link(from, env);
    } else {
        known->begins(env.now);
    }
    env.out.send(from, NeighborReply{true});
    if (!walks) return;
    for (const Link& other : links_) {
        if (other.peer != from)
            env.out.send(other.peer, ForwardJoin{from, message.announcement, config_->active_walk});
    }
}

void Views::on(PeerId from, const ForwardJoin& message, Env& env) {
    const PeerId newcomer = message.newcomer;
    if (!awake_ || newcomer == self_ || !vouches(from)) return;
    const std::uint8_t ttl = std::min(message.ttl, config_->active_walk);
    if (ttl == config_->passive_walk) remember(newcomer, {}, env);
    const PeerId next = ttl == 0 ? PeerId::none() : random_neighbour(from, newcomer, env);
    if (!next.is_none()) {
        env.out.send(next, ForwardJoin{newcomer, message.announcement, static_cast<std::uint8_t>(ttl - 1)});
    } else if (!vouches(newcomer)) {
        ask(newcomer, true, env);
    }
}

// --- neighbours ------------------------------------------------------------------------------------------

void Views::on(PeerId from, const Neighbor& message, Env& env) {
    if (!awake_ || from == self_) return;
    if (!is_active(from) && (message.urgent || !full())) {
        take_asked(from);
        make_room(env);
        add_link(from, env);
    }
    env.out.send(from, NeighborReply{is_active(from)});
}

void Views::on(PeerId from, const NeighborReply& message, Env& env) {
    if (!awake_ || from == self_) return;
    if (message.accepted) return accepted_by(from, env);
    if (take_asked(from) != Answered::unasked) try_again(env);
}

/// The other end holds the link now. Hold it too, or let it know.
void Views::accepted_by(PeerId peer, Env& env) {
    const Answered answered = take_asked(peer);
    if (is_active(peer)) return;
    if (full() && answered != Answered::insisted) return env.out.send(peer, Disconnect{Farewell::replaced});
    make_room(env);
    add_link(peer, env);
}

void Views::on(PeerId from, const Disconnect& message, Env& env) {
    if (!awake_) return;
    const bool held = is_active(from);
    if (take_asked(from) != Answered::unasked) try_again(env);
    if (held) {
        drop_link(from, message.why == Farewell::replaced ? LinkEnd::replaced : LinkEnd::farewell, env);
        refill_at_ = env.now;
    }
    if (message.why == Farewell::leaving) {
        base::erase(passive_, from);
    } else if (held) {
        remember(from, {}, env);
    }
}

void Views::on(PeerId from, const KeepAlive&, Env& env) {
    if (awake_ && from != self_ && !is_active(from)) accepted_by(from, env);
}

void Views::heard_from(PeerId peer, Instant now) {
    Link* const known = link(peer);
    if (known == nullptr) return;
    const bool was_oldest = known->heard == oldest_;
    known->heard = now;
    if (was_oldest) find_oldest();
}

// --- shuffling -------------------------------------------------------------------------------------------

void Views::on(PeerId from, const Shuffle& message, Env& env) {
    if (!awake_ || message.origin == self_ || !vouches(from)) return;
    const std::uint8_t ttl = std::min(message.ttl, config_->shuffle_ttl);
    const PeerId next = ttl <= 1 ? PeerId::none() : random_neighbour(from, message.origin, env);
    if (!next.is_none()) {
        env.out.send(next, Shuffle{message.origin, static_cast<std::uint8_t>(ttl - 1), message.peers});
        return;
    }
    const PeerList ours = sample_passive(std::min(message.peers.size() + 1, peers_in_message_max), env);
    if (!ours.empty()) env.out.send(message.origin, ShuffleReply{ours});
    remember(message.origin, ours, env);
    for (const PeerId peer : message.peers) remember(peer, ours, env);
}

void Views::on(PeerId from, const ShuffleReply& message, Env& env) {
    if (!awake_ || from == self_ || !shuffle_out_) return;
    shuffle_out_ = false;
    for (const PeerId peer : message.peers) remember(peer, shuffled_, env);
    shuffled_.clear();
}

void Views::shuffle(const Surroundings& around, Env& env) {
    shuffle_at_ = env.now + config_->shuffle_every;
    base::erase_if(passive_, [&](PeerId peer) { return around.directory.failed(peer); });
    const PeerId to = random_neighbour(PeerId::none(), PeerId::none(), env);
    if (to.is_none()) return;
    PeerList offer = sample_passive(config_->shuffle_passive, env);
    shuffled_.assign(offer);
    PeerList neighbours = active();
    neighbours.erase(to);
    for (std::uint32_t i = 0; i < config_->shuffle_active && !neighbours.empty(); ++i) {
        const std::size_t at = env.rng.below(neighbours.size());
        offer.push_back(neighbours[at]);
        neighbours.erase_at(at);
    }
    shuffle_out_ = true;
    env.out.send(to, Shuffle{self_, config_->shuffle_ttl, offer});
}

// --- time ------------------------------------------------------------------------------------------------

void Views::on_deadline(const Surroundings& around, Env& env) {
    if (!awake_) return;
    drop_silent(around.directory, env);
    give_up_unanswered(around.directory, env);
    if (env.now >= keep_alive_at_) keep_alive(env);
    if (env.now >= shuffle_at_) {
        shuffle(around, env);
        knock(around.directory, env);
        ask_stranger(around, env);
    }
    if (env.now >= refill_at_) refill(around, env);
}

Deadline Views::deadline() const {
    if (!awake_) return Instant::never();
    Instant soonest = std::min(shuffle_at_, refill_at_);
    if (!links_.empty()) soonest = std::min({soonest, keep_alive_at_, oldest_ + config_->link_silent_max});
    for (const Asked& each : asked_) soonest = std::min(soonest, each.until);
    return soonest;
}

void Views::drop_silent(Directory& directory, Env& env) {
    if (links_.empty() || oldest_ + config_->link_silent_max > env.now) return;
    for (std::size_t i = links_.size(); i-- > 0;) {
        if (links_[i].heard + config_->link_silent_max > env.now) continue;
        const PeerId peer = links_[i].peer;
        drop_link(peer, LinkEnd::silent, env);
        directory.unanswered(peer, env.now);
        refill_at_ = env.now;
    }
}

void Views::give_up_unanswered(Directory& directory, Env& env) {
    for (std::size_t i = asked_.size(); i-- > 0;) {
        if (asked_[i].until > env.now) continue;
        const PeerId peer = asked_[i].peer;
        take_asked(peer);
        base::erase(passive_, peer);
        directory.unanswered(peer, env.now);
        try_again(env);
    }
}

void Views::keep_alive(Env& env) {
    keep_alive_at_ = env.now + config_->keep_alive_every;
    for (const Link& each : links_) env.out.send(each.peer, KeepAlive{});
}

/// Two halves of a pool that lost each other fill their views from their own side and would never look back.
/// So one member that was lost and should be awake is asked now and then, urgently: a bridge, if it answers.
void Views::knock(const Directory& directory, Env& env) {
    std::uint64_t count = 0;
    const auto knockable = [&](const Member& m) { return directory.lost(m, env.now) && !vouches(m.peer); };
    for (const Member& member : directory.members()) count += knockable(member) ? 1 : 0;
    if (count == 0) return;
    std::uint64_t chosen = env.rng.below(count);
    for (const Member& member : directory.members()) {
        if (knockable(member) && chosen-- == 0) return ask(member.peer, true, env);
    }
}

/// A contact that we never heard of since may be one of another island, which knows as little of ours.
void Views::ask_stranger(const Surroundings& around, Env& env) {
    std::vector<PeerId> strangers;
    for (const PeerId peer : around.contacts) {
        if (around.directory.find(peer) == nullptr) strangers.push_back(peer);
    }
    const PeerId peer = pick(strangers, around.directory, env);
    if (!peer.is_none()) ask(peer, true, env);
}

void Views::refill(const Surroundings& around, Env& env) {
    refill_at_ = Instant::never();
    if (links_.empty()) return rejoin(around, env);
    while (links_.size() + asked_.size() < config_->active_max) {
        const PeerId peer = pick_known(around.directory, env);
        if (peer.is_none()) {  // nobody else is awake: who wakes, joins; the next shuffle may name more
            refill_at_ = env.now + config_->shuffle_every / 2 +
                         env.rng.between(Duration::zero(), config_->shuffle_every);
            return;
        }
        ask(peer, false, env);
    }
}

/// Without neighbours. After waking: join, which brings neighbours from all over. Later, when all links broke
/// at once, most of those we know may be gone too: as many as a view holds are asked together, and urgently.
void Views::rejoin(const Surroundings& around, Env& env) {
    if (!asked_.empty()) return;  // its answer or its timeout goes on from here
    while (!joining_ && asked_.size() < config_->active_max) {
        const PeerId peer = pick_known(around.directory, env);
        if (peer.is_none()) break;
        ask(peer, true, env);
    }
    if (!asked_.empty()) return;
    const PeerId known = pick_known(around.directory, env);
    if (!known.is_none()) return join(known, around, env);
    // Strangers may all be asleep: several doors are knocked at together.
    while (asked_.size() < config_->active_max) {
        const PeerId stranger = pick(around.contacts, around.directory, env);
        if (stranger.is_none()) break;
        join(stranger, around, env);
    }
    if (asked_.empty()) try_again(env);
}

void Views::join(PeerId peer, const Surroundings& around, Env& env) {
    env.out.send(peer, Join{around.announcement});
    asked_.push_back({peer, env.now + config_->neighbor_timeout, true});
}

void Views::try_again(Env& env) {
    if (tries_ < 255) ++tries_;
    refill_at_ = std::min(refill_at_, env.now + pause(env));
}

/// None for the first tries, then the retry interval, within half and one and a half of it. For the first
/// neighbour it doubles: nobody may be there. For a further one it does not: two nodes with a place left must
/// find each other among many that have none.
Duration Views::pause(Env& env) const {
    if (tries_ < tries_at_once) return Duration::zero();
    const unsigned doublings = links_.empty() ? std::min(tries_ / tries_at_once - 1u, doublings_max) : 0;
    const Duration whole = config_->join_retry * (1 << doublings);
    return whole / 2 + env.rng.between(Duration::zero(), whole);
}

// --- the lists -------------------------------------------------------------------------------------------

Views::Link* Views::link(PeerId peer) {
    const auto at = std::find_if(links_.begin(), links_.end(), [&](const Link& l) { return l.peer == peer; });
    return at == links_.end() ? nullptr : &*at;
}

void Views::find_oldest() {
    oldest_ = Instant::never();
    for (const Link& each : links_) oldest_ = std::min(oldest_, each.heard);
}

bool Views::is_active(PeerId peer) const { return const_cast<Views*>(this)->link(peer) != nullptr; }

bool Views::remembers(PeerId peer) const {
    return vouches(peer) || std::find(passive_.begin(), passive_.end(), peer) != passive_.end();
}

bool Views::full() const { return links_.size() >= config_->active_max; }

PeerList Views::active() const {
    PeerList list;
    for (const Link& each : links_) list.push_back(each.peer);
    return list;
}

void Views::add_link(PeerId peer, Env& env) {
    if (links_.empty()) {  // a random phase: boards that start together do not speak together
        keep_alive_at_ = env.now + env.rng.between(config_->keep_alive_every / 2, config_->keep_alive_every);
    }
    links_.push_back({.peer = peer, .heard = env.now});
    links_.back().begins(env.now);
    oldest_ = std::min(oldest_, env.now);
    base::erase(passive_, peer);
    tries_ = 0;
    ++version_;
    // The walks of a join bring the other neighbours by themselves; what they do not bring is asked for
    // later.
    const Duration patience = joining_ ? config_->join_retry : Duration::zero();
    joining_ = false;
    if (full()) {
        refill_at_ = Instant::never();
    } else if (asked_.empty()) {
        refill_at_ = std::min(refill_at_, env.now + patience);
    }
    env.out.report(about(What::link_up, peer, 0));
}

void Views::drop_link(PeerId peer, LinkEnd end, Env& env) {
    base::erase_if(links_, [&](const Link& l) { return l.peer == peer; });
    find_oldest();
    tries_ = 0;
    ++version_;
    env.out.report(about(What::link_down, peer, static_cast<std::int64_t>(end)));
}

/// One random neighbour gives its place, if there is none left (HyParView, Algorithm 1, dropRandomElement).
void Views::make_room(Env& env) {
    if (!full()) return;
    const PeerId peer = random_neighbour(PeerId::none(), PeerId::none(), env);
    env.out.send(peer, Disconnect{Farewell::replaced});
    drop_link(peer, LinkEnd::replaced, env);
    remember(peer, {}, env);
}

/// `urgent` also means that its yes may cost another neighbour its place: newcomers and bridges.
void Views::ask(PeerId peer, bool urgent, Env& env) {
    if (asked_.size() >= 2 * peers_in_message_max) return;
    env.out.send(peer, Neighbor{urgent});
    asked_.push_back({peer, env.now + config_->neighbor_timeout, urgent});
}

bool Views::is_asked(PeerId peer) const {
    return std::any_of(asked_.begin(), asked_.end(), [&](const Asked& a) { return a.peer == peer; });
}

Views::Answered Views::take_asked(PeerId peer) {
    const auto at =
        std::find_if(asked_.begin(), asked_.end(), [&](const Asked& a) { return a.peer == peer; });
    if (at == asked_.end()) return Answered::unasked;
    const Answered answered = at->insist ? Answered::insisted : Answered::asked;
    asked_.erase(at);
    return answered;
}

/// Into the passive view. When it is full, first goes what the other side of a shuffle got, then a random
/// one.
void Views::remember(PeerId peer, std::span<const PeerId> expendable, Env& env) {
    if (peer == self_ || peer.is_none() || is_active(peer)) return;
    if (config_->passive_max == 0 || std::find(passive_.begin(), passive_.end(), peer) != passive_.end())
        return;
    if (passive_.size() >= config_->passive_max) {
        auto* goes =
            std::find_first_of(passive_.begin(), passive_.end(), expendable.begin(), expendable.end());
        if (goes == passive_.end()) goes = passive_.begin() + env.rng.below(passive_.size());
        *goes = peer;
        return;
    }
    passive_.push_back(peer);
}

PeerId Views::random_neighbour(PeerId except_a, PeerId except_b, Env& env) const {
    PeerList list = active();
    list.erase(except_a);
    list.erase(except_b);
    return list.empty() ? PeerId::none() : list[env.rng.below(list.size())];
}

PeerList Views::sample_passive(std::size_t count, Env& env) const {
    PeerList sample;
    for (std::size_t i = 0; i < passive_.size(); ++i) {  // reservoir: each is in it with the same chance
        if (i < count) {
            sample.push_back(passive_[i]);
        } else if (const std::size_t place = env.rng.below(i + 1); place < count) {
            sample[place] = passive_[i];
        }
    }
    return sample;
}

PeerList Views::sample(std::size_t count, PeerId except, const Directory& directory, Env& env) const {
    PeerList sample;
    std::uint64_t seen = 0;
    const auto look_at = [&](PeerId peer) {  // reservoir
        if (peer == except || !directory.expected_awake(peer, env.now)) return;
        ++seen;
        if (sample.size() < std::min(count, peers_in_message_max)) return sample.push_back(peer);
        if (const std::uint64_t place = env.rng.below(seen); place < sample.size()) sample[place] = peer;
    };
    for (const Link& each : links_) look_at(each.peer);
    for (const PeerId peer : passive_) look_at(peer);
    return sample;
}

bool Views::worth_asking(PeerId peer, const Directory& directory, Instant now) const {
    return peer != self_ && !vouches(peer) && directory.expected_awake(peer, now);
}

template <class List>
PeerId Views::pick(const List& peers, const Directory& directory, Env& env) const {
    base::SlimVector<PeerId> worth;
    worth.reserve(peers.size());
    for (const PeerId peer : peers) {
        if (worth_asking(peer, directory, env.now)) worth.push_back(peer);
    }
    return worth.empty() ? PeerId::none() : worth[env.rng.below(worth.size())];
}

/// From the passive view, as the paper says; from all members when nobody in it is awake.
PeerId Views::pick_known(const Directory& directory, Env& env) const {
    const PeerId peer = pick(passive_, directory, env);
    if (!peer.is_none()) return peer;
    base::SlimVector<PeerId> members;
    members.reserve(directory.size());
    for (const Member& member : directory.members()) members.push_back(member.peer);
    return pick(members, directory, env);
}

}  // namespace coop::protocol::membership

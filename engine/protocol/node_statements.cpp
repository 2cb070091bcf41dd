// What this node says under its signature, and what it makes of what others say.
#include <algorithm>
#include <utility>

#include "engine/protocol/acquaintances.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/protocol/node.hpp"

namespace coop::protocol {

// Said only once it is durable: a board that forgot its last number would say two things under one.
void Node::say(Body body, Env& env) {
    Statement statement{{self_, ++last_sequence_}, env.now, std::move(body)};
    const Signature signature = env.crypto.sign(statement);
    const SignedRef said = share(Signed{std::move(statement), signature});
    pending_[keep(KeptStatement{said}, env).number] = Said{said};
}

void Node::announce(Env& env) {
    const bool room = meter_.disk_used() + chunk_size_max < meter_.disk_limit();
    say(Announcement{.hours = own_->owner.hours,
                     .disk = going_ ? base::Bytes{} : own_->owner.disk,
                     .accepting = room && !disk_trouble_ && !leaving(),
                     .leaving = leaving()},
        env);
}

void Node::on_said(const SignedRef& said, Env& env) {
    const Statement& statement = said->statement;
    const auto* const holding = std::get_if<Holding>(&statement.body);
    const Custody before = holding != nullptr ? custody_of(holding->object) : Custody::released;
    supersede(statement, env);
    const Acquaintances company(views_, directory_);
    broadcast_.publish(said, {log_, company}, env);
    close_own_gaps();
    if (std::holds_alternative<Announcement>(statement.body)) {
        announcement_ = said;
        directory_.on_announcement(said, env);
        remember_leaving(statement, env);
        keeper_.look_soon(env.now);
        if (awake_ && views_.active().empty()) views_.wake({directory_, own_->contacts, announcement_}, env);
    } else if (holding != nullptr) {
        on_custody_said(*holding, before, env);
    } else {
        notices_.emplace_back(statement.id.sequence, statement.at);
        env.out.report({.what = What::published, .id = statement.id, .size = wire_size(*said)});
    }
}

// What this board said is what its disk holds, and what the disk is about to. There is nothing else to wait
// for, and others may rely on that.
void Node::close_own_gaps() {
    std::uint32_t durable = last_sequence_;
    for (const auto& [ticket, pending] : pending_) {
        if (const auto* const said = std::get_if<Said>(&pending))
            durable = std::min(durable, said->statement->statement.id.sequence - 1);
    }
    log_.gone(self_, 1, durable);
}

// The newest word on one matter replaces the older one on the disk, too.
void Node::supersede(const Statement& statement, Env& env) {
    if (std::holds_alternative<Announcement>(statement.body)) {
        if (announcement_ == nullptr || announcement_->statement.id.sequence == leaving_since_) return;
        keep(ForgottenStatement{announcement_->statement.id}, env);
    } else if (const auto* holding = std::get_if<Holding>(&statement.body)) {
        Word& newest = any_objects().holdings[holding->object];
        if (newest.sequence != 0) keep(ForgottenStatement{{self_, newest.sequence}}, env);
        newest = {statement.id.sequence, holding->custody};
    }
}

// Only now is the object acknowledged: a board that forgot its word would drop what it promised to keep.
void Node::on_custody_said(const Holding& holding, Custody before, Env& env) {
    keeper_.on_holding(self_, holding, env.now);
    if (holding.custody == Custody::released) return;
    if (holding.custody == Custody::author) {
        if (before != Custody::released) return;
        env.out.report({.what = What::put_accepted, .object = holding.object, .size = holding.size});
    } else {
        env.out.report({.what = What::stored,
                        .object = holding.object,
                        .size = holding.size,
                        .value = static_cast<std::int64_t>(holding.custody)});
    }
}

// Objects that are said to be here and are not: a crash, or a failing disk, came between letting go of them
// and saying so.
void Node::take_back_empty_words(Env& env) {
    for (const auto& [object, word] : objects().holdings) {
        if (word.custody == Custody::released || objects().shelf.whole(object) || being_said(object))
            continue;
        const content::Known* const known = keeper_.find(object);
        const base::Bytes size = known != nullptr ? known->size : base::Bytes{};
        say(Holding{object, size, Custody::released}, env);
        env.out.report({.what = What::released, .object = object, .size = size});
    }
}

void Node::forget_old_notices(Env& env) {
    base::erase_if(notices_, [&](const auto& notice) {
        const bool old = env.now - notice.second > config_->broadcast.notice_ttl;
        if (old && notice.first != last_sequence_) keep(ForgottenStatement{{self_, notice.first}}, env);
        return old;
    });
}

bool Node::trusted(PeerId from, const SignedRef& statement, Env& env) {
    if (statement == nullptr) {
        env.out.report({.what = What::bad_message, .peer = from, .reason = Reason::malformed});
        return false;
    }
    if (env.crypto.verify(statement->statement, statement->signature)) return true;
    env.out.report({.what = What::bad_signature, .peer = from, .id = statement->statement.id});
    caught(from, env);
    return false;
}

// Everybody checks before passing anything on: who sends what is forged, forged it, or does not check.
void Node::caught(PeerId from, Env& env) {
    if (outcasts_ == nullptr) outcasts_ = std::make_unique<membership::Outcasts>();
    const base::Instant until = outcasts_->caught(from, config_->membership, env.now);
    if (until.is_never()) return;
    views_.cut_off(from, env);
    directory_.quiet(from, until);
    env.out.report({.what = What::cut_off, .peer = from, .value = (until - env.now).ns()});
}

// A newcomer's word about itself, brought by itself or by its contact. News to everybody, if it is news to
// us.
void Node::introduce(PeerId from, const SignedRef& announcement, Env& env) {
    if (!log_.wants(announcement->statement.id) || !has_place_for(announcement->statement, env)) return;
    const Acquaintances company(views_, directory_);
    if (broadcast_.on(from, Gossip{announcement, broadcast::hops_unpushed}, {log_, company}, env))
        deliver(announcement, 0, env);
}

// News from anybody. What somebody says about itself and its copies is of use here, and passed on from here,
// only if this board can keep account of it: so an announcement goes no further than it is useful, and a
// federation of a million needs no board that knows a million.
bool Node::has_place_for(const Statement& statement, Env& env) {
    if (std::holds_alternative<Notice>(statement.body)) return true;
    if (!directory_.has_place_for(statement.id.origin, env.now)) return false;
    if (log_.has_room_for(statement)) return true;
    log_.refuse(statement.id);
    if (!std::exchange(catalogue_full_, true)) {
        env.out.report({.what = What::catalogue_full,
                        .peer = statement.id.origin,
                        .object = std::get<Holding>(statement.body).object});
    }
    return false;
}

// Only a board that names all of its members when it asks may say that it wants no others: after a restart
// the directory is back before the log is.
bool Node::full(base::Instant now) const {
    const auto named = [this](const membership::Member& member) { return log_.knows(member.peer); };
    const auto members = directory_.members();
    return directory_.full(now) && std::all_of(members.begin(), members.end(), named);
}

void Node::deliver(const SignedRef& statement, std::uint16_t hops, Env& env) {
    const Statement& said = statement->statement;
    env.out.report({.what = What::delivered,
                    .id = said.id,
                    .size = wire_size(*statement),
                    .value = (env.now - said.at).ns(),
                    .hops = hops});
    if (std::holds_alternative<Announcement>(said.body)) {
        if (directory_.on_announcement(statement, env)) keep(KeptStatement{statement}, env);
        if (std::get<Announcement>(said.body).departed()) log_.forget_copies(said.id.origin);
        keeper_.look_soon(env.now);
    } else if (const auto* holding = std::get_if<Holding>(&said.body)) {
        keeper_.on_holding(said.id.origin, *holding, env.now);
        if (holding->custody != Custody::released) any_objects().pulls.on_news(holding->object, env.now);
    }
    directory_.heard(said.id.origin, said.at, env);
}

}  // namespace coop::protocol

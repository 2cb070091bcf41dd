// Leaving for good: a member says so, hands over what only it holds, and goes.
//
//     Leave ──► "I leave" ──► awake in its usual hours, serving ──nobody needs it, or leave_within is over──►
//           ──► "I am gone" ──► farewell, never awake again
//
// Nothing is pushed here either: the others count it no more, so they fetch what they lack from it.
#include <algorithm>

#include "engine/protocol/node.hpp"

namespace coop::protocol {

// Said at once, at any hour: what is durable can not be forgotten, and is told when it wakes.
// Asked again when the disk did not take it, it is said again.
void Node::request(const Leave&, Env& env) {
    if (stay() != Stay::member) return;
    leave_by_ = std::min(leave_by_, env.now + config_->content.leave_within);
    announce(env);
}

// The first word of it stays on the disk until the end: later ones put nothing off.
void Node::remember_leaving(const Statement& announcement, Env& env) {
    if (!std::get<Announcement>(announcement.body).leaving) return;
    if (leaving_since_ != 0 && leaving_since_ <= announcement.id.sequence) return;
    leaving_since_ = announcement.id.sequence;
    leave_by_ = std::min(leave_by_, std::min(announcement.at, env.now) + config_->content.leave_within);
}

void Node::go_when_free(Env& env) {
    if (announcement_ == nullptr || has_said_goodbye()) return;
    const auto& said = std::get<Announcement>(announcement_->statement.body);
    const bool told = said.leaving && (!views_.active().empty() || env.now >= tidy_from_);
    const bool late = env.now >= leave_by_;  // also where the disk did not even take that it leaves
    if (going_ || (!late && (!told || needed_here(env)))) return;
    going_ = true;
    announce(env);
}

Stay Node::stay() const noexcept {
    if (gone_) return Stay::left;
    return leaving_since_ != 0 ? Stay::leaving : Stay::member;
}

std::size_t Node::to_hand_over() const noexcept {
    const auto only_here = [&](const auto& holding) {
        const auto& [object, word] = holding;
        if (word.custody == Custody::released || !objects().shelf.whole(object)) return false;
        if (keeper_.enough_elsewhere(object)) return false;
        // Who has gone judges no more: after a restart nothing is known of the others.
        const content::Known* const known = keeper_.find(object);
        return !gone_ || (known != nullptr && !known->stale);
    };
    return objects().puts.size() + static_cast<std::size_t>(std::count_if(
                                       objects().holdings.begin(), objects().holdings.end(), only_here));
}

/// Whether others lack something that is here, as far as is known.
bool Node::needed_here(Env& env) const {
    if (to_hand_over() > 0) return true;
    const bool holds =
        std::any_of(objects().holdings.begin(), objects().holdings.end(), [&](const auto& holding) {
            return holding.second.custody != Custody::released && objects().shelf.whole(holding.first);
        });
    return holds && env.now < tidy_from_;  // what it knows of the others may be of yesterday
}

/// "I am gone" is durable and was passed on. It departs once that has left the board, or nobody would know.
bool Node::has_said_goodbye() const {
    return going_ && awake_ && announcement_ != nullptr &&
           std::get<Announcement>(announcement_->statement.body).departed();
}

void Node::depart(Env& env) {
    for (const transfer::Pull& pull : objects().pulls.all()) {
        if (pull.purpose != transfer::Purpose::read) continue;
        env.out.report({.what = What::get_failed, .object = pull.object, .reason = Reason::leaving});
    }
    if (objects_ != nullptr) objects_->pulls = transfer::Pulls(config_->content);
    sleep(Farewell::leaving, env);
    gone_ = true;
    wake_at_ = base::Instant::never();
    env.out.report({.what = What::departed});
}

}  // namespace coop::protocol

// One handler a message: check what only the node can check, then hand it to the part it is for.
#include "engine/protocol/acquaintances.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/protocol/node.hpp"

namespace coop::protocol {
namespace {

bool announces(const SignedRef& statement, PeerId member) {
    return statement->statement.id.origin == member &&
           std::holds_alternative<Announcement>(statement->statement.body);
}

}  // namespace

void Node::on(PeerId from, const Join& m, Env& env) {
    if (!trusted(from, m.announcement, env)) return;
    if (!announces(m.announcement, from)) {
        env.out.report({.what = What::bad_message, .peer = from, .reason = Reason::malformed});
        return;
    }
    introduce(from, m.announcement, env);
    views_.on(from, m, env);
}

void Node::on(PeerId from, const ForwardJoin& m, Env& env) {
    if (!trusted(from, m.announcement, env)) return;
    if (!announces(m.announcement, m.newcomer)) {
        env.out.report({.what = What::bad_message, .peer = from, .reason = Reason::malformed});
        return;
    }
    if (m.newcomer != self_) introduce(from, m.announcement, env);
    views_.on(from, m, env);
}

void Node::on(PeerId from, const Neighbor& m, Env& env) { views_.on(from, m, env); }
void Node::on(PeerId from, const NeighborReply& m, Env& env) { views_.on(from, m, env); }
void Node::on(PeerId from, const Disconnect& m, Env& env) { views_.on(from, m, env); }
void Node::on(PeerId from, const Shuffle& m, Env& env) { views_.on(from, m, env); }
void Node::on(PeerId from, const ShuffleReply& m, Env& env) { views_.on(from, m, env); }
void Node::on(PeerId from, const KeepAlive& m, Env& env) { views_.on(from, m, env); }

void Node::on(PeerId from, const Gossip& m, Env& env) {
    if (m.statement == nullptr) return;
    if (m.statement->statement.id.origin == self_) return hear_of_own(from, m.statement, env);
    // One that is known needs no second check: only its number is looked at.
    const bool wanted = log_.wants(m.statement->statement.id);
    // The next question follows from it. Of answers alone: looking at all members is not for every message.
    if (m.part == Part::ask_again && catch_up_.answers(from, m)) catch_up_.full(full(env.now));
    if (wanted && !trusted(from, m.statement, env)) return;
    if (wanted && !has_place_for(m.statement->statement, env)) {
        broadcast_.give_up(m.statement->statement.id);
        return catch_up_.on(from, m, false, log_, env);  // an answer all the same
    }
    const bool quietly = catch_up_.quietly(from, m);
    const Acquaintances company(views_, directory_);
    const broadcast::Means means{log_, company};
    const bool fresh = quietly ? broadcast_.keep(from, m, means, env) : broadcast_.on(from, m, means, env);
    if (fresh) deliver(m.statement, m.hops, env);
    catch_up_.on(from, m, fresh, log_, env);
}

// A disk that lost what it said was durable: at least no number is given twice.
void Node::hear_of_own(PeerId from, const SignedRef& statement, Env& env) {
    const std::uint32_t number = statement->statement.id.sequence;
    if (number <= last_sequence_ || number > sequence_max || !trusted(from, statement, env)) return;
    last_sequence_ = number;
    close_own_gaps();
}

void Node::on(PeerId from, const IHave& m, Env& env) { broadcast_.on(from, m, log_, env); }
void Node::on(PeerId from, const Graft& m, Env& env) { broadcast_.on(from, m, log_, env); }
void Node::on(PeerId from, const Prune& m, Env& env) { broadcast_.on(from, m, env); }

void Node::on(PeerId from, const SyncAsk& m, Env& env) {
    if (m.heard == nullptr || m.heard->size() > heard_in_message_max || !views_.is_active(from)) return;
    catch_up_.full(full(env.now));
    catch_up_.on(from, m, log_, env);
}

// Members are served; strangers, and what is not here, are refused. A board whose share is spoken for says
// so, so that the asker turns to another instead of waiting in a queue it cannot see.
bool Node::may_serve(PeerId from, const base::Digest& object, std::uint16_t index, Env& env) {
    const content::Held* const held = objects().shelf.find(object);
    if (directory_.find(from) == nullptr) {
        refuse(from, {object, index, Reason::unknown_member}, env);
    } else if (held == nullptr || (index != whole_object && !held->has(index))) {
        refuse(from, {object, index, Reason::not_here}, env);
    } else if (pacer_.bulk_wait(meter_) > config_->content.ask_timeout / 2) {
        refuse(from, {object, index, Reason::busy}, env);
    } else {
        return true;
    }
    return false;
}

void Node::refuse(PeerId to, Refusal refusal, Env& env) {
    env.out.report({.what = What::refused, .peer = to, .object = refusal.object, .reason = refusal.reason});
    if (meter_.grant_refusal(line_size(refusal), env.now)) env.out.send(to, refusal);
}

void Node::on(PeerId from, const FetchManifest& m, Env& env) {
    if (may_serve(from, m.object, whole_object, env)) {
        env.out.send(from, ManifestReply{objects().shelf.find(m.object)->manifest});
    }
}

void Node::on(PeerId from, const FetchChunk& m, Env& env) {
    if (!may_serve(from, m.object, m.index, env)) return;
    const Manifest& manifest = *objects().shelf.find(m.object)->manifest;
    env.out.send(
        from,
        ChunkReply{m.object, m.index, {manifest.chunks[m.index], manifest.chunk_size(m.index), nullptr}});
}

void Node::on(PeerId from, const ManifestReply& m, Env& env) {
    const auto answer =
        m.manifest == nullptr ? transfer::Answer::wrong : any_objects().pulls.take_manifest(from, m, env);
    if (answer != transfer::Answer::taken) return not_taken(from, m, answer, env);
    if (!shelve(m.manifest, env)) return;
    pending_[keep(KeptManifest{m.manifest}, env).number] = ManifestOf{m.manifest->object};
}

void Node::on(PeerId from, const ChunkReply& m, Env& env) {
    const auto answer = any_objects().pulls.take_chunk(from, m, any_objects().shelf, env);
    if (answer != transfer::Answer::taken) return not_taken(from, m, answer, env);
    pending_[keep(KeptChunk{m.object, m.index, m.chunk}, env).number] = ChunkOf{m.object, m.index};
}

// It used the line all the same. Late is no offence; a wrong name is.
void Node::not_taken(PeerId from, const Message& message, transfer::Answer answer, Env& env) {
    meter_.received_unasked(line_size(message), env.now);
    if (answer != transfer::Answer::wrong) return;
    env.out.report({.what = What::bad_message, .peer = from, .reason = Reason::malformed});
}

void Node::on(PeerId from, const Refusal& m, Env& env) {
    env.out.report({.what = What::was_refused, .peer = from, .object = m.object, .reason = m.reason});
    any_objects().pulls.on_refusal(from, m, env);
}

}  // namespace coop::protocol

#include "engine/protocol/node.hpp"

#include <algorithm>

#include "engine/protocol/message_size.hpp"

namespace coop::protocol {

Node::Node(PeerId self, const Tuning& config, const Own& own, const Policies& policies)
    : self_(self),
      config_(&config),
      own_(&own),
      directory_(self, config.membership, config.content.failed_after),
      views_(self, config.membership),
      log_(config.broadcast, config.membership.members_max + config.broadcast.strangers_max, self),
      broadcast_(config.broadcast, *policies.gossip),
      catch_up_(config.sync),
      meter_(*policies.quota, own.owner),
      pacer_(config.quota),
      keeper_(self, config.content, *policies.placement) {}

/// Of most boards while there is no content yet.
const Node::Objects& Node::objects() const {
    static const ContentConfig unused;
    static const Objects none(unused);
    return objects_ == nullptr ? none : *objects_;
}

Node::Objects& Node::any_objects() {
    if (objects_ == nullptr) objects_ = std::make_unique<Objects>(config_->content);
    return *objects_;
}

void Node::step(const Input& input, Env& env) noexcept {
    COOP_ASSERT(started_ || std::holds_alternative<Started>(input));  // or it would say a number twice
    std::visit([&](const auto& happened) { on(happened, env); }, input);
    if (awake_) settle(env);
    pacer_.release(meter_, env);
    if (has_said_goodbye() && !pacer_.has_words()) {
        depart(env);
        pacer_.release(meter_, env);
    }
    if (!awake_) pacer_.clear();
    due_ = soonest();
}

Deadline Node::soonest() const {
    if (!awake_) return wake_at_;
    const Deadline fetching = objects_ == nullptr ? Deadline::never() : objects_->pulls.deadline();
    return std::min({sleep_at_, disk_try_at_, directory_.deadline(), views_.deadline(), log_.deadline(),
                     broadcast_.deadline(), catch_up_.deadline(), keeper_.deadline(), fetching,
                     pacer_.deadline(meter_)});
}

void Node::on(const Started& started, Env& env) {
    started_ = true;
    meter_.start(env.now);
    // Manifests first, for chunks are shelved under them; the host may keep records in any order.
    for (const bool manifests : {true, false}) {
        for (const Record& record : started.kept) {
            if (std::holds_alternative<KeptManifest>(record) != manifests) continue;
            std::visit([&](const auto& kept) { recover(kept, env); }, record);
        }
    }
    reclaim_shelf(env);
    wake_at_ = gone_ ? base::Instant::never() : meter_.hours().next_start(env.now);
    follow_hours(env);
}

void Node::on(const Woken&, Env& env) { follow_hours(env); }

void Node::follow_hours(Env& env) {
    if (gone_) return;
    if (!awake_ && env.now >= wake_at_) wake(env);
    if (awake_ && env.now >= sleep_at_) sleep(Farewell::sleeping, env);
}

void Node::wake(Env& env) {
    awake_ = true;
    const base::Instant end = meter_.hours().next_end(env.now);
    sleep_at_ = end - config_->quota.farewell_lead;
    wake_at_ = end.is_never() ? end : meter_.hours().next_start(end);
    if (disk_trouble_ && objects_ != nullptr) objects_->pulls.pause();  // they waited for the disk
    disk_trouble_ = false;  // a new day, a new try: announcing shows whether the disk writes again
    catalogue_full_ = false;
    disk_try_at_ = base::Instant::never();
    tidy_from_ = env.now + membership::catching_up(config_->content.failed_after);
    env.out.report({.what = What::woke_up});
    take_back_empty_words(env);
    directory_.wake(env.now);
    catch_up_.wake();
    keeper_.look_soon(env.now);
    forget_old_notices(env);
    announce(env);  // once it is durable, the node joins
}

void Node::sleep(Farewell why, Env& env) {
    views_.sleep(why, env);
    broadcast_.neighbours({});
    links_seen_ = views_.version();
    catch_up_.sleep();
    if (objects_ != nullptr) objects_->pulls.pause();
    awake_ = false;
    sleep_at_ = base::Instant::never();
    env.out.report({.what = What::fell_asleep});
}

// What is due now, whatever the input was. Each part knows when; none minds being asked too early.
void Node::settle(Env& env) {
    if (announcement_ != nullptr) {
        views_.on_deadline({directory_, own_->contacts, announcement_}, env);
    }
    if (views_.version() != links_seen_) {
        links_seen_ = views_.version();
        const PeerList before = broadcast_.neighbours();
        broadcast_.neighbours(views_.active());
        catch_up_.full(full(env.now));
        catch_up_.neighbours(before, views_.active(), log_, env);
    }
    directory_.on_deadline(env);
    log_.on_deadline(env.now);
    broadcast_.on_deadline(log_, env);
    if (env.now >= catch_up_.deadline()) {
        catch_up_.full(full(env.now));
        catch_up_.on_deadline(views_.active(), log_, env);
    }
    try_disk_again(env);
    look_after_objects(env);
    if (awake_ && objects_ != nullptr && !objects_->pulls.empty()) advance_pulls(env);
}

void Node::on(const Received& received, Env& env) {
    COOP_ASSERT(received.message != nullptr);
    if (!awake_ || received.from == self_) return;
    const Message& message = *received.message;
    if (outcasts_ != nullptr && outcasts_->contains(received.from, env.now))
        return meter_.received_unasked(line_size(message), env.now);
    directory_.heard(received.from, env.now, env);
    views_.heard_from(received.from, env.now);
    // Answers were debited when they were asked for; their handlers debit those that nobody asked for.
    const bool answer =
        std::holds_alternative<ManifestReply>(message) || std::holds_alternative<ChunkReply>(message);
    if (!answer) meter_.received_unasked(line_size(message), env.now);
    std::visit([&](const auto& m) { on(received.from, m, env); }, message);
}

void Node::on(const Persisted& persisted, Env& env) {
    const Pending* const found = pending_.find(persisted.ticket.number);
    if (found == nullptr) return;
    const Pending pending = *found;
    pending_.erase(persisted.ticket.number);
    if (!persisted.durable) return on_disk_trouble(pending, env);
    if (const auto* said = std::get_if<Said>(&pending)) {
        on_said(said->statement, env);
    } else if (const auto* manifest = std::get_if<ManifestOf>(&pending)) {
        if (any_objects().shelf.manifest_durable(manifest->object)) on_whole(manifest->object, env);
    } else if (const auto* chunk = std::get_if<ChunkOf>(&pending)) {
        if (any_objects().shelf.chunk_durable(chunk->object, chunk->index)) on_whole(chunk->object, env);
    }
}

void Node::on(const Requested& requested, Env& env) {
    std::visit([&](const auto& command) { request(command, env); }, requested.command);
}

Ticket Node::keep(Record record, Env& env) {
    const Ticket ticket{++last_ticket_};
    env.out.persist(ticket, std::move(record));
    return ticket;
}

}  // namespace coop::protocol

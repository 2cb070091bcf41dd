// What a node finds on its disk when it starts: its own words, the members it knew, the objects it holds.
#include <algorithm>

#include "engine/protocol/node.hpp"

namespace coop::protocol {

void Node::recover(const KeptStatement& kept, Env& env) {
    const Statement& statement = kept.statement->statement;
    if (statement.id.origin == self_) return recover_own(kept.statement, env);
    if (std::holds_alternative<Announcement>(statement.body)) directory_.on_announcement(kept.statement, env);
}

void Node::recover_own(const SignedRef& kept, Env& env) {
    const Statement& statement = kept->statement;
    last_sequence_ = std::max(last_sequence_, statement.id.sequence);
    log_.insert(kept, env.now);
    if (std::holds_alternative<Announcement>(statement.body)) {
        const bool newer = announcement_ == nullptr || announcement_->statement.id < statement.id;
        if (newer) announcement_ = kept;
        if (newer) gone_ = std::get<Announcement>(statement.body).departed();
        remember_leaving(statement, env);
        directory_.on_announcement(kept, env);
    } else if (const auto* holding = std::get_if<Holding>(&statement.body)) {
        Word& newest = any_objects().holdings[holding->object];
        if (statement.id.sequence < newest.sequence) return;
        newest = {statement.id.sequence, holding->custody};
        keeper_.on_holding(self_, *holding, env.now);
    } else {
        notices_.emplace_back(statement.id.sequence, statement.at);
    }
}

void Node::recover(const KeptManifest& kept, Env&) {
    if (!well_formed(*kept.manifest)) return;
    any_objects().shelf.open(kept.manifest);
    any_objects().shelf.manifest_durable(kept.manifest->object);
}

void Node::recover(const KeptChunk& kept, Env&) {
    any_objects().shelf.chunk_durable(kept.object, kept.index);
}

// What lies on the disk counts against the owner's limit. A whole object that nothing was said about was
// never acknowledged either: a later review drops it, or takes it into custody.
void Node::reclaim_shelf(Env& env) {
    for (const auto& [object, held] : objects().shelf) meter_.stored(held.manifest->size);
    close_own_gaps();
    take_back_empty_words(env);
}

}  // namespace coop::protocol

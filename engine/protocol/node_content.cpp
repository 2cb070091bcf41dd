// Objects: what the owner puts and wants, what this board keeps for others, and what it may drop again.
#include <algorithm>

#include "engine/protocol/node.hpp"

namespace coop::protocol {
namespace {

// An owner who made room sees it put to use the same evening; one record an hour wears out no card. Guess.
// Study: scenarios/studies/failed_after.toml
constexpr base::Duration disk_retry = base::hours(1);

}  // namespace

void Node::request(const Publish& command, Env& env) {
    if (leaving() || command.notice.size > notice_size_max) return;
    say(command.notice, env);
}

// The owner's own object is welcome at any hour; it is acknowledged once all of it is durable here.
void Node::request(const Put& command, Env& env) {
    const Manifest& manifest = *command.manifest;
    const auto no = [&](Reason reason) {
        env.out.report(
            {.what = What::put_refused, .object = manifest.object, .size = manifest.size, .reason = reason});
    };
    if (!well_formed(manifest) || command.chunks == nullptr) return no(Reason::malformed);
    if (command.chunks->size() != manifest.chunks.size()) return no(Reason::malformed);
    if (leaving()) return no(Reason::leaving);
    if (disk_trouble_) return no(Reason::disk_failing);
    if (objects().shelf.whole(manifest.object)) {
        any_objects().read_copies.erase(manifest.object);
        if (custody_of(manifest.object) != Custody::released) {
            env.out.report({.what = What::put_accepted, .object = manifest.object, .size = manifest.size});
        } else if (!being_said(manifest.object)) {
            say(Holding{manifest.object, manifest.size, Custody::author}, env);
        }
        return;
    }
    if (being_put(manifest.object)) return no(Reason::busy);
    if (objects().pulls.active(manifest.object) && objects().shelf.find(manifest.object) != nullptr)
        return no(Reason::busy);
    drop(manifest.object, env);  // parts of an earlier life
    if (!make_room(manifest.size, env)) return no(Reason::disk_full);
    meter_.stored(manifest.size);
    any_objects().puts.push_back(manifest.object);
    any_objects().shelf.open(command.manifest);
    pending_[keep(KeptManifest{command.manifest}, env).number] = ManifestOf{manifest.object};
    for (std::size_t i = 0; i < manifest.chunks.size(); ++i) {
        const auto index = static_cast<std::uint16_t>(i);
        pending_[keep(KeptChunk{manifest.object, index, (*command.chunks)[i]}, env).number] =
            ChunkOf{manifest.object, index};
    }
}

void Node::request(const Get& command, Env& env) {
    env.out.report({.what = What::get_asked, .object = command.object});
    if (objects().shelf.whole(command.object)) {
        const base::Bytes size = objects().shelf.find(command.object)->manifest->size;
        env.out.report({.what = What::got, .object = command.object, .size = size});
        return;
    }
    if (const transfer::Pull* pull = objects().pulls.find(command.object)) {
        if (pull->purpose == transfer::Purpose::read) return;
        any_objects().pulls.finish(
            command.object);  // what it fetched stays; the owner's wish goes on with it
    }
    if (gone_ || !any_objects().pulls.room_to_read()) {
        const Reason reason = gone_ ? Reason::leaving : Reason::busy;
        env.out.report({.what = What::get_failed, .object = command.object, .reason = reason});
        return;
    }
    const content::Known* const known = keeper_.find(command.object);
    const base::Bytes size = known != nullptr ? known->size : base::Bytes{};
    any_objects().pulls.start(
        {.object = command.object, .size = size, .purpose = transfer::Purpose::read, .since = env.now});
}

void Node::look_after_objects(Env& env) {
    if (env.now < keeper_.deadline()) return;
    for (const content::Task& task : keeper_.review(directory_, env)) perform(task, env);
    tidy_shelf(env);
    give_up_reads(env);
    if (leaving()) go_when_free(env);
}

void Node::perform(const content::Task& task, Env& env) {
    if (being_said(task.object)) return;
    switch (task.duty) {
        case content::Duty::none: return;
        case content::Duty::keep:
        case content::Duty::carry: return fetch(task, env);
        case content::Duty::promote: return say(Holding{task.object, task.size, Custody::keeper}, env);
        case content::Duty::release: return release(task, env);
    }
}

void Node::release(const content::Task& task, Env& env) {
    const content::Known* const known = keeper_.find(task.object);
    const bool author = known != nullptr && known->custody_of(self_) == Custody::author;
    if (author) env.out.report({.what = What::object_safe, .object = task.object, .size = task.size});
    drop(task.object, env);
}

void Node::fetch(const content::Task& task, Env& env) {
    if (disk_trouble_ || any_objects().pulls.active(task.object) || !any_objects().pulls.room()) return;
    const bool keep_it = task.duty == content::Duty::keep;
    if (objects().shelf.whole(
            task.object)) {  // fetched for the owner a moment ago: it only changes its purpose
        any_objects().read_copies.erase(task.object);
        return say(Holding{task.object, task.size, keep_it ? Custody::keeper : Custody::courier}, env);
    }
    if (objects().shelf.find(task.object) == nullptr && !make_room(task.size, env)) return;
    if (task.repair) env.out.report({.what = What::repair_started, .object = task.object, .size = task.size});
    any_objects().pulls.start({.object = task.object,
                               .size = task.size,
                               .purpose = keep_it ? transfer::Purpose::keep : transfer::Purpose::carry,
                               .repair = task.repair,
                               .since = env.now});
}

void Node::advance_pulls(Env& env) {
    std::vector<base::Digest> pointless;
    transfer::Pulls& pulls = any_objects().pulls;
    for (transfer::Pull& pull : pulls.all()) {
        if (!pulls.due(pull, env.now)) continue;
        const auto sources = keeper_.sources(pull.object, directory_, env);
        pulls.advance(pull, sources, objects().shelf, meter_, env);
        if (pull.purpose == transfer::Purpose::read || !pull.asks.empty()) continue;
        // Nobody left to ask today, or others have made enough copies meanwhile: the next review knows.
        const content::Known* const known = keeper_.find(pull.object);
        const bool wanted = known != nullptr && known->judgement.duty != content::Duty::none;
        const content::Held* const held = objects().shelf.find(pull.object);
        const bool arriving = held != nullptr && held->missing == 0;
        if (!arriving && (sources.empty() || !wanted)) pointless.push_back(pull.object);
    }
    for (const base::Digest& object : pointless) pulls.finish(object);
}

void Node::on_whole(const base::Digest& object, Env& env) {
    const base::Bytes size = objects().shelf.find(object)->manifest->size;
    const bool put = base::erase(any_objects().puts, object) > 0;  // perhaps while it was being fetched
    const auto pull = any_objects().pulls.finish(object);
    const bool read = pull && pull->purpose == transfer::Purpose::read;
    if (read) {
        env.out.report(
            {.what = What::got, .object = object, .size = size, .value = (env.now - pull->since).ns()});
    }
    if (put) return say(Holding{object, size, Custody::author}, env);
    if (!pull) return;  // parts of an earlier life, whole at last; the next review decides about it
    if (read) {
        any_objects().read_copies[object] = env.now + config_->content.reader_keeps;
        return;
    }
    const bool keep_it = pull->purpose == transfer::Purpose::keep;
    say(Holding{object, size, keep_it ? Custody::keeper : Custody::courier}, env);
    keeper_.look_soon(env.now);  // there is room for the next one
}

/// What this node last said of it, durably. `released` when it said nothing.
Custody Node::custody_of(const base::Digest& object) const {
    const Word* const word = objects().holdings.find(object);
    return word != nullptr ? word->custody : Custody::released;
}

/// Its bytes are on their way to the disk, for this node's owner.
bool Node::being_put(const base::Digest& object) const {
    return std::find(objects().puts.begin(), objects().puts.end(), object) != objects().puts.end();
}

/// A statement about it is on its way to the disk.
bool Node::being_said(const base::Digest& object) const {
    return std::any_of(pending_.begin(), pending_.end(), [&](const auto& pending) {
        const auto* const said = std::get_if<Said>(&pending.second);
        const auto* const holding =
            said != nullptr ? std::get_if<Holding>(&said->statement->statement.body) : nullptr;
        return holding != nullptr && holding->object == object;
    });
}

void Node::drop(const base::Digest& object, Env& env) {
    const content::Held* const held = objects().shelf.find(object);
    if (held == nullptr) return;
    const base::Bytes size = held->manifest->size;
    meter_.freed(size);
    any_objects().shelf.forget(object);
    any_objects().read_copies.erase(object);
    keep(ForgottenObject{object}, env);
    env.out.report({.what = What::released, .object = object, .size = size});
    if (custody_of(object) != Custody::released) say(Holding{object, size, Custody::released}, env);
}

// A copy that rotted: taken back, so that others repair, or this board itself fetches it again. Not while the
// disk is in trouble: what can not be read today is not lost. Whoever asks next tells again.
void Node::on(const Damaged& damaged, Env& env) {
    const base::Digest object = damaged.object;
    if (disk_trouble_ || being_put(object) || being_said(object)) return;
    const auto pull = any_objects().pulls.finish(object);
    drop(object, env);
    const bool read = pull && pull->purpose == transfer::Purpose::read;
    if (read) {
        any_objects().pulls.start(
            {.object = object, .size = pull->size, .purpose = pull->purpose, .since = pull->since});
    }
    keeper_.look_soon(env.now);
}

// Copies that were fetched to be read, and parts of objects that nobody needs here any more.
void Node::tidy_shelf(Env& env) {
    std::vector<base::Digest> done;
    for (const auto& [object, held] : objects().shelf) {
        if (objects().pulls.active(object) || custody_of(object) != Custody::released || being_said(object))
            continue;
        if (being_put(object)) continue;
        if (const base::Instant* until = objects().read_copies.find(object)) {
            if (env.now >= *until) done.push_back(object);
            continue;
        }
        const content::Known* const known = keeper_.find(object);
        if (known == nullptr && env.now < tidy_from_) continue;
        const bool wanted = known != nullptr && known->judgement.duty != content::Duty::none;
        if (!wanted) done.push_back(object);
    }
    for (const base::Digest& object : done) drop(object, env);
}

void Node::give_up_reads(Env& env) {
    std::vector<base::Digest> late;
    for (const transfer::Pull& pull : objects().pulls.all()) {
        const bool read = pull.purpose == transfer::Purpose::read;
        if (read && env.now - pull.since > config_->content.get_timeout) late.push_back(pull.object);
    }
    for (const base::Digest& object : late) {
        any_objects().pulls.finish(object);
        env.out.report({.what = What::get_failed, .object = object, .reason = Reason::not_here});
    }
}

// A full board first gives up a copy that the pool has enough of.
bool Node::make_room(base::Bytes size, Env& env) {
    if (meter_.may_store(size, true) != policy::Verdict::disk_full) return true;
    const base::Digest* const spare = keeper_.spare(directory_, env);
    if (spare == nullptr || !objects().shelf.whole(*spare)) return false;
    drop(base::Digest{*spare}, env);
    return meter_.may_store(size, true) == policy::Verdict::granted;
}

// A manifest has come. What it says counts against the disk, whatever its holder had announced.
bool Node::shelve(const ManifestRef& manifest, Env& env) {
    const base::Digest& object = manifest->object;
    if (objects().shelf.find(object) != nullptr) return true;
    if (make_room(manifest->size, env)) {
        meter_.stored(manifest->size);
        any_objects().shelf.open(manifest);
        return true;
    }
    const auto pull = any_objects().pulls.finish(object);
    if (pull && pull->purpose == transfer::Purpose::read)
        env.out.report({.what = What::get_failed, .object = object, .reason = Reason::disk_full});
    return false;
}

// What was promised before stays, and its new custody is said another time. What was not is given up.
void Node::on_custody_unsaid(const Holding& holding, Env& env) {
    if (holding.custody == Custody::released || custody_of(holding.object) != Custody::released) return;
    if (holding.custody == Custody::author) {
        env.out.report({.what = What::put_refused, .object = holding.object, .reason = Reason::disk_failing});
    }
    drop(holding.object, env);
}

// The disk is full or failing: nothing that was acknowledged is touched, nothing new is promised.
void Node::on_disk_trouble(const Pending& pending, Env& env) {
    if (!disk_trouble_) {
        env.out.report({.what = What::disk_trouble});
        disk_try_at_ = env.now + disk_retry;
    }
    disk_trouble_ = true;
    any_objects().pulls.pause(disk_try_at_);
    base::Digest object;
    if (const auto* said = std::get_if<Said>(&pending)) {
        const bool first = announcement_ == nullptr || !awake_;
        const bool announcing = std::holds_alternative<Announcement>(said->statement->statement.body);
        if (announcing && going_ && awake_) return depart(env);
        if (announcing && !first && views_.active().empty())
            views_.wake({directory_, own_->contacts, announcement_}, env);
        if (const auto* holding = std::get_if<Holding>(&said->statement->statement.body)) {
            on_custody_unsaid(*holding, env);
        }
        return;
    }
    if (const auto* manifest = std::get_if<ManifestOf>(&pending)) object = manifest->object;
    if (const auto* chunk = std::get_if<ChunkOf>(&pending)) object = chunk->object;
    if (base::erase(any_objects().puts, object) == 0) {
        // Chunks without a manifest would never be whole: it is fetched again, another time.
        const content::Held* const held = objects().shelf.find(object);
        if (held != nullptr && !held->manifest_durable) drop(object, env);
        return;
    }
    env.out.report({.what = What::put_refused, .object = object, .reason = Reason::disk_failing});
    drop(object, env);
}

// A board that never sleeps has no new day on which to try: announcing shows whether the disk writes again.
void Node::try_disk_again(Env& env) {
    if (env.now < disk_try_at_) return;
    disk_try_at_ = base::Instant::never();
    disk_trouble_ = false;
    take_back_empty_words(env);
    announce(env);
}

}  // namespace coop::protocol

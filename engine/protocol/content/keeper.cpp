#include "engine/protocol/content/keeper.hpp"

#include <algorithm>

namespace coop::protocol::content {
namespace {

constexpr std::size_t tasks_max = 16;              // per review; the next one is a minute away
constexpr base::Duration soon = base::seconds(1);  // several statements come together; one review serves them

/// An object with too few copies is judged again this often, because patience with couriers runs out.
constexpr base::Duration rejudge_every = base::hours(1);

/// When there is no room, a courier's copy is forgotten first: the placed ones and this node's own matter
/// more.
void set_holder(Holders& holders, Holder said, PeerId self, std::size_t most) {
    const auto is_said = [&](const Holder& h) { return h.peer == said.peer; };
    const auto at = std::find_if(holders.begin(), holders.end(), is_said);
    if (at != holders.end()) {
        at->custody = said.custody;
        return;
    }
    if (holders.size() >= most) {
        const auto expendable = std::find_if(holders.begin(), holders.end(), [&](const Holder& h) {
            return h.custody == Custody::courier && h.peer != self;
        });
        const bool matters = said.custody == Custody::keeper || said.peer == self;
        if (!matters) return;
        const auto victim = expendable != holders.end() ? expendable : holders.begin();
        holders.erase(victim);
    }
    holders.push_back(said);
}

void remove_holder(Holders& holders, PeerId peer) {
    const auto at =
        std::find_if(holders.begin(), holders.end(), [&](const Holder& h) { return h.peer == peer; });
    if (at != holders.end()) holders.erase(at);
}

}  // namespace

Custody Known::custody_of(PeerId peer) const {
    for (const Holder& holder : holders) {
        if (holder.peer == peer) return holder.custody;
    }
    return Custody::released;
}

Keeper::Keeper(PeerId self, const ContentConfig& config, const policy::Placement& placement)
    : config_(&config), placement_(&placement), self_(self) {}

Keeper::Catalogue& Keeper::catalogue() {
    if (catalogue_ == nullptr) catalogue_ = std::make_unique<Catalogue>();
    return *catalogue_;
}

void Keeper::look_soon(base::Instant now) { next_review_ = std::min(next_review_, now + soon); }

void Keeper::on_holding(PeerId origin, const Holding& holding, base::Instant now) {
    Known* known = catalogue().objects.find(holding.object);
    if (known == nullptr) {
        if (holding.custody == Custody::released || !(origin == self_ || has_room())) return;
        known = &catalogue().objects[holding.object];
        known->size = holding.size;
        known->unsettled_since = now;
    }
    if (holding.custody == Custody::released) {
        remove_holder(known->holders, origin);
        catalogue().unheld += known->holders.empty() ? 1 : 0;
    } else {
        set_holder(known->holders, {origin, holding.custody}, self_, holders_max(*placement_));
    }
    known->stale = true;
    look_soon(now);
}

/// What nobody holds any more is forgotten when others need its place.
bool Keeper::has_room() {
    if (catalogue().objects.size() >= config_->objects_max && catalogue().unheld > 0) {
        catalogue().objects.erase_if(
            [](const base::Digest&, const Known& known) { return known.holders.empty(); });
        catalogue().unheld = 0;
    }
    return catalogue().objects.size() < config_->objects_max;
}

void Keeper::refresh_map(const membership::Directory& directory, Env& env) {
    std::unique_ptr<Map>& map = catalogue().map;
    if (map != nullptr && map->version == directory.version()) return;
    if (map == nullptr) map = std::make_unique<Map>(config_->meeting_min);
    map->roster.rebuild(directory, env.crypto);
    map->routes.forget();
    map->version = directory.version();
    for (auto& [object, known] : catalogue().objects) known.stale = true;
}

Situation Keeper::situation(const base::Digest& object, const Known& known, base::Instant now) const {
    return {.self = self_,
            .object = object.prefix(),
            .holders = &known.holders,
            .unsettled_for = now - known.unsettled_since};
}

void Keeper::judge_again(const base::Digest& object, Known& known, base::Instant now) {
    Map& map = *catalogue().map;
    known.judgement = judge(situation(object, known, now), {map.roster, map.routes, *placement_});
    if (known.judgement.satisfied) known.unsettled_since = now;
    known.judged_at = now;
    known.stale = false;
}

std::vector<Task> Keeper::review(const membership::Directory& directory, Env& env) {
    if (env.now < next_review_) return {};
    next_review_ = env.now + config_->review_every;
    reviewed_ = true;
    if (size() == 0) return {};
    refresh_map(directory, env);
    std::vector<Task> tasks;
    for (auto& [object, known] : catalogue().objects) {
        const bool impatient = !known.judgement.satisfied && env.now - known.judged_at > rejudge_every;
        if (known.stale || impatient) judge_again(object, known, env.now);
        if (known.judgement.duty == Duty::none || tasks.size() >= tasks_max) continue;
        const bool fetch = known.judgement.duty == Duty::keep || known.judgement.duty == Duty::carry;
        if (fetch && sources(object, directory, env).empty()) continue;
        tasks.push_back({known.judgement.duty, object, known.size, known.judgement.repair});
    }
    return tasks;
}

std::vector<PeerId> Keeper::sources(const base::Digest& object, const membership::Directory& directory,
                                    Env& env) {
    std::vector<PeerId> awake;
    const Known* const known = find(object);
    if (known != nullptr && !known->holders.empty()) {
        for (const Holder& holder : known->holders) {
            if (holder.peer != self_ && directory.expected_awake(holder.peer, env.now))
                awake.push_back(holder.peer);
        }
        return awake;
    }
    if (!reviewed_) return awake;
    if (size() == 0 || catalogue().map == nullptr) refresh_map(directory, env);
    const Roster& roster = catalogue().map->roster;
    std::vector<std::uint32_t> chosen(placement_->chosen_max());
    chosen.resize(placement_->choose({object.prefix(), roster.takers()}, chosen));
    for (const std::uint32_t index : chosen) {
        const PeerId peer = roster.at(index).peer;
        if (peer != self_ && directory.expected_awake(peer, env.now)) awake.push_back(peer);
    }
    return awake;
}

bool Keeper::enough_elsewhere(const base::Digest& object) const {
    const Known* const known = find(object);
    return known != nullptr && !known->stale && known->judgement.satisfied;
}

const base::Digest* Keeper::spare(const membership::Directory& directory, Env& env) {
    if (size() == 0) return nullptr;
    refresh_map(directory, env);  // judged by a roster of nobody, no copies would be enough
    Map& map = *catalogue().map;
    if (!map.roster.index_of(self_)) return nullptr;
    for (const auto& [object, known] : catalogue().objects) {
        Holders others = known.holders;
        const std::size_t before = others.size();
        remove_holder(others, self_);
        if (others.size() == before) continue;
        Known without = known;
        without.holders = others;
        const Ground ground{map.roster, map.routes, *placement_};
        const Judgement judgement = judge(situation(object, without, env.now), ground);
        if (judgement.satisfied && judgement.duty == Duty::none) return &object;
    }
    return nullptr;
}

}  // namespace coop::protocol::content

#include "engine/protocol/transfer/pulls.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/protocol/message_size.hpp"

namespace coop::protocol::transfer {
namespace {

constexpr std::size_t reads_max = 64;  // the owner's own open wishes
constexpr base::Duration rest_after_silence =
    base::minutes(2);  // Guess. Study: scenarios/studies/chunk_size.toml
constexpr base::Duration rest_after_refusal =
    base::seconds(10);                                    // a busy board clears a chunk in about that time
constexpr base::Duration look_again = base::seconds(30);  // when no source is awake

/// Who has nothing is asked again after twice as long each time, and after this at the latest: a Holding
/// tells of an object sooner than any question. Guess. Study: scenarios/studies/chunk_size.toml
constexpr base::Duration rest_most = base::hours(1);
constexpr std::uint8_t doublings_max = 9;  // beyond rest_most
constexpr std::size_t rests_max = 64;      // remembered for an object: bounds memory

/// What a step sends besides, at the most, before its questions: a few shuffles and replies.
constexpr base::Bytes request_headroom = base::kib(8);

base::Bytes manifest_line(base::Bytes object_size) {
    const std::size_t chunks = object_size.count > 0 ? chunk_count(object_size) : chunks_in_object_max;
    Manifest likely;
    likely.chunks.resize(std::min(chunks, chunks_in_object_max));
    return line_size(ManifestReply{std::make_shared<const Manifest>(std::move(likely))});
}

base::Bytes chunk_line(const base::Digest& object, std::uint16_t index, base::Bytes size) {
    return line_size(ChunkReply{object, index, Chunk{{}, size, nullptr}});
}

/// Who had nothing is remembered for as long again: it may be asked, and says the same.
void expire(std::vector<Rest>& resting, base::Instant now) {
    std::erase_if(resting, [&](const Rest& rest) {
        return rest.until + (rest.in_vain > 0 ? rest_most : base::Duration::zero()) <= now;
    });
}

Rest& rest(Pull& pull, PeerId peer, base::Instant until) {
    for (Rest& known : pull.resting) {
        if (known.peer != peer) continue;
        known.until = std::max(known.until, until);
        return known;
    }
    if (pull.resting.size() >= rests_max) pull.resting.erase(pull.resting.begin());
    return pull.resting.emplace_back(Rest{peer, until});
}

/// One round of questions for one object.
class Round {
  public:
    Round(Pull& pull, std::span<const PeerId> sources, quota::Meter& meter, Env& env,
          const ContentConfig& config)
        : pull_(pull), meter_(meter), env_(env), config_(config) {
        for (const PeerId peer : sources) {
            const bool resting = std::any_of(pull.resting.begin(), pull.resting.end(), [&](const Rest& r) {
                return r.peer == peer && r.until > env.now;
            });
            if (!resting) ready_.push_back(peer);
        }
    }

    void ask_for_manifest() {
        if (!pull_.asks.empty()) return;
        if (ask(whole_object, manifest_line(pull_.size))) env_.out.send(asked_, FetchManifest{pull_.object});
    }

    void ask_for_chunks(const content::Held& held) {
        const std::size_t window = std::min<std::size_t>(config_.window, pull_.asks.capacity());
        for (std::size_t i = 0; i < held.durable.size() && pull_.asks.size() < window; ++i) {
            if (held.durable[i] || pull_.arrived[i] || asked_already(i)) continue;
            const auto index = static_cast<std::uint16_t>(i);
            if (!ask(index, chunk_line(pull_.object, index, held.manifest->chunk_size(i)))) return;
            env_.out.send(asked_, FetchChunk{pull_.object, index});
        }
    }

  private:
    bool asked_already(std::size_t index) const {
        return std::any_of(pull_.asks.begin(), pull_.asks.end(),
                           [&](const Ask& a) { return a.index == index; });
    }

    bool ask(std::uint16_t index, base::Bytes answer) {
        if (ready_.empty()) return wait_until(env_.now + look_again);
        // The question must leave now: queued behind others, its answer would draw on tokens of another
        // moment.
        if (meter_.may_send(request_headroom, Urgency::control, env_.now) != policy::Verdict::granted) {
            return wait_until(meter_.when_sendable(request_headroom, Urgency::control, env_.now));
        }
        switch (meter_.may_fetch(answer, env_.now)) {
            case policy::Verdict::granted: break;
            case policy::Verdict::wait_for_tokens: return wait_until(meter_.when_fetchable(answer, env_.now));
            default: return wait_until(env_.now + look_again);
        }
        meter_.asked(answer, env_.now);
        asked_ = ready_[env_.rng.below(ready_.size())];
        pull_.asks.push_back({index, asked_, env_.now + config_.ask_timeout});
        return true;
    }
    bool wait_until(base::Instant at) {
        pull_.retry_at = at;
        return false;
    }

    Pull& pull_;
    quota::Meter& meter_;
    Env& env_;
    const ContentConfig& config_;
    std::vector<PeerId> ready_;
    PeerId asked_;
};

}  // namespace

Pull* Pulls::look_up(const base::Digest& object) {
    const auto at =
        std::find_if(pulls_.begin(), pulls_.end(), [&](const Pull& p) { return p.object == object; });
    return at == pulls_.end() ? nullptr : &*at;
}
const Pull* Pulls::find(const base::Digest& object) const {
    return const_cast<Pulls*>(this)->look_up(object);
}

bool Pulls::room() const {
    const auto background =
        std::count_if(pulls_.begin(), pulls_.end(), [](const Pull& p) { return p.purpose != Purpose::read; });
    return static_cast<std::size_t>(background) < config_->pulls_max;
}

bool Pulls::room_to_read() const {
    const auto reads =
        std::count_if(pulls_.begin(), pulls_.end(), [](const Pull& p) { return p.purpose == Purpose::read; });
    return static_cast<std::size_t>(reads) < reads_max;
}

void Pulls::start(Pull pull) {
    COOP_ASSERT(!active(pull.object));
    pulls_.push_back(std::move(pull));
}

std::optional<Pull> Pulls::finish(const base::Digest& object) {
    const auto at =
        std::find_if(pulls_.begin(), pulls_.end(), [&](const Pull& p) { return p.object == object; });
    if (at == pulls_.end()) return std::nullopt;
    Pull done = std::move(*at);
    pulls_.erase(at);
    return done;
}

void Pulls::advance(Pull& pull, std::span<const PeerId> sources, const content::Shelf& shelf,
                    quota::Meter& meter, Env& env) {
    for (std::size_t i = pull.asks.size(); i-- > 0;) {
        if (pull.asks[i].due > env.now) continue;
        rest(pull, pull.asks[i].peer, env.now + rest_after_silence);
        pull.asks.erase_at(i);
        pull.retry_at = env.now;
    }
    expire(pull.resting, env.now);
    if (env.now < pull.retry_at) return;
    pull.retry_at = base::Instant::never();  // an answer, or a question that must wait, says otherwise
    Round round(pull, sources, meter, env, *config_);
    const content::Held* const held = shelf.find(pull.object);
    if (held == nullptr) return round.ask_for_manifest();
    if (pull.arrived.size() != held->durable.size()) pull.arrived.assign(held->durable.size(), false);
    round.ask_for_chunks(*held);
}

Answer Pulls::take_manifest(PeerId from, const ManifestReply& reply, Env& env) {
    const Manifest& manifest = *reply.manifest;
    Pull* const pull = look_up(manifest.object);
    if (pull == nullptr) return Answer::unasked;
    for (std::size_t i = 0; i < pull->asks.size(); ++i) {
        const Ask ask = pull->asks[i];
        if (ask.index != whole_object || ask.peer != from) continue;
        pull->asks.erase_at(i);
        const bool right = well_formed(manifest) && env.crypto.names(manifest);
        if (!right) rest(*pull, from, env.now + rest_after_silence);
        pull->retry_at = env.now;
        return right ? Answer::taken : Answer::wrong;
    }
    return Answer::unasked;
}

Answer Pulls::take_chunk(PeerId from, const ChunkReply& reply, const content::Shelf& shelf, Env& env) {
    Pull* const pull = look_up(reply.object);
    const content::Held* const held = shelf.find(reply.object);
    if (pull == nullptr || held == nullptr || reply.index >= held->durable.size()) {
        return Answer::unasked;
    }
    for (std::size_t i = 0; i < pull->asks.size(); ++i) {
        const Ask ask = pull->asks[i];
        if (ask.index != reply.index || ask.peer != from) continue;
        pull->asks.erase_at(i);
        const bool right = reply.chunk.name == held->manifest->chunks[reply.index] &&
                           reply.chunk.size == held->manifest->chunk_size(reply.index) &&
                           env.crypto.names(reply.chunk);
        if (right) {
            pull->arrived[reply.index] = true;
        } else {
            rest(*pull, from, env.now + rest_after_silence);
        }
        pull->retry_at = env.now;
        return right ? Answer::taken : Answer::wrong;
    }
    return Answer::unasked;
}

void Pulls::on_refusal(PeerId from, const Refusal& refusal, Env& env) {
    Pull* const pull = look_up(refusal.object);
    if (pull == nullptr) return;
    for (std::size_t i = 0; i < pull->asks.size(); ++i) {
        if (pull->asks[i].index != refusal.index || pull->asks[i].peer != from) continue;
        pull->asks.erase_at(i);
        Rest& resting = rest(*pull, from, env.now);
        pull->retry_at = env.now;
        if (resting.until > env.now) return;  // it was asked for several chunks at once
        const bool in_vain = refusal.reason == Reason::not_here;
        const base::Duration least =
            std::min(in_vain ? rest_after_refusal * (1 << resting.in_vain) : rest_after_refusal, rest_most);
        if (in_vain && resting.in_vain < doublings_max) ++resting.in_vain;
        // A random part, so that several who were sent away do not come back together.
        const base::Duration extra = env.rng.between(base::Duration::zero(), rest_after_refusal);
        resting.until = env.now + least + extra;
        return;
    }
}

void Pulls::on_news(const base::Digest& object, base::Instant now) {
    Pull* const pull = look_up(object);
    if (pull == nullptr) return;
    if (std::erase_if(pull->resting, [](const Rest& rest) { return rest.in_vain > 0; }) > 0)
        pull->retry_at = std::min(pull->retry_at, now);
}

void Pulls::pause(base::Instant until) {
    base::erase_if(pulls_, [](const Pull& p) { return p.purpose != Purpose::read; });
    for (Pull& pull : pulls_) {
        pull.asks.clear();
        pull.arrived.clear();
        pull.resting.clear();
        pull.retry_at = until;
    }
}

Deadline Pulls::deadline(const Pull& pull) const {
    Deadline earliest = pull.asks.size() < config_->window ? pull.retry_at : base::Instant::never();
    for (const Ask& ask : pull.asks) earliest = std::min(earliest, ask.due);
    return earliest;
}

Deadline Pulls::deadline() const {
    Deadline earliest = base::Instant::never();
    for (const Pull& pull : pulls_) earliest = std::min(earliest, deadline(pull));
    return earliest;
}

}  // namespace coop::protocol::transfer

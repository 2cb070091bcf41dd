#include "engine/runtime/steps.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "engine/runtime/objects.hpp"
#include "engine/runtime/records.hpp"

namespace coop::runtime {

using namespace protocol;

namespace {

/// Down again however the step ends: a hook that throws is a bug, and no reason to stop the board.
class Flag {
  public:
    explicit Flag(bool& flag) : flag_(flag) {}
    ~Flag() { flag_ = false; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;

  private:
    bool& flag_;
};

}  // namespace

Steps::Steps(PeerId self, const Config& config, const Policies& policies, base::Rng rng, Surroundings around)
    : self_(self), node_(self, config, policies), rng_(rng), around_(std::move(around)) {}

void Steps::take(const Input& input) {
    COOP_ASSERT(!taking_);  // a step is never inside another: whoever answers a step does so later
    taking_ = true;
    const Flag done(taking_);
    step(input);
    while (!answers_.empty()) {
        const Input answer = answers_.front();
        answers_.pop_front();
        step(answer);
    }
}

void Steps::step(const Input& input) {
    last_ = std::max(last_, around_.now());
    outbox_.clear();
    Env env{last_, rng_, outbox_, around_.crypto};
    node_.step(input, env);
    ++around_.counters.steps;
    if (around_.hooks.on_transcript) around_.hooks.on_transcript(last_, input, outbox_.effects());

    const bool durable = commit(outbox_.effects());
    for (const Effect& effect : outbox_.effects()) {
        if (const auto* const said = std::get_if<Send>(&effect)) {
            durable ? send(*said) : void(++around_.counters.sends_withheld);
        } else if (const auto* const report = std::get_if<Report>(&effect)) {
            // From now on the node counts what this origin says, so its handle must stay its own.
            if (report->what == What::delivered) around_.book.promote(report->id.origin);
            around_.on_report(last_, *report);
            if (around_.hooks.on_report) around_.hooks.on_report(last_, *report);
        } else if (const auto* const persist = std::get_if<Persist>(&effect)) {
            answers_.push_back(Persisted{persist->ticket, durable});
        }
    }
}

bool Steps::commit(const std::vector<Effect>& effects) {
    storage::Batch batch;
    bool sound = true;
    for (const Effect& effect : effects) {
        const auto* const persist = std::get_if<Persist>(&effect);
        if (!persist) continue;
        auto change = to_change(persist->record, self_, around_.book);
        if (change) {
            batch.push_back(std::move(*change));
        } else {
            sound = false;
        }
    }
    if (batch.empty() && sound) return true;
    if (sound) {
        const storage::Status done = around_.store.commit(batch);
        if (done) {
            ++around_.counters.commits;
            for (const Effect& effect : effects) {
                const auto* const persist = std::get_if<Persist>(&effect);
                const auto* const kept = persist ? std::get_if<KeptStatement>(&persist->record) : nullptr;
                if (kept && kept->statement->statement.id.origin != self_)
                    meet(kept->statement, around_.book);
            }
            return true;
        }
        // A full disk fails every commit: the first is worth a line, the counter tells the rest.
        if (around_.counters.commits_failed == 0)
            spdlog::error("cannot keep records: {}", done.error().message);
    }
    ++around_.counters.commits_failed;
    return false;
}

void Steps::send(const Send& send) {
    const auto* const reply = std::get_if<ChunkReply>(&send.message);
    if (!reply || reply->chunk.bytes) return around_.send(send.to, send.message);

    ChunkReply filled = *reply;
    filled.chunk.bytes = read(*reply);
    if (filled.chunk.bytes) return around_.send(send.to, filled);
    ++around_.counters.chunks_missing;
    around_.send(send.to, Refusal{reply->object, reply->index, Reason::not_here});
}

/// Null when its bytes are not what its name says, which the node is told; or when the disk could not read
/// them now, which says nothing about them.
std::shared_ptr<const Content> Steps::read(const ChunkReply& reply) {
    auto bytes = around_.store.read_chunk(reply.chunk.name);
    if (bytes) {
        Chunk chunk = reply.chunk;
        chunk.bytes = std::make_shared<const Content>(std::move(bytes).value());
        if (around_.crypto.names(chunk)) return chunk.bytes;
    } else if (!is_damage(bytes.error().trouble)) {
        return nullptr;
    }
    answers_.push_back(Damaged{reply.object});
    return nullptr;
}

}  // namespace coop::runtime

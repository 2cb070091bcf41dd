// Pulls: the objects that this node is fetching, chunk by chunk, from whoever holds them and is awake.
//
//     start ─► FetchManifest ─► ManifestReply ─► FetchChunk × window ─► ChunkReply … ─► durable ─► whole
//
// Law: nothing is asked for that the meter does not grant; nothing is taken that was not asked for or does
// not hash to its name. A source that is silent or refuses rests for a while, and twice as long each time it
// says that it has nothing; what has arrived is never fetched again.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/base/inline_vector.hpp"
#include "engine/base/slim_vector.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/content/shelf.hpp"
#include "engine/protocol/env.hpp"
#include "engine/protocol/quota/meter.hpp"

namespace coop::protocol::transfer {

/// Why an object is fetched.
enum class Purpose : std::uint8_t { keep, carry, read };

/// What came in reply: what was asked for; something too late, or never asked for; or not what its name says.
enum class Answer : std::uint8_t { taken, unasked, wrong };

struct Ask {
    std::uint16_t index = whole_object;  ///< a chunk's, or the manifest
    PeerId peer;
    base::Instant due;
};

struct Rest {
    PeerId peer;
    base::Instant until;
    std::uint8_t in_vain = 0;  ///< how often it said, since there was news of the object, that it has nothing
};

struct Pull {
    base::Digest object = {};
    base::Bytes size = {};  ///< of the object; zero while nobody has said
    Purpose purpose = Purpose::keep;
    bool repair = false;
    base::Instant since = {};
    base::Instant retry_at = {};     ///< nothing to do before
    std::vector<bool> arrived = {};  ///< by chunk: here, though perhaps not durable yet
    base::InlineVector<Ask, 8> asks = {};
    std::vector<Rest> resting = {};  ///< sources that were asked lately
};

class Pulls {
  public:
    explicit Pulls(const ContentConfig& config) : config_(&config) {}

    bool empty() const { return pulls_.empty(); }
    bool active(const base::Digest& object) const { return find(object) != nullptr; }
    /// Room for one more background fetch; the owner's own wishes are bounded by `reads_max` alone.
    bool room() const;
    bool room_to_read() const;
    void start(Pull pull);
    std::optional<Pull> finish(const base::Digest& object);

    /// Asks for what is missing, within the meter, from these sources. `shelf` tells what is here already.
    void advance(Pull& pull, std::span<const PeerId> sources, const content::Shelf& shelf,
                 quota::Meter& meter, Env& env);

    /// Closes the question that this answers, if there is one still open.
    Answer take_manifest(PeerId from, const ManifestReply& reply, Env& env);
    Answer take_chunk(PeerId from, const ChunkReply& reply, const content::Shelf& shelf, Env& env);
    void on_refusal(PeerId from, const Refusal& refusal, Env& env);
    /// Somebody says that it holds this: whoever had nothing may have it now.
    void on_news(const base::Digest& object, base::Instant now);

    /// The hours are over, or the disk does not write: questions are forgotten, background fetches end (their
    /// chunks stay on the shelf), the owner's own go on then.
    void pause(base::Instant until = base::Instant::zero());

    std::span<Pull> all() { return pulls_; }
    std::span<const Pull> all() const { return pulls_; }
    const Pull* find(const base::Digest& object) const;
    bool due(const Pull& pull, base::Instant now) const { return deadline(pull) <= now; }
    Deadline deadline() const;

  private:
    Deadline deadline(const Pull& pull) const;
    Pull* look_up(const base::Digest& object);

    const ContentConfig* config_;
    base::SlimVector<Pull> pulls_;
};

}  // namespace coop::protocol::transfer

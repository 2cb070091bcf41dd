// Recording: all that happened to one board, and all that it did about it; and the same again with a fresh
// node.
//
//     host ── on_transcript(now, input, effects) ──► Recording ── replay ──► Node(seed) ──► the same effects?
//
// Law: a node is a function of its inputs, their times and its seed. So whatever host made the recording, a
// fresh node that is given the same inputs must do the same, to the byte; it does not when the host did
// anything else to the node, or to its generator.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/protocol/node.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::hosts {

/// An input that owns what it speaks of.
struct KeptInput {
    std::variant<std::vector<protocol::Record>, protocol::Woken,
                 std::pair<protocol::PeerId, protocol::Message>, protocol::Persisted, protocol::Requested,
                 protocol::Damaged>
        what;

    explicit KeptInput(const protocol::Input& input);
    /// Speaks of this object, so lives no longer.
    protocol::Input input() const;
};

/// What happens to a board whose disk is sound: every kind of input but the last.
inline constexpr std::size_t sound_inputs = std::variant_size_v<protocol::Input> - 1;
static_assert(std::is_same_v<std::variant_alternative_t<sound_inputs, protocol::Input>, protocol::Damaged>);

struct Entry {
    base::Instant now;
    KeptInput input;
    std::vector<protocol::Effect> effects;
};

/// What a fresh node needs to be the same node.
struct Person {
    protocol::PeerId self;
    std::uint64_t seed = 0;
    protocol::Config config;
    protocol::Policies policies{};
};

using Recording = std::vector<Entry>;

/// Every byte of an effect, as text: what is sent is encoded, what is kept is encoded, a report says all it
/// has.
std::string exactly(const protocol::Effect& effect, const wire::PeerBook& book);

std::string exactly(const protocol::Record& record, const wire::PeerBook& book);
std::string exactly(const std::vector<protocol::Effect>& effects, const wire::PeerBook& book);

/// A node that is given a recording. It begins anew with every `Started`, as a board does that was restarted;
/// its generator goes on.
class Replay {
  public:
    Replay(const Person& person, const protocol::Crypto& crypto)
        : person_(person), crypto_(crypto), rng_(person.seed, base::Purpose::node, person.self.index) {}

    /// What it does about it; good until the next.
    const std::vector<protocol::Effect>& take(const Entry& entry);
    const base::Rng& rng() const { return rng_; }

  private:
    const Person& person_;
    const protocol::Crypto& crypto_;
    base::Rng rng_;
    std::optional<protocol::Node> node_;
    protocol::Outbox out_;
};

/// Where the fresh node first does something else: both, in words; nothing when it never does.
std::optional<std::string> first_difference(const Recording& recording, const Person& person,
                                            const protocol::Crypto& crypto, const wire::PeerBook& book);

}  // namespace coop::hosts

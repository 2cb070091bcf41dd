// Message: everything that one node says to another. Small values; what is large is shared and immutable.
//
// Law: PeerIds inside are the host's handles; the codec turns them into keys and addresses at the edge.
// A message kind's index in the variant is its kind byte on the wire: append only.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/protocol/content.hpp"
#include "engine/protocol/ids.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::protocol {

// --- membership: HyParView (Leitão, Pereira, Rodrigues, DSN 2007) -----------------------------------------

/// A newcomer asks a contact to let it in, and says who it is.
struct Join {
    SignedRef announcement;
};
/// The contact passes the newcomer on, so that it gets neighbours far from the contact.
struct ForwardJoin {
    PeerId newcomer;
    SignedRef announcement;
    std::uint8_t ttl = 0;
};
/// May I be in your active view? An urgent request comes from a node without neighbours and is never refused.
struct Neighbor {
    bool urgent = false;
};
struct NeighborReply {
    bool accepted = false;
};
enum class Farewell : std::uint8_t {
    replaced = 1,  ///< another neighbour took this place
    sleeping,      ///< the owner's hours are over
    leaving,       ///< for good
};
struct Disconnect {
    Farewell why = Farewell::replaced;
};
struct Shuffle {
    PeerId origin;
    std::uint8_t ttl = 0;
    PeerList peers;
};
struct ShuffleReply {
    PeerList peers;
};
/// On every active link; a link that is silent for too long is broken.
struct KeepAlive {
    bool reply = false;
};

// --- broadcast: Plumtree (Leitão, Pereira, Rodrigues, SRDS 2007) ------------------------------------------

/// Of an answer to SyncAsk: more of it comes, or there is more to ask for, or that was all.
enum class Part : std::uint8_t { goes_on, ask_again, complete };
inline constexpr std::uint16_t no_exchange = 0;

struct Gossip {
    SignedRef statement;
    std::uint16_t hops = 0;
    /// Of which SyncAsk it is an answer.
    std::uint16_t exchange = no_exchange;
    Part part = Part::goes_on;
    /// In an answer: of so many numbers of the same origin right before this one nothing is current any more,
    /// or the asker has it, as the answerer knows who has no gaps there. 0: nothing is said.
    std::uint32_t gone = 0;
};
struct IHave {
    StatementId id;
    std::uint16_t hops = 0;
};
struct Graft {
    StatementId id;
};
struct Prune {};

// --- catching up after sleep -------------------------------------------------------------------------------

/// Which of one member's statements somebody has: all up to `through`, and those above it whose bit is set.
struct Heard {
    PeerId origin;
    std::uint32_t through = 0;
    std::uint64_t above = 0;  ///< bit i: statement through + 1 + i
};
inline constexpr std::size_t heard_in_message_max = 512;
/// "This is what I have heard; send what I lack." Answered by Gossip, and by an Ask back when `both` is set.
struct SyncAsk {
    std::shared_ptr<const std::vector<Heard>> heard;
    bool both = false;
    std::uint16_t exchange = no_exchange;  ///< its answers carry it, too
    /// Of origins of which nothing was heard, what was signed before is not wanted: it may have been heard,
    /// and its origin forgotten since.
    base::Instant forgotten_before = base::Instant::zero();
    /// Keeps account of as many members as it can, and names them all: of an origin that it does not name it
    /// wants notices alone. (A list that leaves origins out is answered by what it names anyway.)
    bool full = false;
};

// --- transfer: ask for the file, not the machine ----------------------------------------------------------

struct FetchManifest {
    base::Digest object;
};
struct ManifestReply {
    ManifestRef manifest;
};
struct FetchChunk {
    base::Digest object;
    std::uint16_t index = 0;
};
struct ChunkReply {
    base::Digest object;
    std::uint16_t index = 0;
    Chunk chunk;
};
enum class Reason : std::uint8_t {
    not_here = 1,
    outside_hours,
    busy,
    over_quota,
    disk_full,
    disk_failing,
    too_large,
    unknown_member,
    malformed,
    leaving,  ///< said to an owner only, never on the line
};
std::string_view to_text(Reason reason) noexcept;
/// An answer that is a no. `index` is the chunk's, or `whole_object`.
inline constexpr std::uint16_t whole_object = 0xffff;
struct Refusal {
    base::Digest object;
    std::uint16_t index = whole_object;
    Reason reason = Reason::not_here;
};

using Message = std::variant<Join, ForwardJoin, Neighbor, NeighborReply, Disconnect, Shuffle, ShuffleReply,
                             KeepAlive, Gossip, IHave, Graft, Prune, SyncAsk, FetchManifest, ManifestReply,
                             FetchChunk, ChunkReply, Refusal>;

/// "join", "gossip", … for transcripts, metrics and logs.
std::string_view kind_name(const Message& message) noexcept;
std::string_view kind_name(std::size_t kind) noexcept;
inline constexpr std::size_t message_kinds = std::variant_size_v<Message>;

/// What a message is for, in the order in which a narrow line serves them.
enum class Urgency : std::uint8_t { control, news, bulk };
Urgency urgency(const Message& message) noexcept;
Urgency urgency(std::size_t kind) noexcept;

}  // namespace coop::protocol

// Codec: messages, statements and manifests as bytes, and back.
//
//     message     kind u8 │ fields                                   kind: index in protocol::Message
//     signed      origin 32 │ sequence u32 │ at i64 ns │ body │ signature 64
//     body        0 │ endpoint 18 │ start u32 s │ length u32 s │ disk u64 │ flags u8   1 accepting, 2 leaving
//                 1 │ object 32 │ size u64 │ custody u8
//                 2 │ size u32 │ text
//     manifest    size u64 │ count u16 │ count × name 32
//     contact     key 32 │ address 16 │ port u16        heard    origin 32 │ through u32 │ above u64
//
//     Join             signed                           SyncAsk         flags u8 │ exchange u16 │
//     ForwardJoin      contact │ ttl u8 │ signed                        forgotten before i64 ns │
//     Neighbor         urgent u8                                        count u16 │ count × heard
//     NeighborReply    accepted u8                      FetchManifest   object 32
//     Disconnect       why u8                           ManifestReply   object 32 │ manifest
//     Shuffle          contact │ ttl u8 │ list          FetchChunk      object 32 │ index u16
//     ShuffleReply     list: count u8, contacts         ChunkReply      object 32 │ index u16 │ name 32 │
//     KeepAlive        reply u8                                         size u32 │ content
//     Gossip           hops u16 │ exchange u16 │        Refusal         object 32 │ index u16 │ reason u8
//                      part u8 │ gone u32 │ signed      IHave           origin 32 │ sequence u32 │ hops u16
//     Prune            nothing                          Graft           origin 32 │ sequence u32
//
//     SyncAsk's flags: 1 both, 2 full
//
// Law: little endian, fixed widths, one encoding for every message: what decodes encodes to the same bytes
// again (but for the endpoints of contacts, which are the book's). Every count is checked against its bound
// and against the bytes that are really there before anything is allocated.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/protocol/message.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::wire {

using BytesView = std::span<const std::uint8_t>;
using BytesOut = std::vector<std::uint8_t>;

/// The largest message is a chunk: 1 + 32 + 2 + 32 + 4 bytes before its content.
inline constexpr std::size_t message_size_max = 71 + static_cast<std::size_t>(protocol::chunk_size_max.count);

enum class DecodeError : std::uint8_t {
    too_short = 1,   ///< ends within a field
    too_long,        ///< bytes left over
    unknown_kind,    ///< of message or of body
    out_of_range,    ///< a field has a value that it must not have
    too_many,        ///< a count above its bound
    wrong_body,      ///< a join without an announcement
    strangers_full,  ///< somebody new, and no room in the book
};
std::string_view to_text(DecodeError error) noexcept;

template <class T>
using Decoded = base::Result<T, DecodeError>;

/// What all zeros mean where content, text or an endpoint is expected. A simulation encodes what it does not
/// have as zeros, and gets nothing back; a board takes them for what they are.
enum class Phantoms : std::uint8_t { refused, allowed };

/// Appends exactly `wire_size(message)` bytes; a list gets shorter by those whom the book has forgotten.
/// False, and nothing appended, when a message speaks of such a one and has no sense without it.
/// An announcement without an endpoint is encoded with the book's for its origin.
bool encode(const protocol::Message& message, const PeerBook& book, BytesOut& out);
Decoded<protocol::Message> decode(BytesView bytes, PeerBook& book, Phantoms phantoms = Phantoms::refused);

/// With its signature: as it stands inside messages and stores. The book knows its origin.
void encode_signed(const protocol::Signed& statement, const PeerBook& book, BytesOut& out);
Decoded<protocol::Signed> decode_signed(BytesView bytes, PeerBook& book,
                                        Phantoms phantoms = Phantoms::refused);

/// What is signed: a prefix that no other use of the key shares, and everything above but the signature.
void encode_for_signing(const protocol::Statement& statement, const PeerBook& book, BytesOut& out);

/// What is hashed into an object's name.
void encode_manifest(const protocol::Manifest& manifest, BytesOut& out);
/// The object's name is what these bytes hash to, so it need not be given.
Decoded<protocol::Manifest> decode_manifest(BytesView bytes);

}  // namespace coop::wire

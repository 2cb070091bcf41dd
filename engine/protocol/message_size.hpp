// What a message occupies, byte for byte. `wire` encodes to exactly this; a round-trip test holds both
// together.
//
//     kind u8 · fields little endian · key 32 · digest 32
//     contact 50: key + IPv6-mapped address 16 + port 2
//
// Law: the quota, the simulated line and the codec count the same bytes.
#pragma once

#include "engine/base/units.hpp"
#include "engine/protocol/message.hpp"

namespace coop::protocol {

/// The encoded message alone, in bytes.
base::Bytes wire_size(const Message& message) noexcept;
/// The encoded statement with its signature, as it stands inside messages and stores.
base::Bytes wire_size(const Signed& statement) noexcept;
base::Bytes wire_size(const Manifest& manifest) noexcept;

/// u32 length before every frame.
inline constexpr base::Bytes frame_header{4};
/// Poly1305's tag on every Noise transport message (Noise rev. 34, §5).
inline constexpr base::Bytes noise_tag{16};
/// IPv4 20 (RFC 791) + TCP 20 (RFC 9293) + timestamps 12 (RFC 7323), on every segment of 1 448 bytes.
inline constexpr base::Bytes segment_header{52};
inline constexpr base::Bytes segment_payload{1448};

/// What a message of this encoded size occupies on the owner's line, with frame, tag and TCP/IP headers.
constexpr base::Bytes line_size(base::Bytes encoded) {
    const base::Bytes stream = encoded + frame_header + noise_tag;
    const std::int64_t segments = (stream.count + segment_payload.count - 1) / segment_payload.count;
    return stream + segment_header * segments;
}
inline base::Bytes line_size(const Message& message) noexcept { return line_size(wire_size(message)); }

}  // namespace coop::protocol

// Greeting: the Noise handshake with both members' identities in it. What a host runs on a new connection.
//
//     e                          ──►
//                                ◄──   e, ee, s, es, { member key 32 │ signature 64 }
//     s, se, { member key │ signature }   ──►
//
// The signature is the member's Ed25519 key's, over a prefix and the X25519 static key that Noise has just
// proved the other side to hold: so whoever holds the connection is that member.
//
// Law: no byte of a message passes before the other side is known by its member key.
#pragma once

#include "engine/base/result.hpp"
#include "engine/wire/noise.hpp"

namespace coop::wire {

inline constexpr std::size_t identity_size = 32 + 64;
/// The second handshake message is the largest: e, sealed s, sealed identity.
inline constexpr std::size_t greeting_frame_max = 32 + (32 + 16) + (identity_size + 16);

/// "This static key is mine", signed by the member.
std::array<std::uint8_t, identity_size> identity_payload(const crypto::Identity& own);
/// The member's key, when it signed for exactly this static key.
std::optional<base::Key> check_identity(BytesView payload, const base::Key& static_key);

class Greeting {
  public:
    /// `pool` names the cooperative's pool: boards of different pools never finish a greeting.
    Greeting(Role role, const crypto::Identity& own, std::string_view pool);

    bool my_turn() const { return !dead_ && handshake_.my_turn(); }
    /// Appends the next handshake message, framed. Only when it is my turn.
    [[nodiscard]] NoiseResult write(BytesOut& out);
    /// Takes the body of one frame.
    [[nodiscard]] NoiseResult read(BytesView frame);
    /// Nothing more to write or read, and the other side is known.
    bool finished() const { return !dead_ && handshake_.finished() && peer_.has_value(); }
    /// The other member's key. Compare it with whom you meant to dial.
    const base::Key& peer() const;
    Transport transport() const { return handshake_.split(); }

  private:
    HandshakeState handshake_;
    std::array<std::uint8_t, identity_size> payload_;
    std::optional<base::Key> peer_;
    bool dead_ = false;
};

/// Appends one sealed message in its frame.
[[nodiscard]] NoiseResult append_sealed(CipherState& sending, BytesView plain, BytesOut& out);

}  // namespace coop::wire

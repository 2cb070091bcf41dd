// Identity: the two secrets that make this board this member.
//
//     signing  Ed25519 seed          signs statements; its public key is the member's name
//     sealing  X25519 static secret  speaks Noise; bound to the name by a signature that the handshake carries
//
// Law: made once, on the first start, in a file that only the owner may read (mode 0600), and never made again: a
// board that cannot read its identity stops instead of becoming somebody else.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "engine/base/result.hpp"

namespace coop::runtime {

struct Identity {
    std::array<std::uint8_t, 32> signing_seed{};
    std::array<std::uint8_t, 32> sealing_secret{};
};

/// Reads the file, or makes it when there is none. The error is one sentence for the owner.
base::Result<Identity, std::string> load_or_make_identity(const std::string& path);

}  // namespace coop::runtime

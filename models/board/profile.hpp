// Profile: one kind of board in figures, as a file in hw-profiles/ states it with its sources.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"

namespace coop::models {

struct Profile {
    std::string name;   ///< the file's stem: "rpi4b"
    std::string title;  ///< "Raspberry Pi 4 Model B, 4 GB"
    std::uint32_t cores = 1;

    // Time that one core needs.
    base::Duration step;             ///< fixed cost of one Node::step
    base::Duration per_hashed_mib;   ///< BLAKE2b-256 over 1 MiB
    base::Duration per_sealed_mib;   ///< ChaCha20-Poly1305 over 1 MiB, for every byte sent or received
    base::Duration per_signature;    ///< Ed25519 sign
    base::Duration per_verification; ///< Ed25519 verify

    // The card or disk, one operation at a time.
    base::Duration per_sync;  ///< one durable commit of a few KiB
    base::ByteRate disk_write;
    base::ByteRate disk_read;

    base::ByteRate nic;  ///< the board's own network interface; the line is narrower as a rule

    // Power in milliwatts at the wall.
    std::int64_t idle_mw = 0;
    std::int64_t busy_mw = 0;  ///< all cores busy
    base::Duration boot;       ///< from power to the first step
};

}  // namespace coop::models

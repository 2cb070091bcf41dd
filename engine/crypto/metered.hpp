// MeteredCrypto: the protocol's Crypto of a simulation. Whoever computes, the simulated board is charged.
//
//     node ──sign, verify, names──► PricedCrypto or sim::RealCrypto ──► Work ──► its host charges the board
//
// Law: what a use counts is said here and depends on what is asked alone, so that time passes alike whoever
// answers.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "engine/base/units.hpp"
#include "engine/protocol/crypto.hpp"
#include "engine/protocol/input.hpp"
#include "engine/protocol/message_size.hpp"

namespace coop::crypto {

/// What a step would have cost a real board.
struct Work {
    std::uint64_t signatures = 0;
    std::uint64_t verifications = 0;
    base::Bytes hashed;
};

class MeteredCrypto : public protocol::Crypto {
  public:
    /// An author is about to ask its node for this. It was named before; no board's step is charged for that.
    virtual void create(const protocol::Put&) {}

    /// For another thread of the same run: answers alike, knows what this one creates, and counts by itself.
    /// Nothing may be asked of either while something is created.
    virtual std::unique_ptr<MeteredCrypto> another() const = 0;

    /// The work since the last call.
    Work take_work() const noexcept { return std::exchange(work_, Work{}); }

  protected:
    // Each of the contract's functions but key_prefix calls its own once.
    void count_signature() const noexcept { ++work_.signatures; }
    void count_verification() const noexcept { ++work_.verifications; }
    void count(const protocol::Chunk& chunk) const noexcept { work_.hashed += chunk.size; }
    void count(const protocol::Manifest& manifest) const noexcept {
        work_.hashed += protocol::wire_size(manifest);
    }

  private:
    mutable Work work_;  // a meter; what the functions answer does not depend on it
};

}  // namespace coop::crypto

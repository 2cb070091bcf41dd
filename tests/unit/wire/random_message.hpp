// Messages of every kind with random but well-formed fields, and their fields as text to compare them by.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/rng.hpp"
#include "engine/protocol/message.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::test {

class RandomMessages {
  public:
    /// Handles are drawn from 0 … peers - 1.
    RandomMessages(std::uint64_t seed, std::uint32_t peers)
        : rng_(seed, base::Purpose::test, 0), peers_(peers) {}

    protocol::Message message(std::size_t kind);
    protocol::Signed statement();
    protocol::Signed statement(std::size_t body);
    protocol::Manifest manifest(std::size_t chunks);
    protocol::Manifest manifest() { return manifest(1 + below(20)); }
    std::vector<std::uint8_t> bytes(std::size_t count);
    std::uint64_t below(std::uint64_t bound) { return rng_.below(bound); }

  private:
    bool coin() { return below(2) == 1; }
    protocol::PeerId peer() { return {static_cast<std::uint32_t>(below(peers_))}; }
    std::uint16_t index() { return static_cast<std::uint16_t>(below(protocol::chunks_in_object_max)); }
    protocol::StatementId id();
    base::Digest digest();
    protocol::PeerList list();
    protocol::SignedRef shared(protocol::Signed made);

    base::Rng rng_;
    std::uint32_t peers_;
};

/// A book of this many members with keys and endpoints of their own.
void fill(wire::BoundedPeerBook& book, std::uint32_t peers, std::uint64_t seed);

/// Every field, by name.
std::string describe(const protocol::Message& message);
std::string describe(const protocol::Signed& statement);
std::string describe(const protocol::Manifest& manifest);

}  // namespace coop::test

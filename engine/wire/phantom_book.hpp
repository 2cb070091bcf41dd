// PhantomBook: the book of a simulation that really encodes its messages. Knows all boards and no address.
//
// Law: handle i has `crypto::simulated_key(seed, i)`, so ranks by key are the same with and without encoding.
#pragma once

#include <cstdint>

#include "engine/wire/peer_book.hpp"

namespace coop::wire {

class PhantomBook final : public PeerBook {
  public:
    PhantomBook(std::uint64_t seed, std::uint32_t boards);

    const base::Key* key_of(PeerId peer) const noexcept override;
    Endpoint endpoint_of(PeerId) const noexcept override { return {}; }
    PeerId find(const base::Key& key) const noexcept override;
    /// There are no strangers.
    PeerId intern(const base::Key& key, const Endpoint&) override { return find(key); }

  private:
    std::vector<base::Key> keys_;        // by handle
    std::vector<std::uint32_t> sorted_;  // handles by key
};

}  // namespace coop::wire

// WireRecoder: the codec in the way of simulated messages.
//
// Law: encodes to exactly wire_size(message) bytes (asserted: a wrong size is our own error), decodes with a
// book that knows every board, and lets the message go on as the receiver would have read it.
#pragma once

#include <cstdint>

#include "engine/sim/encoding.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/phantom_book.hpp"

namespace coop::sim {

class WireRecoder final : public Recoder {
  public:
    WireRecoder(std::uint64_t seed, std::uint32_t boards) : book_(seed, boards) {}

    bool pass(protocol::PeerId from, protocol::PeerId to, protocol::Message& message) override;

    std::uint64_t passed() const { return passed_; }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    wire::PhantomBook book_;
    wire::BytesOut buffer_;
    std::uint64_t passed_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace coop::sim

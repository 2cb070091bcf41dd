// Recoder: really encodes a message and decodes it again on its way, so that a simulation tests the codec
// too.
//
// Law: what comes out must be what the receiver would have read; its size must be wire_size(message). A
// message that does not come through is dropped and counted.
#pragma once

#include <memory>

#include "engine/protocol/message.hpp"

namespace coop::sim {

enum class Encode : std::uint8_t {
    never,    ///< messages travel typed and shared
    sampled,  ///< one in 64
    always,
};

class Recoder {
  public:
    virtual ~Recoder() = default;
    /// Replaces the message by its decoded encoding; false when the codec refused it.
    virtual bool pass(protocol::PeerId from, protocol::PeerId to, protocol::Message& message) = 0;
};

}  // namespace coop::sim

#include "engine/sim/wire_recoder.hpp"

#include <utility>

#include "engine/protocol/message_size.hpp"

namespace coop::sim {

bool WireRecoder::pass(protocol::PeerId, protocol::PeerId, protocol::Message& message) {
    buffer_.clear();
    wire::encode(message, book_, buffer_);
    COOP_ASSERT(static_cast<std::int64_t>(buffer_.size()) == wire_size(message).count);
    auto decoded = wire::decode(buffer_, book_, wire::Phantoms::allowed);
    if (!decoded) {
        ++refused_;
        return false;
    }
    message = std::move(decoded).value();
    ++passed_;
    bytes_ += buffer_.size();
    return true;
}

}  // namespace coop::sim

// Frames: one Noise message each, with its length before it.
//
//     length u32, little endian │ 1 … 65 535 bytes
//
// Law: a length is judged before anything is set aside for it, and memory grows with what has really arrived.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace coop::wire {

using BytesView = std::span<const std::uint8_t>;
using BytesOut = std::vector<std::uint8_t>;

inline constexpr std::size_t frame_header_size = 4;
/// A Noise message is at most 65 535 bytes long: Noise rev. 34, §3.
inline constexpr std::size_t noise_message_max = 65'535;

/// Appends header and body. 1 to `noise_message_max` bytes.
void append_frame(BytesView body, BytesOut& out);

/// Takes a stream in pieces of any size and hands out frames one by one.
class FrameReader {
  public:
    enum class State : std::uint8_t {
        hungry,      ///< all input is used; more is needed
        ready,       ///< `frame()` is whole; there may be input left
        not_a_frame  ///< the length is zero or too large: nothing after this can be trusted
    };

    explicit FrameReader(std::size_t frame_max = noise_message_max) : frame_max_(frame_max) {}

    /// Uses up the front of `input` until a frame is whole or nothing is left. Call again with the rest.
    State feed(BytesView& input);
    /// The last whole frame, until the next `feed`.
    BytesView frame() const { return body_; }

  private:
    std::size_t frame_max_;
    std::size_t header_seen_ = 0;
    std::uint32_t length_ = 0;
    BytesOut body_;
    State state_ = State::hungry;
};

}  // namespace coop::wire

#include "engine/wire/frame.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace coop::wire {

void append_frame(BytesView body, BytesOut& out) {
    COOP_ASSERT(!body.empty() && body.size() <= noise_message_max);
    for (unsigned i = 0; i < frame_header_size; ++i)
        out.push_back(static_cast<std::uint8_t>(body.size() >> (8 * i)));
    out.insert(out.end(), body.begin(), body.end());
}

FrameReader::State FrameReader::feed(BytesView& input) {
    if (state_ == State::not_a_frame) return state_;
    if (state_ == State::ready) {
        body_.clear();
        header_seen_ = 0;
        length_ = 0;
        state_ = State::hungry;
    }
    while (header_seen_ < frame_header_size) {
        if (input.empty()) return state_;
        length_ |= std::uint32_t{input.front()} << (8 * header_seen_++);
        input = input.subspan(1);
    }
    if (length_ == 0 || length_ > frame_max_) return state_ = State::not_a_frame;
    const std::size_t part = std::min(input.size(), length_ - body_.size());
    body_.insert(body_.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(part));
    input = input.subspan(part);
    if (body_.size() == length_) state_ = State::ready;
    return state_;
}

}  // namespace coop::wire

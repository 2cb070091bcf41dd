#include "engine/wire/codec.hpp"

namespace coop::wire {

std::string_view to_text(DecodeError error) noexcept {
    switch (error) {
        case DecodeError::too_short: return "too_short";
        case DecodeError::too_long: return "too_long";
        case DecodeError::unknown_kind: return "unknown_kind";
        case DecodeError::out_of_range: return "out_of_range";
        case DecodeError::too_many: return "too_many";
        case DecodeError::wrong_body: return "wrong_body";
        case DecodeError::strangers_full: return "strangers_full";
    }
    return "unknown_error";
}

}  // namespace coop::wire

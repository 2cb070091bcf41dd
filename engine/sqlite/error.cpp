#include "engine/sqlite/error.hpp"

namespace coop::sqlite {

std::string_view to_text(Trouble trouble) noexcept {
    switch (trouble) {
        case Trouble::missing:
            return "missing";
        case Trouble::exists:
            return "exists";
        case Trouble::foreign:
            return "foreign";
        case Trouble::newer:
            return "newer";
        case Trouble::corrupt:
            return "corrupt";
        case Trouble::full:
            return "full";
        case Trouble::failing:
            return "failing";
        case Trouble::busy:
            return "busy";
        case Trouble::absent:
            return "absent";
    }
    return "unknown";
}

}  // namespace coop::sqlite

#include "engine/protocol/effect.hpp"

namespace coop::protocol {

std::string_view to_text(What what) noexcept {
    switch (what) {
        case What::fell_asleep: return "fell_asleep";
        case What::woke_up: return "woke_up";
        case What::link_up: return "link_up";
        case What::link_down: return "link_down";
        case What::published: return "published";
        case What::delivered: return "delivered";
        case What::duplicate: return "duplicate";
        case What::put_accepted: return "put_accepted";
        case What::put_refused: return "put_refused";
        case What::stored: return "stored";
        case What::object_safe: return "object_safe";
        case What::released: return "released";
        case What::got: return "got";
        case What::refused: return "refused";
        case What::was_refused: return "was_refused";
        case What::member_failed: return "member_failed";
        case What::member_returned: return "member_returned";
        case What::repair_started: return "repair_started";
        case What::bad_signature: return "bad_signature";
        case What::bad_message: return "bad_message";
        case What::dropped_over_quota: return "dropped_over_quota";
        case What::disk_trouble: return "disk_trouble";
        case What::get_failed: return "get_failed";
        case What::get_asked: return "get_asked";
        case What::catalogue_full: return "catalogue_full";
        case What::departed: return "departed";
        case What::cut_off: return "cut_off";
    }
    return "unknown";
}

}  // namespace coop::protocol

#include "engine/sim/ports.hpp"

namespace coop::sim {

const char* to_text(FaultKind kind) noexcept {
    switch (kind) {
        case FaultKind::power_off:
            return "power_off";
        case FaultKind::power_on:
            return "power_on";
        case FaultKind::kill:
            return "kill";
        case FaultKind::leave:
            return "leave";
        case FaultKind::disk_full:
            return "disk_full";
        case FaultKind::disk_failing:
            return "disk_failing";
        case FaultKind::disk_well:
            return "disk_well";
        case FaultKind::restart:
            return "restart";
    }
    return "unknown";
}

const char* to_text(Dropped why) noexcept {
    switch (why) {
        case Dropped::receiver_off:
            return "receiver_off";
        case Dropped::receiver_asleep:
            return "receiver_asleep";
        case Dropped::cut:
            return "cut";
        case Dropped::sender_off:
            return "sender_off";
        case Dropped::disk_failed:
            return "disk_failed";
        case Dropped::undecodable:
            return "undecodable";
        case Dropped::vanished:
            return "vanished";
    }
    return "unknown";
}

const char* to_text(Broken law) noexcept {
    switch (law) {
        case Broken::quota_up:
            return "quota_up";
        case Broken::quota_down:
            return "quota_down";
        case Broken::outside_hours:
            return "outside_hours";
        case Broken::over_disk:
            return "over_disk";
    }
    return "unknown";
}

}  // namespace coop::sim

#include "engine/protocol/message.hpp"

#include <array>

#include "engine/base/assert.hpp"

namespace coop::protocol {
namespace {

struct Kind {
    std::string_view name;
    Urgency urgency;
};

// In the order of the variant.
constexpr std::array<Kind, message_kinds> kinds{{
    {"join", Urgency::control},
    {"forward_join", Urgency::control},
    {"neighbor", Urgency::control},
    {"neighbor_reply", Urgency::control},
    {"disconnect", Urgency::control},
    {"shuffle", Urgency::control},
    {"shuffle_reply", Urgency::control},
    {"keep_alive", Urgency::control},
    {"gossip", Urgency::news},
    {"ihave", Urgency::control},
    {"graft", Urgency::control},
    {"prune", Urgency::control},
    {"sync_ask", Urgency::news},
    {"fetch_manifest", Urgency::control},
    {"manifest_reply", Urgency::bulk},
    {"fetch_chunk", Urgency::control},
    {"chunk_reply", Urgency::bulk},
    {"refusal", Urgency::control},
}};
static_assert(!kinds.back().name.empty(), "every kind has a name");

}  // namespace

std::string_view to_text(Reason reason) noexcept {
    switch (reason) {
        case Reason::not_here: return "not_here";
        case Reason::outside_hours: return "outside_hours";
        case Reason::busy: return "busy";
        case Reason::over_quota: return "over_quota";
        case Reason::disk_full: return "disk_full";
        case Reason::disk_failing: return "disk_failing";
        case Reason::too_large: return "too_large";
        case Reason::unknown_member: return "unknown_member";
        case Reason::malformed: return "malformed";
        case Reason::leaving: return "leaving";
    }
    return "unknown_reason";
}

std::string_view kind_name(std::size_t kind) noexcept {
    COOP_ASSERT(kind < message_kinds);
    return kinds[kind].name;
}

std::string_view kind_name(const Message& message) noexcept { return kind_name(message.index()); }

Urgency urgency(const Message& message) noexcept { return kinds[message.index()].urgency; }
Urgency urgency(std::size_t kind) noexcept { return kinds.at(kind).urgency; }

}  // namespace coop::protocol

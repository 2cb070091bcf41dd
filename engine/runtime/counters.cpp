#include "engine/runtime/counters.hpp"

namespace coop::runtime {

std::vector<std::pair<std::string_view, std::uint64_t>> listed(const Counters& c) {
    std::vector<std::pair<std::string_view, std::uint64_t>> list{
        {"steps", c.steps},
        {"commits", c.commits},
        {"commits_failed", c.commits_failed},
        {"sends_withheld", c.sends_withheld},
        {"chunks_missing", c.chunks_missing},
        {"messages_sent", c.messages_sent},
        {"messages_received", c.messages_received},
        {"bytes_sent", c.bytes_sent},
        {"bytes_received", c.bytes_received},
        {"unreachable", c.unreachable},
        {"accepted", c.accepted},
        {"dialled", c.dialled},
        {"dials_failed", c.dials_failed},
        {"handshakes", c.handshakes},
        {"handshakes_failed", c.handshakes_failed},
        {"handshakes_late", c.handshakes_late},
        {"duplicates_closed", c.duplicates_closed},
        {"idle_closed", c.idle_closed},
        {"refused_address", c.refused_address},
        {"refused_total", c.refused_total},
        {"refused_asleep", c.refused_asleep},
        {"refused_stranger", c.refused_stranger},
        {"forgotten", c.forgotten},
        {"frames_oversized", c.frames_oversized},
        {"frames_forged", c.frames_forged},
        {"frames_slow", c.frames_slow},
        {"frames_truncated", c.frames_truncated},
        {"messages_malformed", c.messages_malformed},
        {"messages_impostor", c.messages_impostor},
        {"slow_readers", c.slow_readers},
        {"reads_paused", c.reads_paused},
        {"control_bad_lines", c.control_bad_lines},
        {"surprises", c.surprises},
    };
    static_assert(sizeof(Counters) == 33 * sizeof(std::uint64_t), "a new counter needs its row here");
    return list;
}

}  // namespace coop::runtime

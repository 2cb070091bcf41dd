#include "engine/sim/witness.hpp"

namespace coop::sim {

void Witness::tell(const Seen& seen, Observer& observer) {
    if (const auto* const sent = std::get_if<Sent>(&seen)) return observer.on_send(*sent);
    if (const auto* const drop = std::get_if<Drop>(&seen)) return observer.on_drop(*drop);
    if (const auto* const fault = std::get_if<Fault>(&seen)) return observer.on_fault(*fault);
    if (const auto* const violation = std::get_if<Violation>(&seen)) return observer.on_violation(*violation);
    const auto& reported = std::get<Reported>(seen);
    observer.on_report(reported.at, reported.node, reported.report);
}

// A partition's events come in the order in which they would have come among all others: whichever of the
// next ones is first was first. They are few, so that looking at each is quicker than a heap.
void tell_in_order(std::span<Witness> witnesses, Observer& observer) {
    for (;;) {
        Witness* first = nullptr;
        for (Witness& each : witnesses) {
            if (each.told_ == each.entries_.size()) continue;
            if (first == nullptr ||
                each.entries_[each.told_].event.before(first->entries_[first->told_].event))
                first = &each;
        }
        if (first == nullptr) break;
        Witness::tell(first->entries_[first->told_++].seen, observer);
    }
    for (Witness& each : witnesses) {
        each.entries_.clear();
        each.told_ = 0;
    }
}

}  // namespace coop::sim

// Witness: keeps what one partition would tell the observer, until all have come to the end of their window.
//
//     partition 0 ──► witness 0 ──┐
//     partition 1 ──► witness 1 ──┼──tell_in_order──► the run's observer
//
// Law: the observer hears everything in the order of one thread: by time, then by the key of the event in
// which it happened. What is pointed to lies in flights, which are given back only after the telling.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/sim/kernel.hpp"
#include "engine/sim/ports.hpp"

namespace coop::sim {

/// A cache line to itself: each is written by another thread.
class alignas(64) Witness final : public Observer {
  public:
    /// `event`: the one that happens now; it outlives the witness.
    explicit Witness(const Event& event) : event_(&event) {}

    void on_report(base::Instant at, PeerId node, const protocol::Report& report) override {
        keep(Reported{at, node, report});
    }
    void on_send(const Sent& sent) override { keep(sent); }
    void on_drop(const Drop& drop) override { keep(drop); }
    void on_fault(const Fault& fault) override { keep(fault); }
    void on_violation(const Violation& violation) override { keep(violation); }

  private:
    struct Reported {
        base::Instant at;
        PeerId node;
        protocol::Report report;
    };
    using Seen = std::variant<Sent, Drop, Reported, Fault, Violation>;
    struct Entry {
        Event event;
        Seen seen;
    };

    template <class What>
    void keep(What what) {
        entries_.push_back({*event_, Seen(std::move(what))});
    }
    static void tell(const Seen& seen, Observer& observer);
    friend void tell_in_order(std::span<Witness> witnesses, Observer& observer);

    const Event* event_;
    std::vector<Entry> entries_;
    std::size_t told_ = 0;
};

/// All that they have seen, which they forget. Each has seen its own events in their order.
void tell_in_order(std::span<Witness> witnesses, Observer& observer);

}  // namespace coop::sim

// Exchange: what the boards of one partition cause to happen to those of another.
//
//     window n:      partition i ──post──► box[i][j]
//     turn:          whatever was posted can be taken
//     window n + 1:  partition j ──take──► its own queue, while i posts into the other box
//
// Law: what is posted in one window is due in a later one, because a way between two boards takes time.
// Nobody needs a lock: a box has one writer or one reader in a window, and between windows everybody waits.
// This is all that partitions know of each other, so ranks on several machines would need another Exchange
// and nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/sim/kernel.hpp"

namespace coop::sim {

class Exchange {
  public:
    explicit Exchange(std::uint32_t partitions) : partitions_(partitions), boxes_(partitions * partitions) {}

    /// By `from`, or by anybody between two windows.
    void post(std::uint32_t from, std::uint32_t to, const Event& event) {
        Box& box = boxes_[from * partitions_ + to];
        Side& side = box[write_];
        side.events.push_back(event);
        side.earliest = std::min(side.earliest, event.at);
    }
    /// By `to`: everything that was posted for it before the last turn.
    template <class Visit>
    void take(std::uint32_t to, Visit visit) {
        for (std::uint32_t from = 0; from < partitions_; ++from) {
            Side& side = boxes_[from * partitions_ + to][1 - write_];
            for (const Event& event : side.events) visit(event);
            side.events.clear();
            side.earliest = base::Instant::never();
        }
    }
    /// Between two windows, when all has been taken that could be.
    void turn() { write_ = 1 - write_; }
    /// The first event that was posted since the last turn; never without one.
    base::Instant earliest() const {
        base::Instant first = base::Instant::never();
        for (const Box& box : boxes_) first = std::min(first, box[write_].earliest);
        return first;
    }

  private:
    // A cache line each, since one is written while the other is read.
    struct alignas(64) Side {
        std::vector<Event> events;
        base::Instant earliest = base::Instant::never();
    };
    using Box = std::array<Side, 2>;

    std::uint32_t partitions_;
    std::vector<Box> boxes_;  // [from][to]
    std::size_t write_ = 0;
};

}  // namespace coop::sim

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
        box.posted[write_].push_back(event);
        box.earliest = std::min(box.earliest, event.at);
    }
    /// By `to`: everything that was posted for it before the last turn.
    template <class Visit>
    void take(std::uint32_t to, Visit visit) {
        for (std::uint32_t from = 0; from < partitions_; ++from) {
            std::vector<Event>& events = boxes_[from * partitions_ + to].posted[1 - write_];
            for (const Event& event : events) visit(event);
            events.clear();
        }
    }
    /// Between two windows, when all has been taken that could be.
    void turn() {
        for (Box& box : boxes_) box.earliest = base::Instant::never();
        write_ = 1 - write_;
    }
    /// The first event that was posted since the last turn; never without one.
    base::Instant earliest() const {
        base::Instant first = base::Instant::never();
        for (const Box& box : boxes_) first = std::min(first, box.earliest);
        return first;
    }

  private:
    // A cache line each, since each has another writer.
    struct alignas(64) Box {
        std::array<std::vector<Event>, 2> posted;
        base::Instant earliest = base::Instant::never();
    };

    std::uint32_t partitions_;
    std::vector<Box> boxes_;  // [from][to]
    std::size_t write_ = 0;
};

}  // namespace coop::sim

// PHOLD by the simulator's own queue; HOW is `floor` for a ring that forgets about order: no queue is faster.
#include "bench/heap_queue.hpp"
#include "bench/peers/workload.hpp"
#include "bench/phold.hpp"

namespace coop::peers {
namespace {

template <class Queue>
void run(Queue& queue, const Asked& asked) {
    bench::Hold load(queue, asked.n, bench::PholdDelay{}, true);
    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        const Round timed;
        for (std::uint32_t i = 0; i < asked.amount; ++i) load.happen();
        timed.tell("phold", asked.n, {asked.amount, asked.amount, 1});
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) {
    const auto asked = coop::peers::read(count, words, true);
    if (asked.how == "floor") {
        coop::sim::FifoQueue queue(asked.n);
        coop::peers::run(queue, asked);
    } else if (asked.how.empty()) {
        coop::sim::EventQueue queue;
        coop::peers::run(queue, asked);
    } else {
        std::fprintf(stderr, "%s: HOW may only be floor\n", words[0]);
        return 2;
    }
}

// Kernel events per second, by pending events: the queue of the simulator beside what it was and beside the
// floor.
//
// phold    Fujimoto, "Performance of Time Warp under synthetic workloads", 1990: every event makes one
// successor
//          at a random node after a random delay, so the queue keeps its size.
// bimodal  half of the events are timers of a second, half are messages of 10 to 100 ms, each node its own.
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/heap_queue.hpp"
#include "engine/base/rng.hpp"
#include "engine/sim/kernel.hpp"

namespace coop::sim {
namespace {

using base::Duration;

Duration phold_delay(base::Rng& rng, std::uint32_t) {
    return base::nanoseconds(1 + static_cast<std::int64_t>(rng.next() >> 38));  // <= 67 ms
}
Duration bimodal_delay(base::Rng& rng, std::uint32_t origin) {
    return origin % 2 == 0 ? base::seconds(1) : rng.between(base::milliseconds(10), base::milliseconds(100));
}

template <class Queue, class Delay>
void hold(benchmark::State& state, Queue& queue, Delay delay, bool anywhere) {
    const auto pending = static_cast<std::uint32_t>(state.range(0));
    base::Rng rng(1, base::Purpose::test, 0);
    std::vector<std::uint32_t> counts(pending);
    const auto successor = [&](base::Instant now, std::uint32_t origin) {
        queue.push({now + delay(rng, origin), origin, counts[origin]++, 0, 0});
    };
    for (std::uint32_t origin = 0; origin < pending; ++origin) successor(base::Instant::zero(), origin);
    for (auto _ : state) {
        const Event event = queue.pop();
        successor(event.at, anywhere ? static_cast<std::uint32_t>(rng.next() % pending) : event.origin);
    }
    state.SetItemsProcessed(state.iterations());
}

template <class Queue>
void phold(benchmark::State& state) {
    Queue queue;
    hold(state, queue, phold_delay, true);
}
void floor_of_phold(benchmark::State& state) {
    FifoQueue queue(static_cast<std::size_t>(state.range(0)));
    hold(state, queue, phold_delay, true);
}
template <class Queue>
void bimodal(benchmark::State& state) {
    Queue queue;
    hold(state, queue, bimodal_delay, false);
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Arg(8'000'000);
}
BENCHMARK(phold<EventQueue>)->Name("kernel/phold")->Apply(sizes);
BENCHMARK(phold<HeapQueue>)->Name("kernel/phold_heap")->Apply(sizes);
BENCHMARK(floor_of_phold)->Name("kernel/phold_fifo_floor")->Apply(sizes);
BENCHMARK(bimodal<EventQueue>)->Name("kernel/bimodal")->Arg(1'000'000);
BENCHMARK(bimodal<HeapQueue>)->Name("kernel/bimodal_heap")->Arg(1'000'000);

}  // namespace
}  // namespace coop::sim

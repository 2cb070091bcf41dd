// Kernel events per second, by pending events: the queue of the simulator beside what it was and beside the
// floor.
//
// phold    bench/phold.hpp: a random successor for every event.
// bimodal  half of the events are timers of a second, half are messages of 10 to 100 ms, each node its own.
#include <benchmark/benchmark.h>

#include "bench/heap_queue.hpp"
#include "bench/phold.hpp"
#include "engine/base/rng.hpp"
#include "engine/sim/kernel.hpp"

namespace coop::sim {
namespace {

struct BimodalDelay {
    base::Duration operator()(base::Rng& rng, std::uint32_t origin) const {
        if (origin % 2 == 0) return base::seconds(1);
        return rng.between(base::milliseconds(10), base::milliseconds(100));
    }
};

template <class Queue, class Delay>
void hold(benchmark::State& state, Queue& queue, Delay delay, bool anywhere) {
    bench::Hold load(queue, static_cast<std::uint32_t>(state.range(0)), delay, anywhere);
    for (auto _ : state) load.happen();
    state.SetItemsProcessed(state.iterations());
}

template <class Queue>
void phold(benchmark::State& state) {
    Queue queue;
    hold(state, queue, bench::PholdDelay{}, true);
}
void floor_of_phold(benchmark::State& state) {
    FifoQueue queue(static_cast<std::size_t>(state.range(0)));
    hold(state, queue, bench::PholdDelay{}, true);
}
template <class Queue>
void bimodal(benchmark::State& state) {
    Queue queue;
    hold(state, queue, BimodalDelay{}, false);
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

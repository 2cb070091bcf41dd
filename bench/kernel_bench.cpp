// Kernel events per second, after PHOLD (Fujimoto, "Performance of Time Warp under synthetic workloads",
// 1990): every event makes one successor at a random node after a random delay, so the queue keeps its size.
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/base/rng.hpp"
#include "engine/sim/kernel.hpp"
#include "engine/sim/pool.hpp"

namespace coop::sim {
namespace {

struct Payload {
    std::uint64_t words[20];  // about what a message in flight occupies
};

void phold(benchmark::State& state) {
    const auto pending = static_cast<std::uint32_t>(state.range(0));
    base::Rng rng(1, base::Purpose::test, 0);
    std::vector<std::uint32_t> counts(pending);
    EventQueue queue;
    Pool<Payload> pool;
    const auto successor = [&](base::Instant now, std::uint32_t origin) {
        const base::Duration delay =
            base::nanoseconds(1 + static_cast<std::int64_t>(rng.next() >> 38));  // <= 67 ms
        const Slot slot = pool.take();
        pool[slot].words[0] = slot;
        queue.push({now + delay, origin, counts[origin]++, slot, 0});
    };
    for (std::uint32_t origin = 0; origin < pending; ++origin) successor(base::Instant::zero(), origin);
    for (auto _ : state) {
        const Event event = queue.pop();
        benchmark::DoNotOptimize(pool[event.slot].words[0]);
        pool.give_back(event.slot);
        successor(event.at, static_cast<std::uint32_t>(rng.next() % pending));
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["pending"] = static_cast<double>(pending);
}
BENCHMARK(phold)
    ->Name("kernel/phold")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace coop::sim

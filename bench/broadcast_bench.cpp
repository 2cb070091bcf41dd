// Broadcast by the real node: n boards in one overlay, one notice after the other, on ideal boards and lines.
//
// Reported: deliveries a second, kernel events a second, the part of the members that heard it, and resident
// bytes a node: the growth of the process while the population was made, the simulator's own share included;
// and how many seconds it took until all had joined and were at rest.
#include <chrono>
#include <cstdio>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "bench/population.hpp"

namespace coop::bench {
namespace {

double resident_bytes() {
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    long pages = 0, resident = 0;
    const bool read = file != nullptr && std::fscanf(file, "%ld %ld", &pages, &resident) == 2;
    if (file != nullptr) std::fclose(file);
    return read ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

void broadcast(benchmark::State& state) {
    const auto members = static_cast<std::uint32_t>(state.range(0));
    const double before = resident_bytes();
    Population all(overlay(members), sim::PlainNetwork(base::milliseconds(20)),
                   static_cast<std::uint32_t>(state.range(1)));
    const auto began = std::chrono::steady_clock::now();
    all.simulation.run_until(settled);
    const std::chrono::duration<double> start_up = std::chrono::steady_clock::now() - began;
    const double after = resident_bytes();

    all.reports.delivered = 0;
    const std::uint64_t events_before = all.simulation.progress().events;
    for (auto _ : state) {
        all.publish(0);
        all.run_for(base::seconds(10));
    }
    const auto delivered = static_cast<double>(all.reports.delivered);
    state.SetItemsProcessed(static_cast<std::int64_t>(all.reports.delivered));
    state.counters["events/s"] = benchmark::Counter(
        static_cast<double>(all.simulation.progress().events - events_before), benchmark::Counter::kIsRate);
    state.counters["reach"] = delivered / (static_cast<double>(state.iterations()) * (members - 1));
    state.counters["start_s"] = start_up.count();
    state.counters["bytes/node"] = (after - before) / members;
}
// Members, threads.
BENCHMARK(broadcast)->Name("sim/broadcast")->Args({1'000, 1})->Iterations(50)->UseRealTime();
BENCHMARK(broadcast)->Name("sim/broadcast")->ArgsProduct({{100'000}, {1, 2}})->Iterations(3)->UseRealTime();
BENCHMARK(broadcast)->Name("sim/broadcast")->ArgsProduct({{1'000'000}, {1, 2}})->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace coop::bench

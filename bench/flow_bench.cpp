// Flow events per second: a file is through and the next one starts, with 50 000 under way between 10 000
// homes (bench/flow_load.hpp), on three kinds of lines:
//
// homes   they send slowly and receive five times as fast, so uplinks hold back nearly everything
// shares  the same, and every home lends a share of either direction: four links a flow instead of two
// even    they receive as fast as they send: a change travels farthest
#include <benchmark/benchmark.h>

#include "bench/flow_load.hpp"
#include "bench/sharing.hpp"

namespace coop::bench {
namespace {

void flows(benchmark::State& state, bool even, bool has_shares) {
    const FlowLoad load(static_cast<std::uint32_t>(state.range(0)), even);
    Sharing sharing(load, has_shares);
    std::uint64_t ended = 0;
    const auto count = [&](auto...) { ++ended; };
    while (ended < load.chains()) sharing.happen(count);  // until the start is forgotten
    const std::uint64_t before = ended;
    const sim::Flows::Work work = sharing.flows().work();
    for (auto _ : state) sharing.happen(count);
    const auto events = static_cast<double>(ended - before);
    state.SetItemsProcessed(static_cast<std::int64_t>(ended - before));
    state.counters["rates_an_event"] =
        static_cast<double>(sharing.flows().work().rates - work.rates) / events;
    state.counters["levels_an_event"] =
        static_cast<double>(sharing.flows().work().levels - work.levels) / events;
}

BENCHMARK_CAPTURE(flows, homes, false, false)->Name("flows/homes")->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_CAPTURE(flows, shares, false, true)->Name("flows/shares")->Arg(10'000);
BENCHMARK_CAPTURE(flows, even, true, false)->Name("flows/even")->Arg(1'000)->Arg(10'000);

}  // namespace
}  // namespace coop::bench

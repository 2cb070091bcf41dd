// Flow events per second: a file is through and the next one starts, with 50 000 under way between 10 000
// homes (bench/flow_load.hpp), on lines of several kinds, and `shares`:
// a home lends a share of either direction, so a flow crosses four links instead of two.
#include <benchmark/benchmark.h>

#include "bench/flow_load.hpp"
#include "bench/sharing.hpp"

namespace coop::bench {
namespace {

void flows(benchmark::State& state, FlowLines kind, bool has_shares) {
    const FlowLoad load(static_cast<std::uint32_t>(state.range(0)), kind);
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

void sizes(benchmark::internal::Benchmark* bench) { bench->Arg(1'000)->Arg(10'000)->Arg(100'000); }
BENCHMARK_CAPTURE(flows, homes, FlowLines::homes, false)->Name("flows/homes")->Apply(sizes);
BENCHMARK_CAPTURE(flows, shares, FlowLines::homes, true)->Name("flows/shares")->Apply(sizes);
BENCHMARK_CAPTURE(flows, even, FlowLines::even, false)->Name("flows/even")->Apply(sizes);
BENCHMARK_CAPTURE(flows, villages, FlowLines::villages, false)->Name("flows/villages")->Apply(sizes);

}  // namespace
}  // namespace coop::bench

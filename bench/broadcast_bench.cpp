// Broadcast by the real node: n boards in one overlay, one notice after the other, on ideal boards and lines.
//
// Reported: deliveries a second, kernel events a second, the part of the members that heard it, and resident
// bytes a node: the growth of the process while the population was made, the simulator's own share included.
#include <cstdio>
#include <memory>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "engine/policy/catalogue.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"

namespace coop {
namespace {

using protocol::PeerId;

double resident_bytes() {
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    long pages = 0, resident = 0;
    const bool read = file != nullptr && std::fscanf(file, "%ld %ld", &pages, &resident) == 2;
    if (file != nullptr) std::fclose(file);
    return read ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

protocol::Config overlay_only(std::uint32_t contact) {
    protocol::Config config;
    config.owner = {base::ByteRate{1'000'000'000}, base::ByteRate{1'000'000'000}, base::percent(100), {}, {}};
    config.contacts = {PeerId{contact}};
    config.membership.members_max = 8;  // nobody knows a million members
    config.membership.shuffle_every = base::hours(1);
    config.membership.keep_alive_every = base::minutes(10);
    config.membership.link_silent_max = base::minutes(30);
    config.sync.every = base::hours(12);
    config.broadcast.cache_max = 64;
    return config;
}

struct Deliveries final : sim::Observer {
    void on_report(base::Instant, PeerId, const protocol::Report& report) override {
        count += report.what == protocol::What::delivered ? 1 : 0;
    }
    std::uint64_t count = 0;
};

/// Everybody joins through an earlier one within ten minutes.
sim::PlainPeople people(std::uint32_t members) {
    std::vector<protocol::Config> configs;
    base::Rng rng(1, base::Purpose::contacts, 0);
    for (std::uint32_t i = 0; i < members; ++i) {
        configs.push_back(overlay_only(static_cast<std::uint32_t>(rng.below(i == 0 ? 1 : i))));
    }
    sim::PlainPeople all(std::move(configs));
    for (std::uint32_t i = 0; i < members; ++i)
        all.joins.push_back(base::Instant::zero() + base::minutes(10) * i / members);
    return all;
}

void broadcast(benchmark::State& state) {
    const auto members = static_cast<std::uint32_t>(state.range(0));
    const double before = resident_bytes();
    const auto placement = policy::make_copies(3);
    const auto quota = policy::make_no_quota(base::kib(1024));
    const sim::PlainBoards boards;
    const sim::PlainNetwork network(base::milliseconds(20));
    const sim::PlainPeople everybody = people(members);
    sim::ListedTasks tasks;
    sim::ListedFaults faults;
    Deliveries deliveries;
    sim::Setup setup;
    setup.policies = {placement.get(), quota.get()};
    setup.keep_records = false;
    setup.count_kinds = false;
    setup.check_quota = false;
    sim::Simulation simulation(setup, {boards, everybody, network, tasks, faults, deliveries});
    base::Instant now = base::Instant::zero() + base::minutes(30);
    simulation.run_until(now);
    const double after = resident_bytes();

    deliveries.count = 0;
    const std::uint64_t events_before = simulation.progress().events;
    for (auto _ : state) {
        simulation.add(sim::Task{now, PeerId{0}, protocol::Publish{protocol::Notice{base::kib(1), nullptr}}});
        now += base::seconds(10);
        simulation.run_until(now);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(deliveries.count));
    state.counters["events/s"] = benchmark::Counter(
        static_cast<double>(simulation.progress().events - events_before), benchmark::Counter::kIsRate);
    state.counters["reach"] =
        static_cast<double>(deliveries.count) / (static_cast<double>(state.iterations()) * (members - 1));
    state.counters["bytes/node"] = (after - before) / members;
}
BENCHMARK(broadcast)->Name("sim/broadcast")->Arg(1'000)->Iterations(50)->Unit(benchmark::kMillisecond);
BENCHMARK(broadcast)->Name("sim/broadcast")->Arg(100'000)->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK(broadcast)->Name("sim/broadcast")->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coop

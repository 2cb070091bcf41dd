// Small fixed pieces of work for the guard (check.py), which counts the instructions that they take.
//
//     perf_probe queue      200 000 events through the queue, 4 096 pending
//     perf_probe news       forty boards start and hear twenty notices, every message really encoded
//     perf_probe objects    twelve boards keep six photos, lose a board for good, and repair
//
// Law: what a word does never changes without a new baseline; each says at the end what it did, so that
// nobody counts an idle run.
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "bench/phold.hpp"
#include "engine/policy/catalogue.hpp"
#include "engine/sim/phantom.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/sim/wire_recoder.hpp"

namespace coop {
namespace {

using base::Instant;
using protocol::PeerId;
using protocol::What;

std::uint64_t queue() {
    sim::EventQueue queue;
    bench::Hold load(queue, 4096, bench::PholdDelay{}, true);
    for (int i = 0; i < 200'000; ++i) load.happen();
    return static_cast<std::uint64_t>(queue.now().ns());  // each event's turn depends on all before
}

struct Tally final : sim::Observer {
    void on_report(Instant, PeerId, const protocol::Report& report) override {
        delivered += report.what == What::delivered ? 1 : 0;
        stored += report.what == What::stored ? 1 : 0;
    }
    std::uint64_t delivered = 0;
    std::uint64_t stored = 0;
};

/// Always awake, on lines of 100 Mbit/s of which a tenth is lent.
class Pool {
  public:
    explicit Pool(std::uint32_t members) : people_(members, member()), recoder_(seed, members) {
        people_.configs[0].contacts.clear();
    }
    void run_until(base::Duration end) {
        if (!run_) {
            const sim::Setup setup{.seed = seed,
                                   .policies = {placement_.get(), quota_.get()},
                                   .recoder = &recoder_,
                                   .encode = sim::Encode::always};
            run_.emplace(setup, sim::World{boards_, people_, network_, tasks, faults, tally});
        }
        run_->run_until(Instant::zero() + end);
    }

    static constexpr std::uint64_t seed = 1;
    sim::ListedTasks tasks;
    sim::ListedFaults faults;
    Tally tally;

  private:
    static protocol::Config member() {
        protocol::Config config;
        config.owner.line_up = config.owner.line_down = base::bits_per_second(100'000'000);
        config.owner.share = base::percent(10);
        config.owner.disk = base::gigabytes(1);
        config.contacts = {PeerId{0}};
        config.content.failed_after = base::minutes(15);
        return config;
    }

    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(64));
    sim::PlainBoards boards_;
    sim::PlainNetwork network_{base::milliseconds(20)};
    sim::PlainPeople people_;
    sim::WireRecoder recoder_;
    std::optional<sim::Simulation> run_;
};

std::uint64_t news() {
    Pool pool(40);
    for (std::uint32_t i = 0; i < 20; ++i)
        pool.tasks.add({Instant::zero() + base::minutes(5) + base::seconds(i), PeerId{i * 2},
                        sim::phantom_notice(base::kib(1))});
    pool.run_until(base::minutes(6));
    return pool.tally.delivered;
}

std::uint64_t objects() {
    Pool pool(12);
    for (std::uint32_t i = 0; i < 6; ++i)
        pool.tasks.add({Instant::zero() + base::minutes(5), PeerId{i},
                        sim::phantom_put({Pool::seed, PeerId{i}, 1}, base::mib(1))});
    pool.faults.add({Instant::zero() + base::minutes(10), PeerId{7}, sim::FaultKind::power_off});
    pool.run_until(base::minutes(40));
    return pool.tally.stored;
}

}  // namespace
}  // namespace coop

int main(int argc, char** argv) {
    const char* const word = argc == 2 ? argv[1] : "";
    std::uint64_t did = 0;
    if (std::strcmp(word, "queue") == 0) did = coop::queue();
    if (std::strcmp(word, "news") == 0) did = coop::news();
    if (std::strcmp(word, "objects") == 0) did = coop::objects();
    if (did == 0) {
        std::fprintf(stderr, "perf_probe: queue, news or objects\n");
        return 2;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(did));
    return 0;
}

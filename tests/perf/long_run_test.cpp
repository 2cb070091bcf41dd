// A long run takes no more memory than a short one: what nodes and their hosts remember is bounded, and what
// a burst needed is given back.
#include <gtest/gtest.h>
#include <malloc.h>

#include "engine/policy/catalogue.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"

namespace coop {
namespace {

using protocol::PeerId;

constexpr std::uint32_t members = 48;

/// What the program has allocated, however much of it the operating system keeps resident.
std::size_t allocated() {
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

protocol::Config member(std::uint32_t number) {
    protocol::Config config;
    config.owner.line_up = config.owner.line_down = base::bits_per_second(100'000'000);
    config.owner.share = base::percent(10);
    config.owner.hours = {base::hours(number % 24), base::hours(6)};
    for (std::uint32_t next = 1; next <= 4; ++next)
        config.contacts.push_back(PeerId{(number + next) % members});
    config.membership.members_max = members;
    config.membership.keep_alive_every = base::minutes(5);
    config.membership.link_silent_max = base::minutes(15);
    config.membership.shuffle_every = base::minutes(10);
    // So that a day holds all that a node may remember of the past.
    config.broadcast.notice_ttl = base::hours(12);
    config.broadcast.cache_max = 64;
    return config;
}

struct Readers final : sim::Observer {
    void on_report(base::Instant, PeerId, const protocol::Report& report) override {
        delivered += report.what == protocol::What::delivered ? 1 : 0;
    }
    std::uint64_t delivered = 0;
};

/// Thirty notices an hour, by whoever's day has just begun.
class Pool {
  public:
    Pool() {
        for (std::uint32_t i = 0; i < members; ++i) people_.configs.push_back(member(i));
        setup_.policies = {placement_.get(), quota_.get()};
        run_ = std::make_unique<sim::Simulation>(
            setup_, sim::World{boards_, people_, network_, tasks_, faults_, readers});
    }
    void live_until(base::Instant end) {
        for (base::Instant now = run_->now(); now < end; now = run_->now()) {
            const std::int64_t hour = (now - base::Instant::zero()) / base::hours(1) % 24;
            const PeerId author{
                static_cast<std::uint32_t>(hour + 24 * static_cast<std::int64_t>(rng_.below(2)))};
            run_->add(sim::Task{now, author, protocol::Publish{{base::kib(1), nullptr}}});
            run_->run_until(now + base::minutes(2));
        }
    }
    Readers readers;

  private:
    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(256));
    sim::PlainBoards boards_;
    sim::PlainPeople people_{{}};
    sim::PlainNetwork network_{base::milliseconds(20)};
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;
    sim::Setup setup_{.sample_every = {}, .keep_records = false};
    base::Rng rng_{1, base::Purpose::test, 0};
    std::unique_ptr<sim::Simulation> run_;
};

TEST(LongRun, TakesNoMoreMemoryOnItsThirtiethDayThanOnItsSecond) {
    const std::size_t before = allocated();
    Pool pool;
    const auto on_day = [&](int day) {
        pool.live_until(base::Instant::zero() + base::days(day));
        return static_cast<double>(allocated() - before);
    };
    const double second = on_day(2);
    const double thirtieth = on_day(30);
    EXPECT_GT(pool.readers.delivered, 30u * 24 * 28 * members / 4);  // of 720 a day, whoever is awake
    EXPECT_GT(second, members * 1000.0);
    EXPECT_LT(thirtieth, 1.1 * second) << second << " bytes on the second day, " << thirtieth;
}

}  // namespace
}  // namespace coop

// Bytes in any interval t <= b + r * t, for whatever is asked of a Meter and a Pacer, and over restarts.
#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/crypto/priced.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/protocol/quota/pacer.hpp"
#include "tests/truth_quota/interval_law.hpp"

namespace coop::protocol::test {
namespace {

using base::Bytes;
using base::Instant;
using policy::Verdict;

struct Line {
    base::ByteRate up;
    base::ByteRate down;
    Bytes burst;
};
/// Slow and fast, odd and even, and rates that no nanosecond divides.
const Line lines[] = {{{3'750}, {37'501}, base::kib(64)},
                      {{7}, {1}, {40 * 1024}},
                      {{999'999'937}, {333'333'333}, base::mib(16)},
                      {{104'857}, {1'048'573}, {65'537}}};

policy::Contribution whole(const Line& line) {
    policy::Contribution owner;
    owner.line_up = line.up;
    owner.line_down = line.down;
    owner.share = base::percent(100);
    return owner;
}

/// A pause that lets a tenth to a tenth thousandth of the bucket flow in, or none.
base::Duration pause(base::Rng& rng, const Line& line, base::ByteRate rate) {
    if (rng.below(4) == 0) return base::Duration::zero();
    const base::Duration full = line.burst / rate;
    const std::uint64_t part = std::uint64_t{10} << rng.below(11);
    return rng.between(base::Duration::zero(), full / static_cast<std::int64_t>(part));
}

class MeterLaw : public testing::TestWithParam<Line> {
  protected:
    static constexpr int draws = 2'500;
    const Line line = GetParam();
    const std::unique_ptr<policy::Quota> quota = policy::make_fixed_share(line.burst);
    base::Rng rng{11, base::Purpose::test, static_cast<std::uint64_t>(line.up.per_second)};
};

TEST_P(MeterLaw, HoldsForWhatLeavesOverManyRestarts) {
    std::vector<Passed> passed;
    Instant now = Instant::zero() + base::days(3);
    quota::Meter meter(*quota, whole(line));
    for (int i = 0; i < draws; ++i) {
        now += pause(rng, line, line.up);
        const Bytes size{
            static_cast<std::int64_t>(1 + rng.below(static_cast<std::uint64_t>(line.burst.count)))};
        const auto urgency = static_cast<Urgency>(rng.below(3));
        if (rng.below(40) == 0) {
            meter = quota::Meter(*quota, whole(line));
            meter.start(now);
        }
        if (meter.may_send(size, urgency, now) != Verdict::granted) {
            const Instant later = meter.when_sendable(size, urgency, now);
            if (later.is_never() || rng.below(2) == 0) continue;
            now = later;
            ASSERT_EQ(meter.may_send(size, urgency, now), Verdict::granted) << "it named the moment itself";
        }
        meter.sent(size, now);
        passed.push_back({now, size});
    }
    ASSERT_GT(passed.size(), draws / 4u);
    const Broken broken = check_all_intervals(passed, line.up, line.burst);
    EXPECT_EQ(broken.intervals, 0u);
    EXPECT_LT(broken.closest.count, line.burst.count / 100) << "the draws come close to the law";
}

TEST_P(MeterLaw, HoldsForWhatIsAskedForWhateverComesUnasked) {
    std::vector<Passed> passed;
    Instant now = Instant::zero() + base::days(3);
    quota::Meter meter(*quota, whole(line));
    for (int i = 0; i < draws; ++i) {
        now += pause(rng, line, line.down);
        const Bytes size{
            static_cast<std::int64_t>(1 + rng.below(static_cast<std::uint64_t>(line.burst.count)))};
        if (rng.below(40) == 0) {
            meter = quota::Meter(*quota, whole(line));
            meter.start(now);
        }
        if (rng.below(20) == 0) meter.received_unasked({size.count / 8}, now);
        if (meter.may_fetch(size, now) != Verdict::granted) {
            const Instant later = meter.when_fetchable(size, now);
            if (later.is_never() || rng.below(2) == 0) continue;
            now = later;
            ASSERT_EQ(meter.may_fetch(size, now), Verdict::granted) << "it named the moment itself";
        }
        meter.asked(size, now);
        passed.push_back({now, size});
    }
    ASSERT_GT(passed.size(), draws / 4u);
    EXPECT_EQ(check_all_intervals(passed, line.down, line.burst).intervals, 0u);
}

TEST_P(MeterLaw, HoldsForWhatThePacerLetsGoOverRestarts) {
    const crypto::PricedCrypto crypto(1);
    const QuotaConfig config;
    Outbox out;
    std::vector<Passed> passed;
    Instant now = Instant::zero() + base::days(3);
    std::optional<quota::Meter> meter(std::in_place, *quota, whole(line));
    std::optional<quota::Pacer> pacer(std::in_place, config);
    const auto random_message = [&]() -> Message {
        const std::uint64_t kind = rng.below(3);
        const Bytes size{static_cast<std::int64_t>(1 + rng.below(32 * 1024))};
        if (kind == 0) return KeepAlive{};
        if (kind == 1) return IHave{};
        return ChunkReply{{}, 0, {{}, size, nullptr}};
    };
    for (int i = 0; i < draws; ++i) {
        now += pause(rng, line, line.up);
        if (rng.below(100) == 0) {
            pacer.emplace(config);
            meter.emplace(*quota, whole(line)).start(now);
        }
        if (rng.below(3) == 0) now = std::max(now, std::min(pacer->deadline(*meter), now + base::hours(12)));
        out.clear();
        for (std::uint64_t n = rng.below(4); n > 0; --n) out.send(PeerId{1}, random_message());
        Env env{now, rng, out, crypto};
        pacer->release(*meter, env);
        for (const Effect& effect : out.effects()) {
            if (const auto* send = std::get_if<Send>(&effect))
                passed.push_back({now, line_size(send->message)});
        }
    }
    ASSERT_GT(passed.size(), 100u);
    EXPECT_EQ(check_all_intervals(passed, line.up, line.burst).intervals, 0u);
}

INSTANTIATE_TEST_SUITE_P(Lines, MeterLaw, testing::ValuesIn(lines));

TEST(IntervalLaw, IsBrokenByOneByteOrOneNanosecond) {
    const std::vector<Passed> just{{Instant::zero(), {500}}, {Instant::zero() + base::seconds(1), {1000}}};
    EXPECT_EQ(check_all_intervals(just, {1000}, {1000}).intervals, 0u);
    EXPECT_EQ(check_all_intervals(just, {1000}, {499}).intervals, 3u);
    const std::vector<Passed> full{{Instant::zero(), {1000}}, {Instant::zero() + base::seconds(1), {1000}}};
    EXPECT_EQ(check_all_intervals(full, {1000}, {1000}).intervals, 0u);
    const std::vector<Passed> early{{Instant::zero(), {1000}},
                                    {Instant::zero() + base::seconds(1) - base::nanoseconds(1), {1000}}};
    EXPECT_EQ(check_all_intervals(early, {1000}, {1000}).intervals, 1u);
}

}  // namespace
}  // namespace coop::protocol::test

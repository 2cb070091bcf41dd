// A run in which everything is really signed and hashed is the same run; what was forged on the way is
// refused in both, and nothing else tells them apart.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/sim/phantom.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/sim/wire_recoder.hpp"

namespace coop {
namespace {

using namespace protocol;
using base::minutes;
using base::seconds;

constexpr std::uint32_t members = 6;
constexpr std::uint64_t seed = 5;

base::Instant at(base::Duration since_midnight) { return base::Instant::zero() + since_midnight; }

/// Stands between all boards and changes what it likes.
class Forger final : public sim::Recoder {
  public:
    explicit Forger(std::function<void(Message&)> change) : change_(std::move(change)) {}
    bool pass(PeerId, PeerId, Message& message) override {
        change_(message);
        return true;
    }

  private:
    std::function<void(Message&)> change_;
};

/// A hamlet whose boards are slow enough for every signature and every hash to move what comes after it.
class Hamlet final : public sim::Observer {
  public:
    explicit Hamlet(sim::Cryptography crypto, sim::Recoder* recoder = nullptr) {
        boards_.all.step = base::microseconds(130);
        boards_.all.per_hashed_mib = base::milliseconds(9);
        boards_.all.per_signature = base::microseconds(170);
        boards_.all.per_verification = base::microseconds(430);
        Config config;
        config.owner.line_up = config.owner.line_down = base::bits_per_second(100'000'000);
        config.owner.disk = base::gigabytes(10);
        config.contacts = {PeerId{0}};
        people_.configs.assign(members, config);
        people_.configs[0].contacts.clear();
        sim::Setup setup{.seed = seed, .policies = {placement_.get(), quota_.get()}, .sample_every = {}};
        setup.crypto = crypto;
        setup.recoder = recoder;
        setup.encode = recoder != nullptr ? sim::Encode::always : sim::Encode::never;
        run_ = std::make_unique<sim::Simulation>(
            setup, sim::World{boards_, people_, network_, tasks_, faults_, *this});
    }

    /// Two photos and a notice, a power cut that hits an author, and somebody who reads.
    void live() {
        const Put first = sim::phantom_put({seed, PeerId{1}, 1}, base::kib(100));
        const Put second = sim::phantom_put({seed, PeerId{2}, 2}, base::mib(1));
        object = first.manifest->object;
        run_->run_until(at(minutes(1)));
        run_->add(sim::Task{at(minutes(1)), PeerId{1}, first});
        run_->add(sim::Task{at(minutes(2)), PeerId{2}, second});
        run_->add(sim::Task{at(minutes(3)), PeerId{3}, sim::phantom_notice(base::kib(1))});
        run_->add(sim::Fault{at(minutes(4)), PeerId{1}, sim::FaultKind::power_off});
        run_->add(sim::Fault{at(minutes(6)), PeerId{1}, sim::FaultKind::power_on});
        run_->add(sim::Task{at(minutes(7)), PeerId{5}, Get{second.manifest->object}});
        run_->run_until(at(minutes(30)));
    }

    sim::Fingerprint fingerprint() const { return run_->fingerprint(); }
    /// Boards with a whole copy of the first photo.
    std::uint32_t copies() const {
        std::uint32_t count = 0;
        for (std::uint32_t i = 0; i < members; ++i) count += run_->node(PeerId{i})->shelf().whole(object);
        return count;
    }

    base::Digest object;
    std::map<What, int> told;
    std::set<std::uint32_t> readers;  ///< of the notice, but for its author

  private:
    void on_report(base::Instant, PeerId who, const Report& report) override {
        ++told[report.what];
        if (report.what == What::published) notice_ = report.id;
        if (report.what == What::delivered && notice_ == report.id) readers.insert(who.index);
    }

    std::unique_ptr<policy::Placement> placement_ = policy::make_copies(3);
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(64));
    sim::PlainBoards boards_;
    sim::PlainPeople people_{{}};
    sim::PlainNetwork network_{base::milliseconds(20)};
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;
    std::unique_ptr<sim::Simulation> run_;
    std::optional<StatementId> notice_;
};

TEST(RealCryptoRun, IsTheRunThatPricedCryptoGives) {
    Hamlet priced(sim::Cryptography::priced);
    Hamlet real(sim::Cryptography::real);
    priced.live();
    real.live();
    EXPECT_EQ(priced.fingerprint(), real.fingerprint());
    EXPECT_EQ(priced.told, real.told);
    EXPECT_EQ(real.readers, (std::set<std::uint32_t>{0, 1, 2, 4, 5}));
    EXPECT_EQ(real.told[What::got], 1);
    EXPECT_EQ(real.told[What::bad_signature], 0);
    EXPECT_GE(real.copies(), 3u);
}

TEST(RealCryptoRun, IsTheSameWhenEveryMessageIsReallyEncodedToo) {
    Hamlet priced(sim::Cryptography::priced);
    sim::WireRecoder recoder(seed, members);
    Hamlet real(sim::Cryptography::real, &recoder);
    priced.live();
    real.live();
    EXPECT_EQ(priced.fingerprint(), real.fingerprint());
    EXPECT_EQ(recoder.refused(), 0u);
}

template <class Kind>
std::function<void(Message&)> each(std::function<void(Kind&)> change) {
    return [change](Message& message) {
        if (auto* const found = std::get_if<Kind>(&message)) change(*found);
    };
}

struct Tale {
    std::uint32_t copies = 0;
    std::set<std::uint32_t> readers;
    std::map<What, int> told;
    bool operator==(const Tale&) const = default;
};
/// What happens when messages are changed on the way: the same in both kinds of run.
Tale told_of(const std::function<void(Message&)>& change) {
    std::optional<Tale> tale;
    std::optional<sim::Fingerprint> first;
    for (const auto crypto : {sim::Cryptography::priced, sim::Cryptography::real}) {
        Forger forger(change);
        Hamlet hamlet(crypto, &forger);
        hamlet.live();
        const Tale told{hamlet.copies(), hamlet.readers, hamlet.told};
        EXPECT_TRUE(tale.value_or(told) == told);
        EXPECT_EQ(first.value_or(hamlet.fingerprint()), hamlet.fingerprint());
        tale = told;
        first = hamlet.fingerprint();
    }
    return *tale;
}

TEST(RealCryptoRun, BelievesNoForgedNoticeInEither) {
    Tale tale = told_of(each<Gossip>([](Gossip& gossip) {
        protocol::Signed forged = *gossip.statement;
        if (!std::holds_alternative<Notice>(forged.statement.body)) return;
        forged.statement.at += base::nanoseconds(1);
        gossip.statement = protocol::share(std::move(forged));
    }));
    EXPECT_EQ(tale.told[What::published], 1);
    EXPECT_GT(tale.told[What::bad_signature], 0);
    EXPECT_TRUE(tale.readers.empty());
    EXPECT_GE(tale.copies, 3u);
}

TEST(RealCryptoRun, TakesNoChangedManifestInEither) {
    Tale tale = told_of(each<ManifestReply>([](ManifestReply& reply) {
        auto forged = std::make_shared<Manifest>(*reply.manifest);
        std::swap(forged->chunks[0], forged->chunks[1]);
        reply.manifest = forged;
    }));
    EXPECT_EQ(tale.copies, 1u);
    EXPECT_EQ(tale.told[What::got], 0);
    EXPECT_GT(tale.told[What::bad_message], 0);
}

TEST(RealCryptoRun, TakesNoOtherBytesUnderAChunksNameInEither) {
    Tale tale = told_of(each<ChunkReply>([](ChunkReply& reply) {
        const auto size = static_cast<std::size_t>(reply.chunk.size.count);
        reply.chunk.bytes = std::make_shared<const Content>(size, std::uint8_t{7});
    }));
    EXPECT_EQ(tale.copies, 1u);
    EXPECT_EQ(tale.told[What::got], 0);
    EXPECT_GT(tale.told[What::bad_message], 0);
}

}  // namespace
}  // namespace coop

#include <gtest/gtest.h>

#include "tests/unit/protocol_content/pool.hpp"

namespace coop::protocol::test {
namespace {

using base::hours;
using base::minutes;
using base::seconds;
using content::Duty;
using content::Task;

const base::Bytes size = base::mib(1);

/// The same pool, seen by the keeper of the member with this rank.
class KeeperOfRank {
  public:
    explicit KeeperOfRank(Pool& pool, std::size_t rank, std::int64_t copies = 2)
        : pool_(pool),
          self(peer(ranking(photo, eight)[rank])),
          placement_(policy::make_copies(copies)),
          keeper(self, pool.config.content, *placement_) {}

    void hear(std::uint32_t holder, Custody custody, base::Digest what = photo) {
        keeper.on_holding(peer(holder), {what, size, custody}, pool_.bench.now);
    }
    std::vector<Task> review() {
        pool_.bench.now = std::max(pool_.bench.now, keeper.deadline());
        Env env = pool_.bench.env();
        return keeper.review(pool_.directory, env);
    }

    const base::Digest* spare() {
        Env env = pool_.bench.env();
        return keeper.spare(pool_.directory, env);
    }

  private:
    Pool& pool_;

  public:
    PeerId self;

  private:
    std::unique_ptr<policy::Placement> placement_;

  public:
    content::Keeper keeper;
};

class Keeping : public testing::Test {
  protected:
    /// The two best-ranked hold it.
    void both_hold(KeeperOfRank& one) {
        one.hear(by_rank[0], Custody::keeper);
        one.hear(by_rank[1], Custody::keeper);
    }
    const std::vector<std::uint32_t> by_rank = ranking(photo, eight);
    Pool pool{eight, peer(by_rank[2])};
};

TEST_F(Keeping, LeavesEnoughCopiesAlone) {
    KeeperOfRank third(pool, 2);
    both_hold(third);
    EXPECT_TRUE(third.review().empty());
    EXPECT_TRUE(third.keeper.find(photo)->judgement.satisfied);
}

TEST_F(Keeping, MakesAFailedMembersCopyAgainOnTheNextRanked) {
    KeeperOfRank third(pool, 2);
    KeeperOfRank fourth(pool, 3);
    both_hold(third);
    both_hold(fourth);
    third.review();
    fourth.review();
    pool.pass(pool.config.content.failed_after + minutes(11), {by_rank[0]});
    const std::vector<Task> tasks = third.review();
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].duty, Duty::keep);
    EXPECT_EQ(tasks[0].object, photo);
    EXPECT_EQ(tasks[0].size, size);
    EXPECT_TRUE(tasks[0].repair);
    EXPECT_TRUE(fourth.review().empty());
    Env env = pool.bench.env();
    EXPECT_EQ(third.keeper.sources(photo, pool.directory, env), std::vector<PeerId>{peer(by_rank[1])});
}

TEST_F(Keeping, DoesNothingForAMemberThatOnlySleeps) {
    pool.announce(by_rank[0], offer({base::time_of_day(pool.bench.now), hours(3)}));
    KeeperOfRank third(pool, 2);
    both_hold(third);
    pool.pass(hours(20), {by_rank[0]});
    EXPECT_TRUE(third.review().empty());
    pool.pass(pool.config.content.failed_after - hours(21), {by_rank[0]});
    EXPECT_TRUE(third.review().empty()) << "silent for nearly as long as the timeout is not failed either";
    EXPECT_TRUE(third.keeper.find(photo)->judgement.satisfied);
}

TEST_F(Keeping, KeepsTheCopyOfAMemberThatReturns) {
    KeeperOfRank first(pool, 0);
    KeeperOfRank third(pool, 2);
    for (KeeperOfRank* each : {&first, &third}) both_hold(*each);
    pool.pass(pool.config.content.failed_after + minutes(11), {by_rank[0]});
    for (KeeperOfRank* each : {&first, &third}) each->hear(by_rank[2], Custody::keeper);  // made again
    pool.pass(minutes(1));                                                                // and it is back
    EXPECT_FALSE(pool.directory.failed(peer(by_rank[0])));
    EXPECT_TRUE(first.review().empty()) << "three copies, none is dropped";
    EXPECT_TRUE(third.review().empty());
    EXPECT_EQ(first.keeper.find(photo)->custody_of(first.self), Custody::keeper);
}

TEST_F(Keeping, FetchesOnlyWhileSomebodyWhoHoldsItIsAwake) {
    const std::uint32_t author = by_rank[5];
    const base::Duration now = base::time_of_day(pool.bench.now);
    pool.announce(author, offer({now + hours(2), hours(3)}));
    KeeperOfRank first(pool, 0);
    first.hear(author, Custody::author);
    EXPECT_TRUE(first.review().empty());
    pool.pass(hours(2) + minutes(1));
    ASSERT_EQ(first.review().size(), 1u);
    pool.pass(hours(3));
    EXPECT_TRUE(first.review().empty());
}

TEST_F(Keeping, LooksForWhatNobodyAnnouncedAmongThoseWhoShouldHoldIt) {
    KeeperOfRank last(pool, 7);
    last.review();
    Env env = pool.bench.env();
    const std::vector<PeerId> expected{peer(by_rank[0]), peer(by_rank[1])};
    EXPECT_EQ(last.keeper.sources(photo, pool.directory, env), expected);
}

TEST_F(Keeping, ReviewsSoonAfterNewsAndOtherwiseByTheClock) {
    KeeperOfRank third(pool, 2);
    EXPECT_TRUE(third.keeper.deadline().is_never());
    third.hear(by_rank[0], Custody::keeper);
    EXPECT_EQ(third.keeper.deadline(), pool.bench.now + seconds(1));
    third.review();
    EXPECT_EQ(third.keeper.deadline(), pool.bench.now + pool.config.content.review_every);
}

TEST_F(Keeping, ForgetsAHolderThatLetsGo) {
    KeeperOfRank third(pool, 2);
    both_hold(third);
    third.hear(by_rank[0], Custody::released);
    EXPECT_EQ(third.keeper.find(photo)->custody_of(peer(by_rank[0])), Custody::released);
    EXPECT_TRUE(third.review().empty()) << "the second-ranked holds it; the first will fetch it again";
    KeeperOfRank first(pool, 0);
    both_hold(first);
    first.hear(by_rank[0], Custody::released);
    ASSERT_EQ(first.review().size(), 1u);
}

TEST_F(Keeping, RemembersNoMoreObjectsThanItsBound) {
    pool.config.content.objects_max = 3;
    KeeperOfRank third(pool, 2);
    for (std::uint8_t n = 0; n < 10; ++n) third.hear(by_rank[0], Custody::keeper, digest(n));
    EXPECT_EQ(third.keeper.size(), 3u);
    third.hear(by_rank[1], Custody::released, digest(99));
    EXPECT_EQ(third.keeper.find(digest(99)), nullptr);
}

TEST_F(Keeping, ForgetsWhatNobodyHoldsWhenOthersNeedItsPlace) {
    pool.config.content.objects_max = 3;
    KeeperOfRank keeper(pool, 5);
    for (std::uint8_t i = 1; i <= 3; ++i) keeper.hear(0, Custody::keeper, digest(i));
    keeper.hear(1, Custody::keeper, digest(4));
    EXPECT_EQ(keeper.keeper.find(digest(4)), nullptr);
    keeper.hear(0, Custody::released, digest(2));
    keeper.hear(1, Custody::keeper, digest(4));
    EXPECT_NE(keeper.keeper.find(digest(4)), nullptr);
    EXPECT_EQ(keeper.keeper.find(digest(2)), nullptr);
    EXPECT_NE(keeper.keeper.find(digest(1)), nullptr);
}

TEST_F(Keeping, RemembersNoMoreHoldersThanItsBoundAndCouriersLast) {
    KeeperOfRank third(pool, 2);
    const std::size_t most = content::holders_max(*policy::make_copies(2));
    for (std::uint32_t i = 100; i < 100 + most; ++i) third.hear(i, Custody::courier);
    third.hear(200, Custody::courier);
    EXPECT_EQ(third.keeper.find(photo)->custody_of(peer(200)), Custody::released);
    third.hear(201, Custody::keeper);
    EXPECT_EQ(third.keeper.find(photo)->custody_of(peer(201)), Custody::keeper);
    EXPECT_EQ(third.keeper.find(photo)->holders.size(), most);
    third.hear(third.self.index, Custody::courier);
    EXPECT_EQ(third.keeper.find(photo)->custody_of(third.self), Custody::courier)
        << "its own it knows always";
}

TEST_F(Keeping, RemembersAsManyCopiesAsThePolicyMayAskFor) {
    constexpr std::int64_t copies = 255;  // the most that copies/1 allows
    KeeperOfRank third(pool, 2, copies);
    for (std::uint32_t i = 100; i < 100 + copies; ++i) third.hear(i, Custody::keeper);
    EXPECT_EQ(third.keeper.find(photo)->holders.size(), static_cast<std::size_t>(copies));
}

TEST_F(Keeping, NamesACopyThatThePoolHasEnoughOf) {
    KeeperOfRank third(pool, 2);
    both_hold(third);
    third.review();
    EXPECT_EQ(third.spare(), nullptr) << "it holds nothing itself";
    third.hear(third.self.index, Custody::keeper);
    third.review();
    ASSERT_NE(third.spare(), nullptr);
    EXPECT_EQ(*third.spare(), photo);
    third.hear(by_rank[0], Custody::released);
    third.review();
    EXPECT_EQ(third.spare(), nullptr) << "now it is needed";
}

TEST_F(Keeping, SparesNothingBeforeItKnowsAnybody) {
    KeeperOfRank third(pool, 2);
    third.hear(third.self.index, Custody::author);
    EXPECT_EQ(third.spare(), nullptr) << "nothing was reviewed yet";
    const Pool nobody(std::vector<Announcement>{}, third.self);
    Env env = pool.bench.env();
    EXPECT_EQ(third.keeper.spare(nobody.directory, env), nullptr);
}

TEST_F(Keeping, ReturnsABoundedNumberOfTasksAndTheRestLater) {
    KeeperOfRank first(pool, 0, 8);  // everybody should hold everything
    for (std::uint8_t n = 0; n < 100; ++n) first.hear(by_rank[5], Custody::author, digest(n));
    const std::vector<Task> tasks = first.review();
    EXPECT_EQ(tasks.size(), 16u);
    for (const Task& task : tasks) first.hear(first.self.index, Custody::keeper, task.object);
    const std::vector<Task> more = first.review();
    EXPECT_EQ(more.size(), 16u);
    EXPECT_NE(more[0].object, tasks[0].object);
}

}  // namespace
}  // namespace coop::protocol::test

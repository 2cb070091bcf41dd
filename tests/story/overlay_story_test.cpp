// Stories of the overlay, told step by step: what each part answers to what, and when.
#include <gtest/gtest.h>

#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

using base::milliseconds;
using base::minutes;
using base::seconds;

TEST(BroadcastStory, AFirstFloodPrunesARingToATree) {
    Village<TreeBoard> village(3);
    link(village, {{0, 1}, {1, 2}, {0, 2}});
    village.tells = true;
    publish(village, 0, 1);
    village.run_for(seconds(10));
    publish(village, 1, 2);
    village.run_for(seconds(10));
    EXPECT_EQ(village.story(), R"(
[    0 ms] 0 publishes 1 -> forwards to 1, 2
[   10 ms] 1 receives 1 from 0 -> delivers, forwards to 2
[   10 ms] 2 receives 1 from 0 -> delivers, forwards to 1
[   20 ms] 2 receives 1 from 1 -> duplicate, prunes 1
[   20 ms] 1 receives 1 from 2 -> duplicate, prunes 2
[   30 ms] 1 is pruned by 2
[   30 ms] 2 is pruned by 1
[10000 ms] 1 publishes 2 -> forwards to 0, announces to 2
[10010 ms] 0 receives 2 from 1 -> delivers, forwards to 2
[10010 ms] 2 hears of 2 from 1
[10020 ms] 2 receives 2 from 0 -> delivers, announces to 1
[10030 ms] 1 hears of 2 from 2
)");
}

TEST(BroadcastStory, GoesRoundACutLinkByTheOtherWay) {
    Village<TreeBoard> village(3);
    link(village, {{0, 1}, {1, 2}, {0, 2}});
    publish(village, 0, 1);
    village.run_for(seconds(10));
    village.cut(0, 2);
    village.tells = true;
    publish(village, 0, 2);
    village.run_for(seconds(10));
    publish(village, 0, 3);
    village.run_for(seconds(10));
    EXPECT_EQ(village.story(), R"(
[10000 ms] 0 publishes 2 -> forwards to 1, 2
[10010 ms] 1 receives 2 from 0 -> delivers, announces to 2
[10020 ms] 2 hears of 2 from 1
[12020 ms] 2 is due -> grafts 1
[12030 ms] 1 is asked for 2 by 2 -> forwards to 2
[12040 ms] 2 receives 2 from 1 -> delivers, forwards to 0
[20000 ms] 0 publishes 3 -> forwards to 1, 2
[20010 ms] 1 receives 3 from 0 -> delivers, forwards to 2
[20020 ms] 2 receives 3 from 1 -> delivers, forwards to 0
)");
}

void wake(Village<OverlayBoard>& village, std::uint32_t i, std::vector<PeerId> through) {
    village.act(i, "wakes", [&](OverlayBoard& board, Env& env) {
        if (board.sequence == 0) board.sequence = 10 * i;  // so that 11, 12 … are the words of board 1
        board.wake(through, env);
    });
}

TEST(MembershipStory, ANewcomerIsLetInAndCarriedOn) {
    Village<OverlayBoard> village(3);
    village.tells = true;
    wake(village, 0, {});
    wake(village, 1, {peer(0)});
    village.run_for(seconds(1));
    wake(village, 2, {peer(0)});
    village.run_for(seconds(1));
    EXPECT_EQ(village.story(), R"(
[    0 ms] 0 wakes
[    0 ms] 1 wakes -> joins through 0
[   10 ms] 0 is asked by 1 to let it in -> links with 1, accepts 1, asks what was missed: 1
[   20 ms] 1 is accepted by 0 -> links with 0, asks what was missed: 0
[   20 ms] 1 is asked by 0 what was missed
[   30 ms] 0 is asked by 1 what was missed -> sends 1 to 1
[   40 ms] 1 receives 1 from 0 -> delivers
[ 1000 ms] 2 wakes -> joins through 0
[ 1010 ms] 0 is asked by 2 to let it in -> links with 2, accepts 2, passes newcomer 2 on to 1
[ 1020 ms] 2 is accepted by 0 -> links with 0, asks what was missed: 0
[ 1020 ms] 1 hears of newcomer 2 from 0 -> asks urgently 2
[ 1030 ms] 0 is asked by 2 what was missed -> sends 11 to 2, sends 1 to 2
[ 1030 ms] 2 is asked urgently by 1 -> links with 1, accepts 1
[ 1040 ms] 2 receives 11 from 0 -> delivers
[ 1040 ms] 2 receives 1 from 0 -> delivers
[ 1040 ms] 1 is accepted by 2 -> links with 2
)");
}

TEST(MembershipStory, ASilentNeighbourIsNoticedByTime) {
    Village<OverlayBoard> village(2);
    wake(village, 0, {});
    wake(village, 1, {peer(0)});
    village.run_for(seconds(50));
    village.cut(0, 1);
    village.tells = true;
    village.run_for(minutes(1));
    village.mend();
    village.run_for(minutes(1));
    EXPECT_EQ(village.story(), R"(
[53595 ms] 0 is due -> says keep_alive to 1
[53818 ms] 1 is due -> says keep_alive to 0
[68595 ms] 0 is due -> says keep_alive to 1
[68818 ms] 1 is due -> says keep_alive to 0
[83595 ms] 0 is due -> says keep_alive to 1
[83818 ms] 1 is due -> says keep_alive to 0
[89226 ms] 1 is due -> loses 0 (silent)
[92895 ms] 0 is due -> loses 1 (silent)
[159835 ms] 0 is due -> asks urgently 1
[159845 ms] 1 is asked urgently by 0 -> links with 0, accepts 0, asks what was missed: 0
[159855 ms] 0 is accepted by 1 -> links with 1, asks what was missed: 1
[159855 ms] 0 is asked by 1 what was missed
[159865 ms] 1 is asked by 0 what was missed
[164216 ms] 0 is due -> says shuffle to 1
[164226 ms] 1 hears shuffle from 0
[167885 ms] 1 is due -> says shuffle to 0
[167895 ms] 0 hears shuffle from 1
)");
}

TEST(CatchUpStory, NewsOfTheShiftBeforeIsAnnouncedAndAskedFor) {
    Village<OverlayBoard> village(3);
    wake(village, 0, {});
    village.act(0, "publishes", [](OverlayBoard& board, Env& env) {
        board.publish(notice(0, ++board.sequence, env.now), env);
        board.sleep(env);
    });
    wake(village, 1, {});
    wake(village, 2, {peer(1)});
    village.run_for(seconds(20));
    village.tells = true;
    wake(village, 0, {peer(1)});
    village.run_for(seconds(1));
    EXPECT_EQ(village.story(), R"(
[20000 ms] 0 wakes -> joins through 1
[20010 ms] 1 is asked by 0 to let it in -> links with 0, accepts 0, passes newcomer 0 on to 2
[20020 ms] 0 is accepted by 1 -> links with 1, asks what was missed: 1
[20020 ms] 2 hears of newcomer 0 from 1 -> asks urgently 0
[20030 ms] 1 is asked by 0 what was missed -> sends 21 to 0, sends 11 to 0, asks what was missed: 0
[20030 ms] 0 is asked urgently by 2 -> links with 2, accepts 2
[20040 ms] 0 receives 21 from 1 -> delivers
[20040 ms] 0 receives 11 from 1 -> delivers
[20040 ms] 0 is asked by 1 what was missed -> sends 2 to 1
[20040 ms] 2 is accepted by 0 -> links with 0
[20050 ms] 1 receives 2 from 0 -> delivers, announces 2 as old news to 2
[20060 ms] 2 hears of 2 from 1 -> grafts 1
[20070 ms] 1 is asked for 2 by 2 -> sends 2 to 2
[20080 ms] 2 receives 2 from 1 -> delivers, announces 2 as old news to 0
[20090 ms] 0 hears of 2 from 2
)");
}

}  // namespace
}  // namespace coop::protocol::test

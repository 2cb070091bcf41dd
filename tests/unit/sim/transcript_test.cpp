#include "engine/sim/transcript.hpp"

#include "tests/unit/sim/scripted_world.hpp"

namespace coop::test {
namespace {

class Story : public ScriptedWorld {};

TEST_F(Story, TellsWhoHeardWhatFromWhomAndWhatItDid) {
    sim::Transcript story;
    watcher = &story;
    network.cut(1, 3);
    script().act = [](PeerId self, const protocol::Input& input, protocol::Env& env) {
        if (std::holds_alternative<protocol::Requested>(input)) env.out.send(PeerId{1}, numbered(7));
        if (!std::holds_alternative<protocol::Received>(input) || self.index != 1) return;
        env.out.report({.what = protocol::What::delivered, .id = {PeerId{0}, 7}});
        env.out.send(PeerId{2}, numbered(7));
        env.out.send(PeerId{3}, numbered(7));
        env.out.send(PeerId{0}, protocol::Prune{});
        env.out.send(PeerId{0}, protocol::KeepAlive{});
    };
    begin(4);
    ask(seconds(0), 0);
    befall(milliseconds(15), 2, sim::FaultKind::power_off);
    run->run_until(at(seconds(1)));
    EXPECT_EQ(story.take(), R"([   0 ms] 0 is asked to get -> sends graft 0#7 to 1
[  10 ms] 1 receives graft 0#7 from 0 -> delivered 0#7; sends graft 0#7 to 2, 3; sends prune to 0
[  10 ms] 3 never hears graft 0#7 from 1 (cut)
[  15 ms] 2 suffers power_off
[  20 ms] 2 never hears graft 0#7 from 1 (receiver_off)
[  20 ms] 0 receives prune from 1
)");
    EXPECT_EQ(story.text(), "");
}

}  // namespace
}  // namespace coop::test

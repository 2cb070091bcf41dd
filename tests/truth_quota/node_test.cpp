// A whole node under hostile load keeps to what its owner lends, in both directions, and says why it refuses.
#include <gtest/gtest.h>

#include "tests/truth_quota/interval_law.hpp"
#include "tests/unit/protocol_node/desk.hpp"

namespace coop::protocol::test {
namespace {

using base::kib;
using base::milliseconds;
using base::seconds;

constexpr base::Bytes bucket = kib(64);

/// 3 % of an ADSL line: 1 Mbit/s up, 10 Mbit/s down.
Config adsl() {
    Config config;
    config.owner.line_up = base::bits_per_second(1'000'000);
    config.owner.line_down = base::bits_per_second(10'000'000);
    config.owner.share = base::percent(3);
    config.owner.disk = base::gigabytes(10);
    return config;
}
constexpr base::ByteRate up{3'750};     // 3 % of 125 000
constexpr base::ByteRate down{37'500};  // 3 % of 1 250 000

std::vector<Passed> all_that_left(const Desk& desk) {
    std::vector<Passed> passed;
    for (const Left& each : desk.left) passed.push_back({each.at, line_size(each.message)});
    return passed;
}

TEST(FixedShare, IsKeptUnderQuestionsWithoutEndAndOverRestarts) {
    Desk desk(adsl(), 1, bucket);
    desk.start();
    const Put object = desk.object(1, kib(320));
    desk.request(object);
    desk.join(1);
    for (int i = 0; i < 20'000; ++i) {  // fifty questions a second, each for 9 s of the line
        desk.run_for(milliseconds(20));
        desk.receive(1, FetchChunk{object.manifest->object, static_cast<std::uint16_t>(i % 10)});
        if (i % 100 == 0) desk.receive(1, FetchManifest{object.manifest->object});
        if (i % 5'000 == 4'999) desk.restart();
    }
    desk.run_for(seconds(600));
    const Broken broken = check_all_intervals(all_that_left(desk), up, bucket);
    EXPECT_EQ(broken.intervals, 0u);

    // Not idle either: who asks without end does not keep chunks from leaving.
    base::Bytes sum{};
    for (const Passed& each : all_that_left(desk)) sum += each.size;
    EXPECT_GT(sum.count, up.per_second * 400 / 2);
    EXPECT_GT(desk.sent<ChunkReply>().size(), 10u);

    const auto refused = desk.reported(What::refused);
    EXPECT_GT(refused.size(), 10'000u);
    for (const Report& each : refused) EXPECT_EQ(each.reason, Reason::busy) << to_text(each.reason);
}

TEST(FixedShare, RefusesStrangersAndWhatIsNotHere) {
    Desk desk(adsl(), 1, bucket);
    desk.start();
    const Put object = desk.object(1, kib(64));
    desk.request(object);
    desk.run_for(base::minutes(1));
    desk.receive(9, FetchChunk{object.manifest->object, 0});
    desk.join(1);
    desk.receive(1, FetchChunk{desk.object(2, kib(64)).manifest->object, 0});
    desk.receive(1, FetchChunk{object.manifest->object, 2});
    desk.run_for(seconds(10));
    const auto said = desk.sent<Refusal>();
    ASSERT_EQ(said.size(), 3u);
    EXPECT_EQ(said[0].first, PeerId{9});
    EXPECT_EQ(said[0].second.reason, Reason::unknown_member);
    EXPECT_EQ(said[1].second.reason, Reason::not_here);
    EXPECT_EQ(said[2].second.reason, Reason::not_here);
    EXPECT_TRUE(desk.sent<ChunkReply>().empty());
}

/// Answers every question at once, and chatters in between.
class Giver {
  public:
    Giver(Desk& desk, const std::vector<Put>& objects) : desk_(desk), objects_(objects) {}

    void answer() {
        while (seen_ < desk_.left.size()) {
            const Left question = desk_.left[seen_++];
            if (const auto* manifest = std::get_if<FetchManifest>(&question.message)) {
                const Manifest& found = *find(manifest->object).manifest;
                note(question.at, ManifestReply{std::make_shared<const Manifest>(found)});
            } else if (std::holds_alternative<SyncAsk>(question.message)) {
                tell_holdings();
            } else if (const auto* chunk = std::get_if<FetchChunk>(&question.message)) {
                note(question.at, desk_.chunk_of(*find(chunk->object).manifest, chunk->index));
            }
        }
    }
    /// What a board that has just started has to hear again.
    void tell_holdings() {
        for (std::uint32_t i = 0; i < objects_.size(); ++i) {
            const Manifest& manifest = *objects_[i].manifest;
            const Holding holding{manifest.object, manifest.size, Custody::author};
            desk_.receive(1, Gossip{desk_.said_by(1, 2 + i, holding), 0});
        }
    }
    const std::vector<Passed>& asked() const { return asked_; }

  private:
    const Put& find(const base::Digest& object) const {
        return *std::find_if(objects_.begin(), objects_.end(),
                             [&](const Put& put) { return put.manifest->object == object; });
    }
    void note(base::Instant at, Message answer) {
        asked_.push_back({at, line_size(answer)});
        desk_.receive(1, std::move(answer));
    }

    Desk& desk_;
    const std::vector<Put>& objects_;
    std::vector<Passed> asked_;
    std::size_t seen_ = 0;
};

TEST(FixedShare, IsKeptByWhatTheNodeAsksForWhileOthersChatter) {
    Desk desk(adsl(), 2, bucket);
    desk.start();
    std::vector<Put> objects;
    for (std::uint32_t i = 0; i < 40; ++i) objects.push_back(desk.object(i, kib(200), 1));
    desk.join(1);
    Giver giver(desk, objects);
    for (int i = 0; i < 40'000; ++i) {
        desk.run_for(milliseconds(10));
        giver.answer();
        if (i % 20 == 0) desk.receive(1, KeepAlive{});
        if (i % 3'000 == 2'999) {  // power fails now and then: what was asked for before is not forgiven
            desk.restart();
            desk.join(1);
        }
    }
    EXPECT_EQ(desk.reported(What::stored).size(), objects.size()) << "8 MB need 4 minutes";
    const Broken broken = check_all_intervals(giver.asked(), down, bucket);
    EXPECT_EQ(broken.intervals, 0u);
    EXPECT_EQ(check_all_intervals(all_that_left(desk), up, bucket).intervals, 0u);
}

}  // namespace
}  // namespace coop::protocol::test

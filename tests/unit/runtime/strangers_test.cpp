// Whom strangers may make a board remember: it stays open to newcomers, whoever speaks of whom.
#include "tests/unit/runtime/owner.hpp"
#include "tests/unit/runtime/stranger.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using protocol::PeerId;
using protocol::PeerList;
using protocol::What;

constexpr std::size_t a_list = protocol::peers_in_message_max;

class CrowdedWorld : public ::testing::Test {
  protected:
    void start(wire::BoundedPeerBook::Limits known = {}) {
        Options options = options_in(folder_ / "board");
        options.control = true;
        options.known = known;
        board_ = std::make_unique<Resident>(std::move(options));
        ASSERT_TRUE(eventually([&] { return board().count(What::woke_up) > 0; }));
    }
    Resident& board() { return *board_; }
    bool counts(std::uint64_t Counters::*counter, std::uint64_t at_least) {
        return eventually([&] { return board()->counters().*counter >= at_least; });
    }
    std::size_t known() const {
        return Owner(folder_ / "board/control.sock").ask({{"do", "status"}})["known_peers"];
    }
    /// Names that nobody has, never the same twice.
    PeerList invented(wire::BoundedPeerBook& book) {
        PeerList list;
        for (std::size_t i = 0; i < a_list; ++i) {
            base::Key key;
            for (std::size_t byte = 0; byte < 8; ++byte)
                key.bytes[byte] = static_cast<std::uint8_t>(inventions_ >> (8 * byte));
            key.bytes[31] = 0x77;
            ++inventions_;
            list.push_back(book.intern(key, loopback(9)));
        }
        return list;
    }
    void expect_a_newcomer_joins() {
        Options options = options_in(folder_ / "newcomer");
        options.contacts = {board().contact()};
        Resident newcomer(options);
        EXPECT_TRUE(eventually([&] { return newcomer.count(What::link_up) > 0; }));
        const std::size_t before = notices_heard();
        newcomer->request(notice(std::string(500, 'n')));
        EXPECT_TRUE(eventually([&] { return notices_heard() == before + 1; }));
        EXPECT_EQ(board()->counters().surprises, 0U);
    }

    /// Longer than an announcement.
    std::size_t notices_heard() {
        const auto news = board().reports(What::delivered);
        return static_cast<std::size_t>(
            std::count_if(news.begin(), news.end(), [](const auto& r) { return r.size.count > 500; }));
    }

    Folder folder_;
    std::unique_ptr<Resident> board_;
    std::uint64_t inventions_ = 0;
    std::uint64_t spoken_ = 0;
};

TEST_F(CrowdedWorld, OneLinkThatNamesThousandsLocksNobodyOut) {
    constexpr std::uint64_t lists = 2000;  // twice as many names as the book has room for strangers
    start();
    {
        Stranger hostile(board()->endpoint(), identity_of(1));
        ASSERT_TRUE(hostile.greeted);
        for (std::uint64_t i = 0; i < lists; ++i) {
            const PeerList names = invented(hostile.book);
            hostile.say(protocol::ShuffleReply{names});
            hostile.book.forget({names.begin(), names.size()});
        }
        ASSERT_TRUE(counts(&Counters::messages_received, lists));
        // Itself is one of those that it brought.
        const std::uint64_t taken = wire::LinkBook::introductions_max - 1;
        EXPECT_EQ(board()->counters().refused_stranger, lists * a_list - taken);
        EXPECT_EQ(known(), 1 + 1 + taken);
        expect_a_newcomer_joins();  // while the other is still there
    }
    // With its link everything is gone that it made the board remember.
    EXPECT_TRUE(counts(&Counters::forgotten, wire::LinkBook::introductions_max));
    EXPECT_TRUE(eventually([&] { return known() == 2; }));  // the board itself, and the newcomer
    expect_a_newcomer_joins();
}

TEST_F(CrowdedWorld, ANeighbourThatNamesThousandsLeavesNoMoreThanAPassiveView) {
    constexpr std::uint64_t lists = 200;
    start();
    {
        Stranger hostile(board()->endpoint(), identity_of(1));
        ASSERT_TRUE(hostile.greeted);
        hostile.say(protocol::Join{hostile.announcement(hostile.self)});
        ASSERT_TRUE(eventually([&] { return board().count(What::link_up) == 1; }));
        for (std::uint64_t i = 0; i < lists; ++i) {
            const PeerList names = invented(hostile.book);
            hostile.say(protocol::Shuffle{hostile.self, 1, names});
            hostile.book.forget({names.begin(), names.size()});
        }
        ASSERT_TRUE(counts(&Counters::messages_received, lists + 1));
    }
    // It may still turn to these. The hostile one is a member, by its own signed word.
    const std::size_t turned_to = hurried().membership.passive_max + hurried().membership.active_max;
    EXPECT_TRUE(counts(&Counters::forgotten, wire::LinkBook::introductions_max - 1 - turned_to));
    EXPECT_LE(known(), 2 + turned_to);
    expect_a_newcomer_joins();
}

TEST_F(CrowdedWorld, StrangersWhoHaveGoneMakeRoomForOthers) {
    constexpr std::uint8_t places = 8;
    start({.members_max = 16, .strangers_max = places});
    std::vector<std::unique_ptr<Stranger>> inside;
    for (std::uint8_t i = 1; i <= places + 4; ++i) {
        inside.push_back(std::make_unique<Stranger>(board()->endpoint(), identity_of(i)));
        // The greeting tells who it is; only then it is turned away.
        ASSERT_TRUE(inside.back()->greeted);
    }
    EXPECT_TRUE(counts(&Counters::refused_stranger, 4));
    EXPECT_EQ(board()->counters().refused_stranger, 4U);
    EXPECT_EQ(known(), 1U + places);
    inside.clear();
    EXPECT_TRUE(counts(&Counters::forgotten, places));
    EXPECT_EQ(known(), 1U);
    expect_a_newcomer_joins();
    EXPECT_EQ(board()->counters().refused_stranger, 4U);
}

TEST_F(CrowdedWorld, WhoeverSaidSomethingThatWasHeardIsNotForgotten) {
    start({.members_max = 1, .strangers_max = 100});  // fewer than the node keeps account of
    // One that joins, and one that only ever passes on what it says itself.
    const auto speak = [&](std::uint8_t number) {
        Stranger member(board()->endpoint(), identity_of(number));
        ASSERT_TRUE(member.greeted);
        if (number == 1) {
            member.say(protocol::Join{member.announcement(member.self)});
        } else {
            member.say(protocol::Gossip{member.word(member.self, protocol::Holding{}), 0});
        }
        ASSERT_TRUE(counts(&Counters::messages_received, ++spoken_));
    };
    speak(1);
    speak(2);
    ASSERT_EQ(board().count(What::delivered), 2U);
    // Their links are gone, and the next one's too, so that everybody who can be forgotten is.
    { const Stranger other(board()->endpoint(), identity_of(3)); }
    EXPECT_TRUE(counts(&Counters::forgotten, 1));
    EXPECT_EQ(known(), 3U);
    // They say the same again: no news, for they are the same members still.
    speak(1);
    speak(2);
    EXPECT_EQ(board().count(What::delivered), 2U);
}

}  // namespace
}  // namespace coop::runtime::test

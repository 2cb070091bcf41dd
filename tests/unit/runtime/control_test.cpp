#include "engine/runtime/control.hpp"

#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include "engine/runtime/objects.hpp"
#include "engine/sqlite/database.hpp"
#include "tests/unit/runtime/owner.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using protocol::What;

Options controlled(const std::string& folder) {
    Options options = options_in(folder);
    options.control = true;
    return options;
}

class OwnersSocket : public ::testing::Test {
  protected:
    OwnersSocket() {
        EXPECT_TRUE(eventually([&] { return board_.count(What::woke_up) > 0; }));
    }
    std::string socket() const { return folder_ / "board/control.sock"; }
    Folder folder_;
    Resident board_{controlled(folder_ / "board")};
};

TEST_F(OwnersSocket, IsTheOwnersAlone) {
    struct stat about {};
    ASSERT_EQ(::stat(socket().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((folder_ / "board").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0700U);
    ASSERT_EQ(::stat((folder_ / "board/board.db").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
}

TEST_F(OwnersSocket, TellsHowTheBoardIs) {
    const Json status = Owner(socket()).ask({{"do", "status"}});
    EXPECT_EQ(status["ok"], true);
    EXPECT_EQ(status["key"], base::to_hex(board_->key()));
    EXPECT_EQ(status["listening"], to_text(board_->endpoint()));
    EXPECT_EQ(status["awake"], true);
    EXPECT_EQ(status["eager"], Json::array());
    EXPECT_EQ(status["objects"], Json::array());
    EXPECT_EQ(status["members"], 0) << "others";
    EXPECT_EQ(status["stay"], "member");
    EXPECT_EQ(status["disk_trouble"], false);
    EXPECT_GE(status["counters"]["commits"], 1);
    EXPECT_EQ(status["counters"].size(), listed(Counters{}).size());
}

TEST_F(OwnersSocket, PutsAFileAndGetsItBack) {
    const auto bytes = synthetic_bytes(base::kib(200), 3);
    std::ofstream(folder_ / "in", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    const Owner owner(socket());
    const Json put = owner.ask({{"do", "put"}, {"path", folder_ / "in"}});
    ASSERT_EQ(put["ok"], true) << put;
    EXPECT_EQ(put["size"], bytes.size());
    const Json got = owner.ask({{"do", "get"}, {"object", put["object"]}, {"to", folder_ / "out"}});
    ASSERT_EQ(got["ok"], true) << got;
    std::ifstream out(folder_ / "out", std::ios::binary);
    EXPECT_EQ(std::vector<std::uint8_t>(std::istreambuf_iterator<char>(out), {}), bytes);
    EXPECT_EQ(owner.ask({{"do", "status"}})["objects"].size(), 1U);
}

TEST_F(OwnersSocket, AnswersEveryLineInItsTurn) {
    const Owner owner(socket());
    owner.wire().write(
        "{\"do\":\"publish\",\"text\":\"one\"}\n{\"do\":\"publish\",\"text\":\"two\"}\nnonsense\n");
    const Json first = owner.answer();
    const Json second = owner.answer();
    EXPECT_EQ(second["sequence"], first["sequence"].get<int>() + 1);
    EXPECT_EQ(owner.answer()["ok"], false);
    EXPECT_EQ(board_.count(What::published), 2U);
}

TEST_F(OwnersSocket, DoesNotWaitForEver) {
    const Json answer = Owner(socket()).ask(
        {{"do", "get"}, {"object", std::string(64, 'a')}, {"to", folder_ / "out"}, {"within_s", 0}});
    EXPECT_EQ(answer["ok"], false);
}

TEST_F(OwnersSocket, HangsUpOnALineWithoutEnd) {
    const Owner owner(socket());
    const std::string line(Control::line_max + 5000, 'x');
    owner.wire().write(line);
    EXPECT_TRUE(owner.answer().is_null());
    EXPECT_EQ(Owner(socket()).ask({{"do", "status"}})["counters"]["control_bad_lines"], 1);
}

TEST_F(OwnersSocket, AdmitsSoManyAndNoMore) {
    std::vector<Owner> inside;
    inside.reserve(Control::sessions_max);
    for (std::size_t i = 0; i < Control::sessions_max; ++i) {
        inside.emplace_back(socket());
        ASSERT_EQ(inside.back().ask({{"do", "status"}})["ok"], true);
    }
    EXPECT_TRUE(Owner(socket()).ask({{"do", "status"}}).is_null());
    inside.pop_back();
    EXPECT_TRUE(eventually([&] { return Owner(socket()).ask({{"do", "status"}}).is_object(); }));
}

TEST_F(OwnersSocket, StopsTheBoardAndIsGone) {
    const Owner owner(socket());
    EXPECT_EQ(owner.ask({{"do", "stop"}})["ok"], true);
    EXPECT_TRUE(owner.wire().reads_to_the_end());
    EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(socket()); }));
}

TEST_F(OwnersSocket, TellsWhenTheBoardHasLeftAndStillDoesAfterARestart) {
    const Json said = Owner(socket()).ask({{"do", "leave"}});
    EXPECT_EQ(said["ok"], true);
    EXPECT_EQ(said["stay"], "leaving");
    const auto stay = [&] { return Owner(socket()).ask({{"do", "status"}})["stay"]; };
    EXPECT_EQ(stay(), "leaving") << "nobody is here yet to be told";
    const Json refused = Owner(socket()).ask({{"do", "put"}, {"size", 10}});
    EXPECT_EQ(refused["error"],
              "leaving: this board is leaving the pool, or has left it, and takes nothing new");
    Options options = options_in(folder_ / "neighbour");
    options.contacts = {board_.contact()};
    const Resident neighbour(options);
    ASSERT_TRUE(eventually([&] { return stay() == "left"; }));
    board_.stop();
    const Resident again(controlled(folder_ / "board"));
    EXPECT_EQ(stay(), "left");
    EXPECT_EQ(Owner(socket()).ask({{"do", "stop"}}).contains("warning"), false);
}

TEST_F(OwnersSocket, CountsOthersAsMembersAndNoStrangers) {
    Options options = options_in(folder_ / "neighbour");
    options.contacts = {board_.contact()};
    const Resident neighbour(options);
    const auto status = [&] { return Owner(socket()).ask({{"do", "status"}}); };
    ASSERT_TRUE(eventually([&] { return status()["members"] == 1; }));
    EXPECT_EQ(status()["known_peers"], 2) << "and itself";
}

TEST_F(OwnersSocket, SaysSoWhenItsOwnCopyHasRotted) {
    const Json put = Owner(socket()).ask({{"do", "put"}, {"size", 100'000}});
    ASSERT_EQ(put["ok"], true);
    board_.stop();
    {
        const sqlite::Format store{.application_id = 0x636f6f6e, .version = 1};
        auto file = sqlite::Database::open(folder_ / "board/board.db", {.mode = sqlite::Mode::write}, store);
        ASSERT_TRUE(file.value().execute("UPDATE chunk SET bytes = zeroblob(size)"));
    }
    const Resident again(controlled(folder_ / "board"));
    const Json get{{"do", "get"}, {"object", put["object"]}, {"to", folder_ / "out"}, {"within_s", 1}};
    const Owner owner(socket());
    const std::string trouble = owner.ask(get)["error"];
    EXPECT_NE(trouble.find("damaged"), std::string::npos) << trouble;
    EXPECT_TRUE(eventually([&] { return again.count(What::released) == 1; }));
    EXPECT_EQ(owner.ask({{"do", "status"}})["objects"], Json::array());
    EXPECT_EQ(owner.ask(get)["error"], "not within the time asked for") << "now it asks the others";
}

TEST_F(OwnersSocket, IsNotTakenFromABoardThatRuns) {
    const auto second = Host::open(controlled(folder_ / "board"));
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(Owner(socket()).ask({{"do", "status"}})["ok"], true);
}

TEST(ControlOfADeadBoard, IsReplaced) {
    const Folder folder;
    std::filesystem::create_directories(folder / "board");
    {
        const Wire left_behind(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        (folder / "board/control.sock").copy(at.sun_path, sizeof at.sun_path - 1);
        ASSERT_EQ(::bind(left_behind.fd(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    }
    Resident board(controlled(folder / "board"));
    EXPECT_EQ(Owner(folder / "board/control.sock").ask({{"do", "status"}})["ok"], true);
}

}  // namespace
}  // namespace coop::runtime::test

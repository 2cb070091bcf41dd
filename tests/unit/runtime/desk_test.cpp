#include "engine/runtime/desk.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/runtime/objects.hpp"
#include "tests/scratch.hpp"

namespace coop::runtime::test {
namespace {

using coop::test::Folder;
using Json = nlohmann::json;
using protocol::Stay;
using protocol::What;

class Person : public Asker {
  public:
    void answer(std::uint64_t turn, const std::string& line) override {
        answered_turn = turn;
        answers.push_back(Json::parse(line));
    }
    std::uint64_t answered_turn = 0;
    std::vector<Json> answers;
};

/// A board on which everything asked for happens, or nothing does.
struct Office : Board {
    Status status() const override {
        Status status;
        status.stay = stay;
        status.to_hand_over = stay == Stay::leaving ? 3 : 0;
        return status;
    }
    void request(protocol::Command command) override {
        commands.push_back(command);
        if (!willing) return;
        if (std::holds_alternative<protocol::Leave>(command)) stay = std::max(stay, Stay::leaving);
        if (stay != Stay::member) return;
        if (const auto* const put = std::get_if<protocol::Put>(&command)) {
            desk.on_report(
                {.what = What::put_accepted, .object = put->manifest->object, .size = put->manifest->size});
        } else if (std::holds_alternative<protocol::Publish>(command)) {
            desk.on_report({.what = What::published, .id = {protocol::PeerId{0}, 17}});
        }
    }
    std::string write_object(const base::Digest&, const std::string& path) override {
        written.push_back(path);
        return {};
    }
    void stop() override { ++stops; }

    Json ask(const std::string& line) {
        desk.take(line, {person, ++turn});
        return person->answers.empty() ? Json() : person->answers.back();
    }

    Counters counters;
    Desk desk{*this, counters};
    std::shared_ptr<Person> person = std::make_shared<Person>();
    std::uint64_t turn = 0;
    bool willing = true;
    Stay stay = Stay::member;
    int stops = 0;
    std::vector<protocol::Command> commands;
    std::vector<std::string> written;
};

TEST(Desk, AnswersNonsenseWithASentenceAndCountsIt) {
    Office office;
    const std::vector<std::string> nonsense{
        "", "{", "[]", "7", R"({"do":7})", R"({"do":"dance"})", std::string(1000, '['), "\xff\xfe"};
    for (const std::string& line : nonsense) EXPECT_EQ(office.ask(line)["ok"], false) << line;
    EXPECT_EQ(office.counters.control_bad_lines, nonsense.size());
    EXPECT_EQ(office.person->answers.size(), nonsense.size());
    EXPECT_TRUE(office.commands.empty());
}

TEST(Desk, AsksForWhatIsMissing) {
    Office office;
    for (const char* const line :
         {R"({"do":"publish"})", R"({"do":"publish","text":""})", R"({"do":"publish","text":7})",
          R"({"do":"put"})", R"({"do":"put","path":"/x","size":1})", R"({"do":"put","size":0})",
          R"({"do":"put","size":99999999})", R"({"do":"put","path":"/nowhere/at/all"})", R"({"do":"get"})",
          R"({"do":"get","object":"12"})"}) {
        EXPECT_EQ(office.ask(line)["ok"], false) << line;
    }
    const std::string long_text(16 * 1024 + 1, 'x');
    EXPECT_EQ(office.ask(Json{{"do", "publish"}, {"text", long_text}}.dump())["ok"], false);
    EXPECT_TRUE(office.commands.empty());
}

TEST(Desk, AnswersWhenTheNoticeIsPublished) {
    Office office;
    const Json answer = office.ask(R"({"do":"publish","text":"hello"})");
    EXPECT_EQ(answer, (Json{{"ok", true}, {"sequence", 17}}));
    const auto& publish = std::get<protocol::Publish>(office.commands.at(0));
    EXPECT_EQ(std::string(publish.notice.text->begin(), publish.notice.text->end()), "hello");
}

TEST(Desk, SaysSoWhenTheBoardKeepsNothing) {
    Office office;
    office.willing = false;
    EXPECT_EQ(office.ask(R"({"do":"publish","text":"hello"})")["ok"], false);
    EXPECT_EQ(office.ask(R"({"do":"put","size":10})")["ok"], false);
    EXPECT_EQ(office.person->answers.size(), 2U);
}

TEST(Desk, NamesTheObjectThatWasPut) {
    Office office;
    const auto expected = prepare_object(synthetic_bytes(base::Bytes{100'000}, 7)).value().manifest->object;
    const Json answer = office.ask(R"({"do":"put","size":100000,"seed":7})");
    EXPECT_EQ(answer["object"], base::to_hex(expected));
    EXPECT_EQ(answer["size"], 100'000);
}

TEST(Desk, AnswersAGetWhenTheObjectHasCome) {
    Office office;
    const base::Digest object{{1, 2, 3}};
    const base::Digest other{{9}};
    const std::string line =
        Json{{"do", "get"}, {"object", base::to_hex(object)}, {"to", "photo.jpg"}}.dump();
    EXPECT_TRUE(office.ask(line).is_null());
    office.desk.on_report({.what = What::got, .object = other});
    EXPECT_TRUE(office.person->answers.empty());
    office.desk.on_report({.what = What::got, .object = object, .size = base::Bytes{5}});
    ASSERT_EQ(office.person->answers.size(), 1U);
    EXPECT_EQ(office.person->answers[0]["ok"], true);
    EXPECT_EQ(office.written, (std::vector<std::string>{"photo.jpg"}));
    office.desk.on_report({.what = What::got, .object = object});
    EXPECT_EQ(office.person->answers.size(), 1U);  // answered once
}

TEST(Desk, SaysSoWhenAGetHasFailed) {
    Office office;
    const base::Digest object{{1, 2, 3}};
    office.ask(Json{{"do", "get"}, {"object", base::to_hex(object)}}.dump());
    office.desk.on_report({.what = What::get_failed, .object = object});
    EXPECT_EQ(office.person->answers.at(0)["ok"], false);
    EXPECT_EQ(office.person->answers.at(0)["error"],
              "not_here: nobody who holds it answered; ask again when more members are awake");
    EXPECT_TRUE(office.written.empty());
}

TEST(Desk, ForgetsWhoWentAway) {
    Office office;
    const base::Digest object{{1, 2, 3}};
    office.ask(Json{{"do", "get"}, {"object", base::to_hex(object)}, {"to", "photo.jpg"}}.dump());
    office.person = std::make_shared<Person>();
    office.desk.on_report({.what = What::got, .object = object});
    EXPECT_TRUE(office.person->answers.empty());
}

TEST(Desk, SaysThatAFileIsEmpty) {
    const Folder folder;
    coop::test::write_file(folder / "empty", "");
    Office office;
    const Json answer = office.ask(Json{{"do", "put"}, {"path", folder / "empty"}}.dump());
    EXPECT_EQ(answer, (Json{{"ok", false}, {"error", "the file is empty: " + (folder / "empty")}}));
    EXPECT_TRUE(office.commands.empty());
}

TEST(Desk, WritesSizesAsTheBoardsFileDoes) {
    Office office;
    EXPECT_EQ(office.ask(R"({"do":"put","size":99999999})")["error"], "an object has 1 B to 32768 kB");
}

TEST(Desk, AnswersALeaveOnceItIsDurableAndSaysWhatIsStillNeededHere) {
    Office office;
    const Json answer = office.ask(R"({"do":"leave"})");
    EXPECT_EQ(answer, (Json{{"ok", true}, {"stay", "leaving"}, {"to_hand_over", 3}}));
    EXPECT_EQ(office.ask(R"({"do":"leave"})"), answer) << "asked twice";
    const Json status = office.ask(R"({"do":"status"})");
    EXPECT_EQ(status["stay"], "leaving");
    EXPECT_EQ(status["to_hand_over"], 3);
    office.stay = Stay::left;
    EXPECT_EQ(office.ask(R"({"do":"status"})")["stay"], "left");
}

TEST(Desk, SaysSoWhenTheDiskDoesNotTakeThatItLeaves) {
    Office office;
    office.willing = false;
    const Json answer = office.ask(R"({"do":"leave"})");
    EXPECT_EQ(answer["ok"], false);
    EXPECT_NE(answer["error"].get<std::string>().find("refused to write"), std::string::npos) << answer;
    EXPECT_EQ(office.ask(R"({"do":"status"})")["stay"], "member");
}

TEST(Desk, ANoticeOnABoardThatLeavesIsRefusedForThatReason) {
    Office office;
    office.stay = Stay::leaving;
    EXPECT_EQ(office.ask(R"({"do":"publish","text":"hello"})")["error"],
              "leaving: this board is leaving the pool, or has left it, and takes nothing new");
}

TEST(Desk, WarnsWhoeverStopsABoardThatIsStillNeeded) {
    Office office;
    office.stay = Stay::leaving;
    const Json answer = office.ask(R"({"do":"stop"})");
    EXPECT_EQ(answer["ok"], true);
    EXPECT_EQ(answer["warning"],
              "this board has not left the pool yet, and has 3 objects to hand over: start it again, or what "
              "only it holds is lost");
    EXPECT_EQ(office.stops, 1);
    office.stay = Stay::left;
    EXPECT_EQ(office.ask(R"({"do":"stop"})"), (Json{{"ok", true}}));
}

TEST(Desk, StopsTheBoard) {
    Office office;
    EXPECT_EQ(office.ask(R"({"do":"stop"})")["ok"], true);
    EXPECT_EQ(office.stops, 1);
}

}  // namespace
}  // namespace coop::runtime::test

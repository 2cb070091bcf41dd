// The real coopnode, as its owner meets it.
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "engine/app/testbed_boards.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/program.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;
using test::coopnode;

const std::string owner = R"([owner]
line_up = "10Mbit/s"
line_down = "50Mbit/s"
disk = "100MB"
)";
const std::string node_file = R"(name = "kitchen"
data = "data"
listen = "127.0.0.1:0"
control = "unix:control.sock"
)" + owner;

/// Waits until it holds; machines stall, so what is claimed is that it happens, not when.
bool eventually(const std::function<bool()>& claim) {
    for (int i = 0; i < 6000; ++i) {
        if (claim()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

TEST(Coopnode, SaysWhatIsWrongWithItsArguments) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const auto said = [&](const std::string& arguments) {
        const test::Said all = coopnode(folder.path(), arguments);
        EXPECT_EQ(all.code, 2) << arguments;
        return all.text;
    };
    EXPECT_EQ(said(""), "--config is required\nRun with --help for more information.\n");
    EXPECT_EQ(said("--config node.toml dance"),
              "coopnode: unknown command \"dance\"\n   known: key, status, put, get, publish, leave, stop\n");
    EXPECT_EQ(
        said("statsu"),
        "coopnode: unknown command \"statsu\"\n   did you mean \"status\"?   known: key, status, put, get, "
        "publish, leave, stop\n");
    EXPECT_EQ(said("get --config node.toml abc"),
              "FILE is required\nRun with --help for more information.\n");
    EXPECT_EQ(said("status --config node.toml --set log_level=debg"),
              "<--set>:1:11: unknown log level \"debg\"\n   1 | log_level=debg\n                 ^~~~\n"
              "   did you mean \"debug\"?   known: trace, debug, info, warn, error, off\n");
    EXPECT_EQ(said("status --config node.toml --set control=none"),
              "coopnode: node.toml opens no socket for its owner; add the line\n"
              "  control = \"unix:control.sock\"\nand start the board again\n");
    EXPECT_EQ(said("status --config node.toml"),
              "coopnode: no board answers at control.sock: No such file or directory; is it running?\n");
    EXPECT_EQ(said("--config node.toml --set listen=nowhere.invalid:7411"),
              "coopnode: node.toml: listen: nobody knows an address of \"nowhere.invalid\"\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "data"));  // nothing was written
}

TEST(Coopnode, TellsItsVersionAndHowToUseIt) {
    const Folder folder;
    EXPECT_EQ(coopnode(folder.path(), "--version").text, "coopnode " COOP_VERSION "\n");
    const test::Said help = coopnode(folder.path(), "--help");
    EXPECT_EQ(help.code, 0);
    for (const char* const word :
         {"key", "status", "put", "get", "publish", "leave", "stop", "--config", "--set"}) {
        EXPECT_NE(help.text.find(word), std::string::npos) << word;
    }
}

TEST(Coopnode, HasOneKeyForEver) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const std::string key = coopnode(folder.path(), "key --config node.toml").text;
    EXPECT_EQ(key.size(), 65U);
    EXPECT_EQ(coopnode(folder.path(), "key --config node.toml").text, key);
}

TEST(Coopnode, ServesItsOwner) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const std::string photo(100'000, 'p');
    coop::test::write_file(folder / "photo.jpg", photo);
    const auto asked = [&](const std::string& words) {
        return coopnode(folder.path(), words + " --config node.toml");
    };
    const std::string key = asked("key").text;

    BoardProcess board(COOPNODE, folder.path());
    ASSERT_EQ(board.start(), "");
    ASSERT_TRUE(eventually([&] { return board.control() != nullptr; })) << board.last_log_line();
    EXPECT_EQ(asked("key").text, key);
    EXPECT_EQ(asked("publish 'Bread at seven.'").text, "published as statement 2\n");  // 1 said who it is
    const test::Said put = asked("put photo.jpg");
    ASSERT_EQ(put.code, 0) << put.text;
    ASSERT_EQ(put.text.size(), 65U);
    const std::string object = put.text.substr(0, 64);
    EXPECT_EQ(asked("get " + object + " copy.jpg").text,
              "asking the pool, at most 60 min (--within)\n" + object + " is in copy.jpg (100 kB)\n");
    EXPECT_EQ(coop::test::read_file(folder / "copy.jpg"), photo);
    EXPECT_NE(asked("status").text.find("kitchen is awake\n  key         " + key), std::string::npos);
    const test::Said missing = asked("put nothing.jpg");
    EXPECT_EQ(missing.code, 1);
    EXPECT_EQ(missing.text, "coopnode: cannot read " +
                                (std::filesystem::canonical(folder.path()) / "nothing.jpg").string() + "\n");
    const test::Said nobodys = asked("get " + std::string(64, 'a') + " x --within 1");
    EXPECT_EQ(nobodys.code, 1);
    EXPECT_EQ(nobodys.text,
              "asking the pool, at most 1.0 s (--within)\ncoopnode: not within the time asked for\n");
    coop::test::write_file(folder / "empty.jpg", "");
    EXPECT_NE(asked("put empty.jpg").text.find("coopnode: the file is empty: "), std::string::npos);
    EXPECT_NE(asked("status").text.find("neighbours  0, of 0 known members\n"), std::string::npos);

    EXPECT_EQ(asked("stop").text, "kitchen stops\n");
    std::optional<std::string> how;
    EXPECT_TRUE(eventually([&] { return (how = board.ended_by_itself()).has_value(); }));
    EXPECT_EQ(how, "exit code 0");
}

TEST(Coopnode, SaysWhenABoardThatLeavesMayBeSwitchedOff) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const auto asked = [&](const std::string& words) {
        return coopnode(folder.path(), words + " --config node.toml").text;
    };
    BoardProcess board(COOPNODE, folder.path());
    ASSERT_EQ(board.start(), "");
    ASSERT_TRUE(eventually([&] { return board.control() != nullptr; })) << board.last_log_line();
    coop::test::write_file(folder / "photo.jpg", "a photo");
    ASSERT_EQ(asked("put photo.jpg").size(), 65U);
    EXPECT_EQ(
        asked("leave"),
        "kitchen is leaving: keep it switched on until `coopnode status` says that it has left (at most "
        "14 days)\n");
    EXPECT_NE(
        asked("status").find("kitchen is awake\n  leaving     keep it switched on: 1 object to hand over\n"),
        std::string::npos);
    const std::string stopped = asked("stop");
    EXPECT_NE(stopped.find("kitchen stops\n"), std::string::npos);
    EXPECT_NE(stopped.find("coopnode: this board has not left the pool yet"), std::string::npos) << stopped;
}

TEST(Coopnode, ListensToStandardInputWhenAskedTo) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const std::string command =
        "cd '" + folder.path() +
        "' && printf '{\"do\":\"dance\"}\\nnonsense\\n{\"do\":\"stop\"}\\n' | '" COOPNODE
        "' --config node.toml --set control=stdin 2>/dev/null";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) said += static_cast<char>(c);
    EXPECT_EQ(::pclose(pipe), 0);
    EXPECT_EQ(said,
              "{\"error\":\"\\\"do\\\" is one of status, publish, put, get, leave, stop\",\"ok\":false}\n"
              "{\"error\":\"expected one JSON object with \\\"do\\\"\",\"ok\":false}\n{\"ok\":true}\n");
}

TEST(Testbed, NoBoardOutlivesWhoStartedIt) {
    const Folder folder;
    coop::test::write_file(folder / "node.toml", node_file);
    const pid_t starter = ::fork();
    if (starter == 0) {
        BoardProcess board(COOPNODE, folder.path());
        const bool serves = board.start().empty() && eventually([&] { return board.control() != nullptr; });
        ::kill(::getpid(), serves ? SIGKILL : SIGTERM);  // no destructor runs
    }
    int status = 0;
    ASSERT_EQ(::waitpid(starter, &status, 0), starter);
    ASSERT_EQ(WTERMSIG(status), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !ControlClient::connect(folder / "control.sock").ok(); }));
}

}  // namespace
}  // namespace coop::app

// A board as a process of its own: what `run` makes of signals and of what it cannot start with.
#include <csignal>

#include <sys/wait.h>

#include "engine/storage/sqlite_store.hpp"
#include "tests/unit/runtime/owner.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using protocol::What;

/// `run` in a child, made while this program has one thread.
class Child {
  public:
    explicit Child(const Options& options) : id_(::fork()) {
        if (id_ == 0) ::_exit(run(options));
    }
    ~Child() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);
        wait();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void signal(int number) const { ::kill(id_, number); }
    /// Its exit code; minus the signal that ended it.
    int wait() {
        int status = 0;
        ::waitpid(id_, &status, 0);
        id_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

  private:
    pid_t id_;
};

class ABoardsProcess : public ::testing::TestWithParam<int> {};

TEST_P(ABoardsProcess, StopsCleanlyWhenItIsAskedTo) {
    const Folder folder;
    Options options = options_in(folder / "ben");
    options.control = true;
    // The child is made first; so it dials where ana is going to be.
    Options anas = options_in(folder / "ana");
    const Contact ana_was = Resident(anas).contact();
    anas.listen = ana_was.at;
    options.contacts = {ana_was};
    Child ben(options);
    Resident ana(anas);
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_up) == 1; }));
    const Json said = Owner(folder / "ben/control.sock").ask({{"do", "publish"}, {"text", "last words"}});
    ASSERT_EQ(said["ok"], true);

    ben.signal(GetParam());
    ben.signal(GetParam());  // impatience changes nothing
    EXPECT_EQ(ben.wait(), 0);
    // It said goodbye, took its socket along, and left one closed file with all that it had acknowledged.
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_down) == 1; }));
    EXPECT_NE(static_cast<protocol::LinkEnd>(ana.reports(What::link_down)[0].value),
              protocol::LinkEnd::silent);
    EXPECT_FALSE(std::filesystem::exists(folder / "ben/control.sock"));
    EXPECT_FALSE(std::filesystem::exists(folder / "ben/board.db-wal"));
    const auto store = storage::SqliteStore::open(folder / "ben/board.db");
    const auto kept = store.value()->load();
    const auto is_said = [&](const storage::StatementRow& row) { return row.sequence == said["sequence"]; };
    EXPECT_TRUE(std::any_of(kept.value().statements.begin(), kept.value().statements.end(), is_said));
}
INSTANTIATE_TEST_SUITE_P(Signals, ABoardsProcess, ::testing::Values(SIGTERM, SIGINT));

TEST(ABoardThatCannotStart, EndsWithTwo) {
    const Folder folder;
    std::filesystem::create_directories(folder / "ben");
    std::filesystem::create_directories(folder / "ben/board.db");  // a folder where the file should be
    Child ben(options_in(folder / "ben"));
    EXPECT_EQ(ben.wait(), 2);
}

}  // namespace
}  // namespace coop::runtime::test

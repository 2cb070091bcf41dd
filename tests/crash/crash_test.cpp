// kill -9 at random moments, a full disk, a clean stop: whatever a board acknowledged is there at its next
// start.
#include <csignal>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/rng.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/codec.hpp"
#include "tests/scratch.hpp"

namespace coop {
namespace {

/// What one board has promised, over all its lives.
struct Promises {
    std::set<std::uint32_t> published;
    std::set<std::string> objects;
    std::map<std::string, std::string> story;  ///< what was said of each object, for whoever reads a failure
};
using Pledged = std::map<std::string, Promises>;

/// The boards' process. Reads its lines as they come.
class Process {
  public:
    Process(const std::string& folder, std::uint64_t seed, const std::string& file_max = {}) {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        id_ = ::fork();
        if (id_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            const std::string number = std::to_string(seed);
            ::execl(CRASH_BOARD, CRASH_BOARD, folder.c_str(), number.c_str(),
                    file_max.empty() ? nullptr : file_max.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        from_ = ends[0];
    }
    ~Process() {
        if (id_ > 0) end_by(SIGKILL);
        ::close(from_);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// One more line; false when there are no more.
    bool read(std::string& line) {
        std::size_t end;
        while ((end = text_.find('\n')) == std::string::npos) {
            char piece[4096];
            const ssize_t n = ::read(from_, piece, sizeof piece);
            if (n <= 0) return false;
            text_.append(piece, static_cast<std::size_t>(n));
        }
        line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return true;
    }
    void signal(int number) const { ::kill(id_, number); }
    int end_by(int number) {
        signal(number);
        return wait();
    }
    int wait() {
        int status = 0;
        ::waitpid(id_, &status, 0);
        id_ = -1;
        return status;
    }

  private:
    pid_t id_ = -1;
    int from_ = -1;
    std::string text_;
};

void note(const std::string& line, Pledged& pledged) {
    std::istringstream words(line);
    std::string who;
    std::string what;
    std::string of;
    words >> who >> what >> of;
    ASSERT_NE(who, "error") << line;
    if (who != "ana" && who != "ben") return;  // the process's own words, and its log
    pledged[who].story[of] += line + "\n";
    if (what == "published") pledged[who].published.insert(static_cast<std::uint32_t>(std::stoul(of)));
    if (what == "holds") pledged[who].objects.insert(of);
    // Three copies are wanted and two boards are there: nobody has a reason to let go of a whole one.
    const bool broken = what == "releases" && pledged[who].objects.contains(of);
    EXPECT_FALSE(broken) << line << "\n" << pledged[who].story[of];
}

void expect_whole(storage::Store& store, const storage::Kept& kept, const std::string& object) {
    const base::Digest name{*base::parse_hex32(object)};
    const auto row = std::find_if(kept.manifests.begin(), kept.manifests.end(),
                                  [&](const storage::ManifestRow& r) { return r.object == name; });
    ASSERT_NE(row, kept.manifests.end()) << object;
    const auto manifest = wire::decode_manifest(row->bytes);
    ASSERT_TRUE(manifest.ok());
    EXPECT_EQ(manifest.value().object, name);
    for (const base::Digest& chunk : manifest.value().chunks) {
        const auto bytes = store.read_chunk(chunk);
        ASSERT_TRUE(bytes.ok()) << object;
        EXPECT_EQ(crypto::blake2b_256(bytes.value()), chunk);
    }
}

void expect_kept(const std::string& folder, const Pledged& pledged) {
    for (const auto& [who, promises] : pledged) {
        const auto store = storage::SqliteStore::open(folder + "/" + who + "/board.db");
        ASSERT_TRUE(store.ok()) << store.error().message;
        const auto kept = store.value()->load();
        ASSERT_TRUE(kept.ok());
        std::set<std::uint32_t> statements;
        for (const auto& row : kept.value().statements) statements.insert(row.sequence);
        for (const std::uint32_t number : promises.published) {
            EXPECT_TRUE(statements.contains(number))
                << who << " lost " << number << " of " << ::testing::PrintToString(statements);
        }
        for (const std::string& object : promises.objects) expect_whole(*store.value(), kept.value(), object);
    }
}

class Crash : public ::testing::Test {
  protected:
    ~Crash() override {
        if (HasFailure()) folder_->keep();  // what is left of the boards tells why
    }
    /// Counts what was promised, and forgets it with those who did.
    void begin_with_others() {
        published_ += pledged_["ana"].published.size();
        objects_of_ana_ += pledged_["ana"].objects.size();
        objects_of_ben_ += pledged_["ben"].objects.size();
        if (HasFailure()) return;
        pledged_.clear();
        folder_ = std::make_unique<coop::test::Folder>();
    }

    std::unique_ptr<coop::test::Folder> folder_ = std::make_unique<coop::test::Folder>();
    Pledged pledged_;
    std::size_t published_ = 0;
    std::size_t objects_of_ana_ = 0;
    std::size_t objects_of_ben_ = 0;
};

TEST_F(Crash, FiftyKillsAtAnyMomentLoseNothingAcknowledged) {
    constexpr int kills = 50;
    // Every life begins with hearing all that was said in the lives before, and ends with reading it all.
    constexpr int lives_of_a_pair = 10;
    base::Rng rng(1, base::Purpose::test, 0);
    for (int i = 0; i < kills && !HasFailure(); ++i) {
        if (i % lives_of_a_pair == 0) begin_with_others();
        Process boards(folder_->path(), static_cast<std::uint64_t>(i));
        // A random number of acknowledgements, then a random moment: within the start, within a commit. Every
        // fifth time, the second board has begun to fetch copies, for which it waits a second.
        const std::uint64_t lines = rng.below(40);
        bool fetching = i % 5 != 4;
        std::string line;
        for (std::uint64_t n = 0; n < lines || !fetching; ++n) {
            ASSERT_TRUE(boards.read(line)) << "the boards ended by themselves";
            note(line, pledged_);
            fetching = fetching || line.starts_with("ben holds");
        }
        ::usleep(static_cast<useconds_t>(rng.below(20'000)));
        const int status = boards.end_by(SIGKILL);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        while (boards.read(line)) note(line, pledged_);  // acknowledged before the kill, read after it
        expect_kept(folder_->path(), pledged_);
    }
    // The test is worth something only if much was promised, by both boards.
    begin_with_others();
    EXPECT_GT(published_, 50U);
    EXPECT_GT(objects_of_ana_, 50U);
    EXPECT_GT(objects_of_ben_, 10U);
}

TEST_F(Crash, SigtermStopsCleanlyAndLosesNothing) {
    for (const std::uint64_t seed : {1U, 2U}) {
        Process boards(folder_->path(), seed);
        std::string line;
        for (int n = 0; n < 60; ++n) {
            ASSERT_TRUE(boards.read(line));
            note(line, pledged_);
        }
        boards.signal(SIGTERM);
        std::string last;
        while (boards.read(line)) {
            note(line, pledged_);
            last = line;
        }
        EXPECT_EQ(last, "stopped");
        const int status = boards.wait();
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        expect_kept(folder_->path(), pledged_);
    }
}

TEST_F(Crash, AFullDiskLosesNothingAcknowledgedAndEndsNothing) {
    {
        Process boards(folder_->path(), 3, "1500000");
        std::string line;
        do {
            ASSERT_TRUE(boards.read(line)) << "the boards ended by themselves";
            note(line, pledged_);
        } while (line != "ana trouble");
        boards.signal(SIGTERM);
        while (boards.read(line)) note(line, pledged_);
        EXPECT_EQ(line, "stopped");
        const int status = boards.wait();
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    EXPECT_GT(pledged_["ana"].objects.size(), 5U);
    expect_kept(folder_->path(), pledged_);
    // The disk has room again: so has the board.
    Process boards(folder_->path(), 4);
    std::string line;
    for (int n = 0; n < 20; ++n) {
        ASSERT_TRUE(boards.read(line));
        note(line, pledged_);
    }
    boards.end_by(SIGTERM);
    while (boards.read(line)) note(line, pledged_);
    expect_kept(folder_->path(), pledged_);
}

}  // namespace
}  // namespace coop

// What boards say they hold is held against what their disks hold.
#include <gtest/gtest.h>

#include "engine/app/board_disk.hpp"
#include "engine/app/session.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/results/reader.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/codec.hpp"
#include "models/board/boards.hpp"
#include "models/network/access.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/app_testbed/runs.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;
using test::at_s;

// --- a simulated disk --------------------------------------------------------------------------

const std::string three_members = R"(
duration = "100s"
[members]
count = 3
contacts = 2
boards = "ideal"
lines = "fibre"
share_of_line = "50%"
disk = "1GB"
[network]
region = "ideal"
[policy]
placement = { name = "copies/1", copies = 2 }
[content]
review_every = "1s"
[[workload]]
kind = "photos"
size = "100KiB"
at = "10s"
[[fault]]
kind = "crash"
at = "50s"
lasts = "10s"
members = [1]
[results]
sample_every = "10s"
)";

config::Loaded load() {
    auto made = config::load_scenario_text(three_members, "three.toml", {}, COOP_SOURCE_DIR "/hw-profiles");
    EXPECT_TRUE(made.ok()) << made.error().to_text();
    return std::move(made).value();
}

/// Three members, two copies of each of three photos, and one crash; and who looks on.
class SimulatedAudit : public testing::Test {
  protected:
    SimulatedAudit()
        : loaded(load()),
          population(populate(loaded.scenario)),
          policies(make_policies(loaded.scenario.policy)),
          boards(loaded.scenario.profiles, population.board_of),
          network({.seed = 1,
                   .lines = loaded.scenario.lines,
                   .line_of_member = population.line_of,
                   .backbone = {},
                   .splits = {},
                   .message_loss = {}}),
          wishes(population.wishes),
          faults(population.faults),
          writer(std::move(results::Writer::create(folder / "results.db")).value()),
          session({loaded, population, *policies.placement, faults.gone(), writer, false}),
          simulation({.policies = policies.view(), .sample_every = loaded.scenario.results.sample_every},
                     {boards, *population.members, network, wishes, faults, session}) {
        writer.begin({.id = "three", .name = "three", .version = "0", .started_utc = "2026-01-31T12:00:00Z"});
    }

    void run_until(std::int64_t second) { simulation.run_until(at_s(second)); }
    std::vector<base::Digest> on_disk_of(std::uint32_t member) const {
        std::vector<base::Digest> objects;
        for (const protocol::Record& record : simulation.disk_records(PeerId{member})) {
            const auto* const kept = std::get_if<protocol::KeptManifest>(&record);
            if (kept != nullptr) objects.push_back(kept->manifest->object);
        }
        return objects;
    }
    void lose_everything(std::uint32_t member) {
        for (const base::Digest& object : on_disk_of(member)) simulation.lose(PeerId{member}, object);
    }
    std::vector<results::Violation> violations() {
        EXPECT_TRUE(writer.finish({}).ok());
        return std::move(results::Reader::open(folder / "results.db")).value().violations().value();
    }
    double metric(const std::string& name) const {
        return by_name(session.measures().scalars(at_s(100))).at(name);
    }

    Folder folder;
    config::Loaded loaded;
    Population population;
    OwnedPolicies policies;
    models::ProfiledBoards boards;
    models::AccessNetwork network;
    models::Wishes wishes;
    models::FaultPlan faults;
    results::Writer writer;
    Session session;
    sim::Simulation simulation;
};

TEST_F(SimulatedAudit, FindsNothingWhereDisksKeepWhatTheyTook) {
    run_until(100);
    session.on_end(simulation);
    EXPECT_EQ(metric("objects.safe"), 3);
    EXPECT_EQ(metric("objects.lost"), 0);
    EXPECT_GE(session.measures().objects().copies_mean(), 2);
    EXPECT_TRUE(violations().empty());
}

TEST_F(SimulatedAudit, CountsNoCopyThatIsNotOnItsDisk) {
    run_until(90);
    ASSERT_EQ(metric("objects.safe"), 3);
    for (std::uint32_t member = 0; member < 3; ++member) lose_everything(member);
    run_until(100);
    session.on_end(simulation);
    EXPECT_EQ(metric("objects.lost"), 3);
    EXPECT_EQ(metric("objects.at_risk_max"), 3);
    EXPECT_EQ(session.measures().objects().at_risk(), 3U);
    EXPECT_EQ(session.measures().objects().copies_mean(), 0);
    EXPECT_EQ(session.timeline().values.back().at(2).metric, "objects.at_risk");
    EXPECT_EQ(session.timeline().values.back().at(2).value, 3);
    EXPECT_EQ(session.measures().objects().disk_used(PeerId{0}), base::Bytes{});
    EXPECT_EQ(metric("violations.total"), static_cast<double>(violations().size()));
    EXPECT_GE(metric("violations.total"), 6);
}

TEST_F(SimulatedAudit, NamesTheBoardAndTheObjectWhenItBeginsAgain) {
    run_until(55);  // member 1 is down
    ASSERT_EQ(metric("objects.safe"), 3);
    const std::vector<base::Digest> promised = on_disk_of(1);
    ASSERT_FALSE(promised.empty());
    lose_everything(1);
    run_until(100);
    session.on_end(simulation);
    EXPECT_EQ(metric("objects.lost"), 0);  // the others had copies, and made new ones
    const auto found = violations();
    ASSERT_EQ(found.size(), promised.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].at, at_s(60));
        EXPECT_EQ(found[i].checker, "promised_not_held");
        EXPECT_EQ(found[i].node, 1U);
        EXPECT_EQ(found[i].detail, "object " + base::to_hex(promised[i]) +
                                       ", 102 kB, was reported to be here and is not on the disk");
    }
}

// --- a real one --------------------------------------------------------------------------------

storage::ContentRef bytes(std::size_t count, std::uint8_t fill) {
    return std::make_shared<const protocol::Content>(count, fill);
}

/// A board's store with one object of two chunks in it.
class RealDisk : public testing::Test {
  protected:
    RealDisk() {
        std::filesystem::create_directories(folder / "data");
        manifest.size = protocol::chunk_size_max + base::Bytes{1000};
        const storage::ContentRef chunks[] = {bytes(32 * 1024, 1), bytes(1000, 2)};
        storage::Batch batch;
        for (const auto& chunk : chunks) manifest.chunks.push_back(crypto::blake2b_256(*chunk));
        manifest.object = crypto::manifest_name(manifest);
        for (std::uint16_t i = 0; i < 2; ++i) {
            batch.push_back(storage::PutChunk{manifest.object, i, manifest.chunks[i], chunks[i]});
        }
        auto encoded = std::make_shared<protocol::Content>();
        wire::encode_manifest(manifest, *encoded);
        batch.push_back(storage::PutManifest{manifest.object, encoded});
        commit(batch);
    }
    void commit(const storage::Batch& batch) const {
        auto store = storage::SqliteStore::open(folder / "data/board.db");
        ASSERT_TRUE(store.ok()) << store.error().message;
        ASSERT_TRUE(store.value()->commit(batch).ok());
    }
    std::size_t whole(Look look) const { return whole_objects(folder.path(), look).size(); }

    Folder folder;
    protocol::Manifest manifest;
};

TEST_F(RealDisk, HoldsWhatIsWhole) {
    EXPECT_EQ(whole_objects(folder.path(), Look::at_every_byte), std::set<base::Digest>{manifest.object});
    EXPECT_EQ(whole(Look::at_names), 1U);
    commit({storage::EraseObject{manifest.object}});
    EXPECT_EQ(whole(Look::at_names), 0U);
}

TEST_F(RealDisk, HoldsNothingOfWhichAChunkIsAnother) {
    commit({storage::PutChunk{manifest.object, 1, manifest.chunks[1], bytes(1000, 3)}});
    EXPECT_EQ(whole(Look::at_names), 1U);
    EXPECT_EQ(whole(Look::at_every_byte), 0U);
    commit({storage::PutChunk{manifest.object, 1, manifest.chunks[0], bytes(1000, 2)}});
    EXPECT_EQ(whole(Look::at_names), 0U);
}

TEST_F(RealDisk, TakesNothingWhileItIsOnlyRead) {
    auto store = storage::SqliteStore::open(folder / "data/board.db", {.size_max = {}, .reads_only = true});
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_FALSE(store.value()->commit({storage::EraseObject{manifest.object}}).ok());
    EXPECT_EQ(store.value()->load().value().manifests.size(), 1U);
}

TEST_F(RealDisk, IsNotTouchedByALookAtIt) {
    EXPECT_EQ(whole(Look::at_every_byte), 1U);
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "data"))
        files.push_back(entry.path().filename());
    EXPECT_EQ(files, std::vector<std::string>{"board.db"});
    coop::test::write_file(folder / "data/board.db", "no database");
    EXPECT_EQ(whole(Look::at_names), 0U);
    EXPECT_EQ(coop::test::read_file(folder / "data/board.db"), "no database");
    std::filesystem::remove(folder / "data/board.db");
    EXPECT_EQ(whole(Look::at_names), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder / "data/board.db"));
}

}  // namespace
}  // namespace coop::app

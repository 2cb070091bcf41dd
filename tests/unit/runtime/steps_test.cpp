// The contract between host and node, on a disk that can be made to fail between two steps.
#include "engine/runtime/steps.hpp"

#include "engine/crypto/keys.hpp"
#include "engine/runtime/objects.hpp"
#include "engine/runtime/records.hpp"
#include "engine/sqlite/database.hpp"
#include "engine/storage/memory_store.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/sodium_crypto.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using namespace protocol;

crypto::Identity numbered(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = number;
    return crypto::Identity::from_seed(crypto::Secret32(seed));
}

/// One board without sockets: time stands still until it is told to go on.
struct Bench {
    struct Said {
        PeerId to;
        Message message;
        std::size_t statements_kept;  ///< on the disk, at the moment of speaking
    };

    explicit Bench(std::shared_ptr<storage::MemoryDisk> with = std::make_shared<storage::MemoryDisk>())
        : Bench(std::make_unique<storage::MemoryStore>(with), with) {}
    explicit Bench(std::unique_ptr<storage::Store> with, std::shared_ptr<storage::MemoryDisk> below = {})
        : disk(std::move(below)), store(std::move(with)) {
        self = book.intern(own.key(), {});
        other = book.intern(numbered(2).key(), {});
        config.contacts = {other};
        steps.emplace(self, config, built_ins().get(), base::Rng(1, base::Purpose::node, self.index),
                      Surroundings{crypto, *store, book, hooks, counters, [this] { return now; },
                                   [this](PeerId to, const Message& m) {
                                       said.push_back({to, m, disk ? disk->statements.size() : 0});
                                   },
                                   [this](base::Instant, const Report& r) { reports.push_back(r); }});
    }
    void start() {
        const Recovered recovered = from_kept(store->load().value(), self, book);
        EXPECT_FALSE(recovered.own_damaged);
        steps->take(Started{recovered.records});
    }
    void receive(const Message& message) { steps->take(Received{other, &message}); }
    void request(Command command) { steps->take(Requested{std::move(command)}); }
    std::size_t count(What what) const {
        return static_cast<std::size_t>(
            std::count_if(reports.begin(), reports.end(), [&](const Report& r) { return r.what == what; }));
    }
    template <class M>
    std::vector<M> all_said() const {
        std::vector<M> found;
        for (const Said& s : said) {
            if (const M* const m = std::get_if<M>(&s.message)) found.push_back(*m);
        }
        return found;
    }
    /// The other board joins, so that this one serves it.
    void let_the_other_in(std::optional<Endpoint> at = {}) {
        const auto identity = numbered(2);
        const wire::SodiumCrypto theirs(identity.signing, book);
        Statement statement{
            {other, 1}, now, Announcement{.hours = {}, .disk = base::gigabytes(1), .endpoint = at}};
        const Signature signature = theirs.sign(statement);
        receive(Join{share(Signed{std::move(statement), signature})});
    }

    crypto::Identity own = numbered(1);
    std::shared_ptr<storage::MemoryDisk> disk;
    std::unique_ptr<storage::Store> store;
    wire::BoundedPeerBook book;
    wire::SodiumCrypto crypto{own.signing, book};
    Config config = hurried();
    Hooks hooks;
    Counters counters;
    base::Instant now = base::Instant::zero() + base::hours(1);
    PeerId self;
    PeerId other;
    std::vector<Said> said;
    std::vector<Report> reports;
    std::optional<Steps> steps;
};

TEST(Steps, SpeakOnlyAfterTheDiskHasKeptWhatWasSaid) {
    Bench bench;
    bench.start();
    ASSERT_EQ(bench.all_said<Join>().size(), 1U);
    // The join carries the announcement, and the announcement lay on the disk when it left.
    EXPECT_EQ(bench.said.front().statements_kept, 1U);
    EXPECT_EQ(bench.counters.sends_withheld, 0U);
}

TEST(Steps, PromiseNothingOnAFailingDisk) {
    Bench bench;
    bench.start();
    bench.disk->failing = true;
    const auto kept = bench.disk->statements;
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    bench.request(notice("lost"));
    bench.request(object.value());
    EXPECT_EQ(bench.count(What::published), 0U);
    EXPECT_EQ(bench.count(What::put_accepted), 0U);
    EXPECT_EQ(bench.count(What::put_refused), 1U);
    EXPECT_EQ(bench.count(What::disk_trouble), 1U);
    EXPECT_EQ(bench.counters.commits_failed, 1U);  // after the notice it knows, and does not try the object
    EXPECT_EQ(bench.disk->statements, kept);
    EXPECT_TRUE(bench.disk->chunks.empty());
}

TEST(Steps, WithholdTheSendsOfAStepThatWasNotKept) {
    Bench bench;
    bench.start();
    bench.disk->failing = true;
    bench.said.clear();
    bench.let_the_other_in();  // keeps the announcement and answers, in one step
    EXPECT_GT(bench.counters.sends_withheld, 0U);
    EXPECT_TRUE(bench.said.empty());
    EXPECT_TRUE(bench.disk->members.empty());
}

TEST(Steps, BelieveWhereAMemberIsOnceItsOwnWordIsKept) {
    const Endpoint said = loopback(7411);
    const Endpoint rumour = loopback(6666);
    Bench bench;
    bench.start();
    bench.book.intern(numbered(2).key(), rumour);
    bench.disk->failing = true;
    bench.let_the_other_in(said);  // heard, and not kept
    bench.book.intern(numbered(2).key(), rumour);
    EXPECT_EQ(bench.book.endpoint_of(bench.other), rumour);

    Bench sound;
    sound.start();
    EXPECT_FALSE(sound.book.is_member(sound.other));
    sound.let_the_other_in(said);
    EXPECT_TRUE(sound.book.is_member(sound.other));
    sound.book.intern(numbered(2).key(), rumour);
    EXPECT_EQ(sound.book.endpoint_of(sound.other), said);
}

TEST(Steps, ReadAChunkFromTheDiskWhenItIsAskedFor) {
    Bench bench;
    bench.start();
    bench.let_the_other_in();
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    const Manifest& manifest = *object.value().manifest;
    bench.request(object.value());
    ASSERT_EQ(bench.count(What::put_accepted), 1U);
    bench.receive(FetchChunk{manifest.object, 2});
    const auto replies = bench.all_said<ChunkReply>();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(*replies[0].chunk.bytes, *(*object.value().chunks)[2].bytes);
}

std::vector<Custody> said_of(const Bench& bench, const base::Digest& object) {
    std::vector<Custody> said;
    for (const Gossip& gossip : bench.all_said<Gossip>()) {
        const auto* const holding = std::get_if<Holding>(&gossip.statement->statement.body);
        if (holding != nullptr && holding->object == object) said.push_back(holding->custody);
    }
    return said;
}

TEST(Steps, RefuseAChunkThatIsGoneOrNotWhatItsNameSaysAndTellTheNode) {
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    const Manifest& manifest = *object.value().manifest;
    for (const bool gone : {true, false}) {
        Bench bench;
        std::vector<Input> inputs;
        bench.hooks.on_transcript = [&](base::Instant, const Input& input, const std::vector<Effect>&) {
            inputs.push_back(input);
        };
        bench.start();
        bench.let_the_other_in();
        bench.request(object.value());
        bench.said.clear();
        auto& chunks = bench.disk->chunks;
        if (gone) chunks.erase(manifest.chunks[1]);
        if (!gone) chunks[manifest.chunks[1]] = std::make_shared<const storage::Content>(32 * 1024, 0);
        bench.receive(FetchChunk{manifest.object, 1});
        EXPECT_TRUE(bench.all_said<ChunkReply>().empty());
        const auto refusals = bench.all_said<Refusal>();
        ASSERT_EQ(refusals.size(), 1U);
        EXPECT_EQ(refusals[0].index, 1U);
        EXPECT_EQ(refusals[0].reason, Reason::not_here);
        EXPECT_EQ(bench.counters.chunks_missing, 1U);
        const auto told = [](const Input& input) { return std::holds_alternative<Damaged>(input); };
        EXPECT_EQ(std::count_if(inputs.begin(), inputs.end(), told), 1);
        EXPECT_EQ(said_of(bench, manifest.object), std::vector<Custody>{Custody::released});
    }
}

TEST(Steps, TakeTheWordBackForACopyThatRottedInItsFile) {
    const Folder folder;
    const std::string path = folder / "board.db";
    const auto opened = [&] { return storage::SqliteStore::open(path).value(); };
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    const Manifest& manifest = *object.value().manifest;
    {
        Bench before(opened());
        before.start();
        before.request(object.value());
        before.request(prepare_object(synthetic_bytes(base::kib(10), 2)).value());
        ASSERT_EQ(before.count(What::put_accepted), 2U);
    }
    {
        const sqlite::Format store{.application_id = 0x636f6f6e, .version = 1};
        auto file = sqlite::Database::open(path, {.mode = sqlite::Mode::write}, store);
        ASSERT_TRUE(file.ok());
        ASSERT_TRUE(file.value().run("UPDATE chunk SET bytes = zeroblob(size) WHERE name = ?1",
                                     std::span<const std::uint8_t>(manifest.chunks[2].bytes)));
    }
    {
        Bench after(opened());
        after.start();
        after.let_the_other_in();
        ASSERT_TRUE(after.steps->node().shelf().whole(manifest.object)) << "nobody has looked yet";
        after.said.clear();
        after.receive(FetchChunk{manifest.object, 2});
        EXPECT_EQ(after.all_said<Refusal>().size(), 1U);
        EXPECT_EQ(said_of(after, manifest.object), std::vector<Custody>{Custody::released});
        EXPECT_EQ(after.count(What::released), 1U);
    }
    Bench last(opened());
    last.start();
    EXPECT_EQ(last.steps->node().shelf().find(manifest.object), nullptr);
    EXPECT_EQ(last.steps->node().shelf().size(), 1U) << "the other object is sound";
}

/// Reads nothing today.
struct DeafStore : storage::Store {
    explicit DeafStore(std::shared_ptr<storage::MemoryDisk> disk) : sound(std::move(disk)) {}
    storage::Status commit(const storage::Batch& batch) override { return sound.commit(batch); }
    base::Result<storage::Kept, storage::StoreError> load() override { return sound.load(); }
    base::Bytes used() const override { return sound.used(); }
    base::Result<storage::Content, storage::StoreError> read_chunk(const base::Digest&) override {
        return storage::StoreError{storage::Trouble::failing, "the disk is unplugged"};
    }
    storage::MemoryStore sound;
};

TEST(Steps, LetNothingGoThatTheDiskOnlyCannotReadNow) {
    const auto disk = std::make_shared<storage::MemoryDisk>();
    Bench bench(std::make_unique<DeafStore>(disk), disk);
    bench.start();
    bench.let_the_other_in();
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    bench.request(object.value());
    bench.receive(FetchChunk{object.value().manifest->object, 0});
    EXPECT_EQ(bench.all_said<Refusal>().size(), 1U);
    EXPECT_EQ(bench.counters.chunks_missing, 1U);
    EXPECT_EQ(bench.count(What::released), 0U);
    EXPECT_TRUE(bench.steps->node().shelf().whole(object.value().manifest->object));
}

TEST(Steps, FindEverythingAgainAfterARestart) {
    const auto object = prepare_object(synthetic_bytes(base::kib(70), 1));
    std::shared_ptr<storage::MemoryDisk> disk;
    std::uint32_t last = 0;
    {
        Bench before;
        before.start();
        before.let_the_other_in();
        before.request(notice("first"));
        before.request(object.value());
        disk = before.disk;
        last = disk->statements.rbegin()->first;
    }
    Bench after(disk);
    after.start();
    ASSERT_TRUE(after.steps->node().shelf().whole(object.value().manifest->object));
    EXPECT_TRUE(after.book.is_member(after.other));
    after.request(notice("second"));
    const auto published = after.reports.back();
    EXPECT_EQ(published.what, What::published);
    EXPECT_GT(published.id.sequence, last);  // no number is given twice
}

TEST(Steps, DoNotStartWhenAnOwnStatementIsDamaged) {
    Bench bench;
    bench.start();
    bench.request(notice("mine"));
    auto& last = bench.disk->statements.rbegin()->second;
    last = std::make_shared<const storage::Content>(last->begin(), last->end() - 1);
    EXPECT_TRUE(from_kept(bench.store->load().value(), bench.self, bench.book).own_damaged);
}

TEST(Steps, GoOnAfterAHookThatThrows) {
    Bench bench;
    bool thrown = false;
    bench.hooks.on_report = [&](base::Instant, const Report&) {
        if (!std::exchange(thrown, true)) throw std::runtime_error("a bug in a hook");
    };
    EXPECT_THROW(bench.start(), std::runtime_error);
    bench.request(notice("still here"));
    EXPECT_EQ(bench.count(What::published), 1U);
}

TEST(Steps, NeverSeeTimeGoBack) {
    Bench bench;
    std::vector<base::Instant> seen;
    bench.hooks.on_transcript = [&](base::Instant now, const Input&, const std::vector<Effect>&) {
        seen.push_back(now);
    };
    bench.start();
    bench.now = base::Instant::zero();
    bench.steps->take(Woken{});
    ASSERT_GE(seen.size(), 2U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

}  // namespace
}  // namespace coop::runtime::test

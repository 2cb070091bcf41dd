#include "engine/protocol/transfer/pulls.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "engine/crypto/phantom.hpp"
#include "engine/crypto/priced.hpp"

namespace coop::protocol::test {
namespace {

using base::kib;
using base::minutes;
using base::seconds;
using transfer::Answer;
using transfer::Pull;
using transfer::Pulls;
using transfer::Purpose;

constexpr PeerId anna{1};
constexpr PeerId bert{2};
constexpr PeerId carl{3};

struct Question {
    PeerId to;
    std::uint16_t index;  ///< whole_object: the manifest
    bool operator==(const Question&) const = default;
};

class Pulling : public testing::Test {
  protected:
    Pulling() { give_line({1'000'000'000}); }

    void give_line(base::ByteRate down, base::Bytes burst = base::mib(1)) {
        quota = policy::make_fixed_share(burst);
        policy::Contribution owner;
        owner.line_up = {1'000'000'000};
        owner.line_down = down;
        owner.share = base::percent(100);
        owner.disk = base::gigabytes(10);
        meter.emplace(*quota, owner);
    }
    Env env() { return {now, rng, out, crypto}; }

    void begin(Purpose purpose = Purpose::keep) {
        pulls.start({.object = manifest->object, .size = manifest->size, .purpose = purpose, .since = now});
    }
    /// One round; what was asked in it.
    std::vector<Question> advance(const std::vector<PeerId>& sources) {
        out.clear();
        Env lent = env();
        for (Pull& pull : pulls.all()) {
            if (pulls.due(pull, now)) pulls.advance(pull, sources, shelf, *meter, lent);
        }
        std::vector<Question> asked;
        for (const Effect& effect : out.effects()) {
            const auto& send = std::get<Send>(effect);
            if (std::holds_alternative<FetchManifest>(send.message)) asked.push_back({send.to, whole_object});
            if (const auto* chunk = std::get_if<FetchChunk>(&send.message))
                asked.push_back({send.to, chunk->index});
        }
        return asked;
    }
    Answer manifest_from(PeerId from, const Manifest& made) {
        Env lent = env();
        return pulls.take_manifest(from, {std::make_shared<const Manifest>(made)}, lent);
    }
    Answer chunk_from(PeerId from, std::uint16_t index) {
        return chunk_from(from, index, {manifest->chunks[index], manifest->chunk_size(index), nullptr});
    }
    Answer chunk_from(PeerId from, std::uint16_t index, const Chunk& chunk) {
        Env lent = env();
        return pulls.take_chunk(from, {manifest->object, index, chunk}, shelf, lent);
    }
    void refuse(PeerId from, std::uint16_t index, Reason reason = Reason::busy) {
        Env lent = env();
        pulls.on_refusal(from, {manifest->object, index, reason}, lent);
    }
    /// The manifest is here, asked for and taken.
    void begin_with_manifest(const std::vector<PeerId>& sources) {
        begin();
        const auto asked = advance(sources);
        ASSERT_EQ(asked.size(), 1u);
        ASSERT_EQ(manifest_from(asked[0].to, *manifest), Answer::taken);
        shelf.open(manifest);
    }

    const crypto::PricedCrypto crypto{7};
    ManifestRef manifest =
        std::make_shared<const Manifest>(crypto::phantom_manifest({7, PeerId{9}, 1}, kib(32) * 6 + kib(5)));
    std::unique_ptr<policy::Quota> quota;
    ContentConfig config;
    Pulls pulls{config};
    content::Shelf shelf;
    std::optional<quota::Meter> meter;
    base::Rng rng{1, base::Purpose::test, 0};
    Outbox out;
    base::Instant now = base::Instant::zero() + base::days(2);
};

TEST_F(Pulling, AsksForTheManifestThenForAWindowOfChunks) {
    begin();
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, whole_object}}));
    EXPECT_TRUE(advance({anna}).empty()) << "once is enough";
    EXPECT_EQ(manifest_from(anna, *manifest), Answer::taken);
    shelf.open(manifest);
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, 0}, {anna, 1}}));
    EXPECT_TRUE(advance({anna}).empty()) << "the window is full";
    EXPECT_EQ(chunk_from(anna, 0), Answer::taken);
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, 2}}));
}

TEST_F(Pulling, FetchesEveryChunkOnceAlsoBeforeItIsDurable) {
    begin_with_manifest({anna, bert});
    std::multiset<std::uint16_t> asked;
    for (int round = 0; round < 20; ++round) {
        now = now + seconds(1);
        for (const Question& each : advance({anna, bert})) {
            asked.insert(each.index);
            EXPECT_EQ(chunk_from(each.to, each.index), Answer::taken);
        }
    }
    EXPECT_EQ(asked, (std::multiset<std::uint16_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST_F(Pulling, AsksForNothingThatIsOnTheShelf) {
    shelf.open(manifest);
    for (const std::size_t index : {0u, 2u, 3u, 5u}) shelf.chunk_durable(manifest->object, index);
    begin();
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, 1}, {anna, 4}}));
}

TEST_F(Pulling, TakesNoChunkThatIsNotWhatItsNameSays) {
    const Chunk right{manifest->chunks[0], manifest->chunk_size(0), nullptr};
    Chunk other_name = right;
    other_name.name = manifest->chunks[1];
    Chunk other_size = right;
    other_size.size = other_size.size - base::Bytes{1};
    Chunk other_bytes = right;
    other_bytes.bytes = std::make_shared<const Content>(static_cast<std::size_t>(right.size.count), 'x');
    for (const Chunk& wrong : {other_name, other_size, other_bytes}) {
        SCOPED_TRACE(wrong.size.count);
        pulls = Pulls(config);
        shelf.forget(manifest->object);
        begin_with_manifest({anna});
        ASSERT_EQ(advance({anna}).size(), 2u);
        EXPECT_EQ(chunk_from(anna, 0, wrong), Answer::wrong);
        EXPECT_EQ(advance({anna, bert}), (std::vector<Question>{{bert, 0}})) << "who sent it rests";
        EXPECT_EQ(chunk_from(bert, 0, right), Answer::taken);
    }
}

TEST_F(Pulling, TakesNoManifestThatIsNotWhatItsNameSays) {
    Manifest longer = *manifest;
    longer.chunks.push_back(longer.chunks[0]);
    Manifest swapped = *manifest;
    std::swap(swapped.chunks[0], swapped.chunks[1]);
    Manifest empty = *manifest;
    empty.chunks.clear();
    empty.size = {0};
    for (const Manifest& wrong : {longer, swapped, empty}) {
        pulls = Pulls(config);
        begin();
        ASSERT_EQ(advance({anna}).size(), 1u);
        EXPECT_EQ(manifest_from(anna, wrong), Answer::wrong);
        EXPECT_EQ(advance({anna, bert}), (std::vector<Question>{{bert, whole_object}}));
        EXPECT_EQ(manifest_from(bert, *manifest), Answer::taken);
    }
}

TEST_F(Pulling, TakesNothingThatIsLateOrWasNeverAskedFor) {
    EXPECT_EQ(manifest_from(anna, *manifest), Answer::unasked);
    EXPECT_EQ(chunk_from(anna, 0), Answer::unasked);
    begin_with_manifest({anna});
    EXPECT_EQ(manifest_from(anna, *manifest), Answer::unasked) << "twice";
    ASSERT_EQ(advance({anna}).size(), 2u);
    EXPECT_EQ(chunk_from(bert, 0), Answer::unasked) << "another one than was asked";
    EXPECT_EQ(chunk_from(anna, 5), Answer::unasked) << "another chunk than was asked for";
    EXPECT_EQ(chunk_from(anna, 0), Answer::taken);
    EXPECT_EQ(chunk_from(anna, 0), Answer::unasked);
    now = now + config.ask_timeout;
    advance({anna});
    EXPECT_EQ(chunk_from(anna, 1), Answer::unasked) << "too late";
}

TEST_F(Pulling, IndexesBeyondTheManifestAreUnasked) {
    begin_with_manifest({anna});
    advance({anna});
    const Chunk chunk{manifest->chunks[0], manifest->chunk_size(0), nullptr};
    EXPECT_EQ(chunk_from(anna, 7, chunk), Answer::unasked);
    EXPECT_EQ(chunk_from(anna, 999, chunk), Answer::unasked);
    EXPECT_EQ(chunk_from(anna, whole_object, chunk), Answer::unasked);
}

TEST_F(Pulling, TurnsToTheNextSourceAfterARefusal) {
    begin_with_manifest({anna});
    ASSERT_EQ(advance({anna}), (std::vector<Question>{{anna, 0}, {anna, 1}}));
    refuse(anna, 1);
    EXPECT_EQ(advance({anna, bert}), (std::vector<Question>{{bert, 1}}));
    refuse(bert, 1);
    EXPECT_EQ(advance({anna, bert, carl}), (std::vector<Question>{{carl, 1}}));
    refuse(carl, 0);
    EXPECT_TRUE(advance({anna, bert, carl}).empty()) << "a refusal of what was not asked of it is nothing";
}

TEST_F(Pulling, ComesBackToARefusingSourceAfterTenToTwentySeconds) {
    begin_with_manifest({anna});
    advance({anna});
    refuse(anna, 0);
    refuse(anna, 1);
    int waited = 0;
    while (advance({anna}).empty() && waited < 100) {
        now = now + seconds(1);
        pulls.all()[0].retry_at = std::min(pulls.all()[0].retry_at, now);
        ++waited;
    }
    EXPECT_GE(waited, 10);
    EXPECT_LE(waited, 21);
}

TEST_F(Pulling, LetsASilentSourceRestAndAsksAnother) {
    begin_with_manifest({anna});
    advance({anna});
    EXPECT_EQ(pulls.deadline(), now + config.ask_timeout);
    now = now + config.ask_timeout - base::nanoseconds(1);
    EXPECT_TRUE(advance({anna, bert}).empty());
    now = now + base::nanoseconds(1);
    const auto asked = advance({anna, bert});
    EXPECT_EQ(asked, (std::vector<Question>{{bert, 0}, {bert, 1}}));
}

TEST_F(Pulling, AsksForNoMoreThanTheLineIsLentFor) {
    give_line({1'000}, kib(64));  // a chunk in 34 s, and a bucket of less than two
    begin_with_manifest({anna});
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, 0}}));
    const base::Instant next = pulls.deadline();
    EXPECT_GT(next, now);
    EXPECT_LT(next, now + seconds(35));
    now = next - base::nanoseconds(1);
    EXPECT_TRUE(advance({anna}).empty());
    now = next;
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, 1}}));
}

TEST_F(Pulling, LooksAgainWhenNobodyIsAwake) {
    begin();
    EXPECT_TRUE(advance({}).empty());
    EXPECT_EQ(pulls.deadline(), now + seconds(30));
    now = now + seconds(30);
    EXPECT_EQ(advance({bert}).size(), 1u);
}

TEST_F(Pulling, IsBounded) {
    for (std::uint8_t i = 0; pulls.room(); ++i) {
        base::Digest object;
        object.bytes[0] = i;
        pulls.start({.object = object, .purpose = i % 2 == 0 ? Purpose::keep : Purpose::carry});
        ASSERT_LE(i, config.pulls_max);
    }
    EXPECT_EQ(pulls.all().size(), config.pulls_max);
    std::size_t reads = 0;
    for (std::uint8_t i = 0; pulls.room_to_read(); ++i, ++reads) {
        base::Digest object;
        object.bytes = {i, 1};
        pulls.start({.object = object, .purpose = Purpose::read});
        ASSERT_LE(reads, 64u);
    }
    EXPECT_EQ(reads, 64u);
    EXPECT_FALSE(pulls.room()) << "reads do not make room";
}

TEST_F(Pulling, RemembersABoundedNumberOfRestingSources) {
    begin_with_manifest({anna});
    std::vector<PeerId> many;
    for (std::uint32_t i = 10; i < 200; ++i) many.push_back(PeerId{i});
    for (int round = 0; round < 190; ++round) {
        for (const Question& each : advance(many)) refuse(each.to, each.index);
        EXPECT_LE(pulls.all()[0].resting.size(), 64u);
    }
}

/// Three who should have it, and have not: what a wish for an object that was never put comes to.
class PullingInVain : public Pulling {
  protected:
    void ask_for(base::Duration time) {
        for (const base::Instant end = now + time; now < end; now = now + seconds(5)) {
            for (const Question& each : advance({anna, bert, carl})) {
                ++asked;
                refuse(each.to, each.index, Reason::not_here);
            }
        }
    }
    std::size_t asked = 0;
};

TEST_F(PullingInVain, AsksEachSourceLessAndLessOften) {
    begin(Purpose::read);
    ask_for(base::hours(1));
    // 10 s, 20 s, 40 s … between two questions: 1 + log2(3600 / 10) of them at most, to each of the three.
    EXPECT_LE(asked, 3u * 10);
    EXPECT_GE(asked, 3u * 7);
    asked = 0;
    ask_for(base::days(2));
    EXPECT_LE(asked, 3u * 48) << "once an hour";
    EXPECT_GE(asked, 3u * 40) << "but it does not give up";
}

TEST_F(PullingInVain, AsksAgainAtOnceWhenSomebodySaysThatItHasIt) {
    begin(Purpose::read);
    ask_for(base::hours(6));
    asked = 0;
    ask_for(minutes(5));
    EXPECT_LE(asked, 3u);
    pulls.on_news(manifest->object, now);
    EXPECT_EQ(advance({anna}), (std::vector<Question>{{anna, whole_object}}));
    pulls.on_news(base::Digest{}, now);  // what nobody waits for
}

TEST_F(PullingInVain, IsNoReasonToLetABusySourceRestLonger) {
    begin();
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(advance({anna}).size(), 1u) << i;
        refuse(anna, whole_object, Reason::busy);
        now = now + seconds(31);
    }
}

TEST_F(Pulling, EndsBackgroundFetchesWithTheDayAndGoesOnWithTheOwnersWishes) {
    begin(Purpose::keep);
    Pull read{.object = base::Digest{{1}}, .size = kib(10), .purpose = Purpose::read, .since = now};
    pulls.start(read);
    advance({anna});
    pulls.pause();
    EXPECT_FALSE(pulls.active(manifest->object));
    ASSERT_TRUE(pulls.active(read.object));
    EXPECT_TRUE(pulls.find(read.object)->asks.empty());
    EXPECT_EQ(advance({bert}), (std::vector<Question>{{bert, whole_object}})) << "asked anew next day";
}

TEST_F(Pulling, FinishesOnce) {
    begin();
    EXPECT_TRUE(pulls.finish(manifest->object).has_value());
    EXPECT_FALSE(pulls.finish(manifest->object).has_value());
    EXPECT_TRUE(pulls.deadline().is_never());
}

}  // namespace
}  // namespace coop::protocol::test

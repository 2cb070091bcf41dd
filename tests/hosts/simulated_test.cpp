// Boards in a simulation, recorded: a fresh node does the same, to the byte. And so does the part of the real
// host that holds the node, over a real store: it even commits at the same moments.
#include <algorithm>

#include "engine/crypto/phantom.hpp"
#include "engine/crypto/priced.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/runtime/records.hpp"
#include "engine/runtime/steps.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/phantom_book.hpp"
#include "tests/hosts/simulated_village.hpp"

namespace coop::hosts {
namespace {

using namespace protocol;

const SimulatedVillage& village() {
    static const SimulatedVillage ran;
    return ran;
}
const wire::PhantomBook phantom_book(SimulatedVillage::seed, SimulatedVillage::members);
const crypto::PricedCrypto priced(SimulatedVillage::seed);

/// Which kinds of input there were.
unsigned kinds(const Recording& recording) {
    unsigned seen = 0;
    for (const Entry& entry : recording) seen |= 1U << entry.input.input().index();
    return seen;
}

TEST(SimulatedHost, AddsNothingToItsInputsAndTakesNothingAway) {
    for (std::uint32_t member = 0; member < SimulatedVillage::members; ++member) {
        const Recording& recording = village().recording(member);
        EXPECT_EQ(kinds(recording), (1U << sound_inputs) - 1);
        EXPECT_EQ(first_difference(recording, village().person(member), priced, phantom_book), std::nullopt);
    }
    const auto starts = [](const Entry& e) { return std::holds_alternative<Started>(e.input.input()); };
    const Recording& restarted = village().recording(1);
    EXPECT_EQ(std::count_if(restarted.begin(), restarted.end(), starts), 2);
}

TEST(AReplay, FindsWhateverElseAHostDoes) {
    const Recording& honest = village().recording(1);
    const Person person = village().person(1);
    const auto differs = [&](const Recording& recording, const Person& as) {
        return first_difference(recording, as, priced, phantom_book).has_value();
    };
    ASSERT_FALSE(differs(honest, person));
    Person other_chance = person;
    ++other_chance.seed;
    EXPECT_TRUE(differs(honest, other_chance));
    Person other_config = person;
    other_config.config.membership.keep_alive_every += base::milliseconds(1);
    EXPECT_TRUE(differs(honest, other_config));
    const auto without = [&](auto claim) {
        Recording changed = honest;
        const auto gone = std::find_if(changed.begin() + 1, changed.end(), claim);
        changed.erase(gone);
        return changed;
    };
    // One input that the host kept to itself, of each kind.
    for (std::size_t kind = 1; kind < sound_inputs; ++kind) {
        const auto is = [&](const Entry& e) { return e.input.input().index() == kind && !e.effects.empty(); };
        EXPECT_TRUE(differs(without(is), person)) << kind;
    }
    // A clock that is off by a nanosecond when the node signs.
    Recording late = honest;
    const auto said = std::find_if(late.begin(), late.end(), [](const Entry& e) {
        return std::holds_alternative<Requested>(e.input.input());
    });
    said->now += base::nanoseconds(1);
    EXPECT_TRUE(differs(late, person));
    // An effect that the host made up, left out, or changed.
    Recording silent = honest;
    std::find_if(silent.begin(), silent.end(), [](const Entry& e) {
        return e.effects.size() > 1;
    })->effects.pop_back();
    EXPECT_TRUE(differs(silent, person));
}

TEST(AReplay, KnowsWhatOnlyARealDiskDoes) {
    const Person person = village().person(1);
    const base::Digest object = village().object().manifest->object;
    Replay replay(person, priced);
    for (const Entry& entry : village().recording(1)) replay.take(entry);
    const auto forgets_it = [&](const Effect& effect) {
        const auto* const persist = std::get_if<Persist>(&effect);
        const auto* const record = persist ? std::get_if<ForgottenObject>(&persist->record) : nullptr;
        return record != nullptr && record->object == object;
    };
    const Entry rotten{village().recording(1).back().now, KeptInput(Damaged{object}), {}};
    const std::vector<Effect>& effects = replay.take(rotten);
    EXPECT_EQ(std::count_if(effects.begin(), effects.end(), forgets_it), 1);
}

/// One board's steps as the real host takes them, with a real store; time and inputs come from a recording.
class RealSteps {
  public:
    RealSteps(const SimulatedVillage& village, std::uint32_t member)
        : person_(village.person(member)), object_(village.object()) {
        for (std::uint32_t i = 0; i < SimulatedVillage::members; ++i)
            book_.intern(crypto::simulated_key(SimulatedVillage::seed, {i}), {});
        hooks_.on_transcript = [this](base::Instant now, const Input& input,
                                      const std::vector<Effect>& effects) {
            done_.push_back({now, KeptInput(input), effects});
        };
        open();
    }

    /// The node begins from what the recording says; returns what this board's own disk holds, in words.
    std::vector<std::string> restart(const base::Rng& rng) {
        steps_.reset();
        store_.reset();
        open();
        const auto kept = store_->load();
        steps_.emplace(
            person_.self, person_.config, person_.policies, rng,
            runtime::Surroundings{priced, *store_, book_, hooks_, counters_, [this] { return now_; },
                                  [this](PeerId to, const Message& m) {
                                      said_.push_back({to, m});
                                  },
                                  [](base::Instant, const Report&) {}});
        return in_words(runtime::from_kept(kept.value(), person_.self, book_).records);
    }
    std::vector<std::string> in_words(const std::vector<Record>& records) const {
        std::vector<std::string> all;
        for (const Record& record : records) all.push_back(exactly(record, book_));
        std::sort(all.begin(), all.end());
        return all;
    }
    void take(const Entry& entry) {
        now_ = entry.now;
        KeptInput input = entry.input;
        fill(input);
        steps_->take(input.input());
    }
    const Recording& done() const { return done_; }
    const std::vector<Send>& said() const { return said_; }
    const wire::PeerBook& book() const { return book_; }
    const runtime::Counters& counters() const { return counters_; }

  private:
    void open() { store_ = std::move(storage::SqliteStore::open(folder_ / "board.db")).value(); }
    /// A simulation passes chunks on without their bytes. A board keeps none without.
    void fill(KeptInput& input) const {
        auto* const received = std::get_if<std::pair<PeerId, Message>>(&input.what);
        auto* const reply = received ? std::get_if<ChunkReply>(&received->second) : nullptr;
        if (reply) reply->chunk = (*object_.chunks)[reply->index];
    }

    Person person_;
    const Put& object_;
    runtime::test::Folder folder_;
    std::unique_ptr<storage::SqliteStore> store_;
    wire::BoundedPeerBook book_;
    runtime::Hooks hooks_;
    runtime::Counters counters_;
    base::Instant now_;
    std::vector<Send> said_;
    Recording done_;
    std::optional<runtime::Steps> steps_;
};

/// Feeds all but the answers of the disk, which the real host's own must match one by one.
void expect_the_same_under_the_real_host(std::uint32_t member) {
    const Recording& recording = village().recording(member);
    const Person person = village().person(member);
    Replay chance(person, priced);  // keeps the generator where the simulated node's was
    RealSteps real(village(), member);
    for (std::size_t i = 0; i < recording.size(); ++i) {
        const Entry& entry = recording[i];
        const Input input = entry.input.input();
        if (const auto* const started = std::get_if<Started>(&input)) {
            const std::vector<Record> kept(started->kept.begin(), started->kept.end());
            ASSERT_EQ(real.restart(chance.rng()), real.in_words(kept));
        }
        chance.take(entry);
        if (real.done().size() == i) {
            ASSERT_FALSE(std::holds_alternative<Persisted>(input))
                << "the real disk was not asked, step " << i;
            real.take(entry);
        }
        ASSERT_GT(real.done().size(), i);
        const Entry& done = real.done()[i];
        const Input same = done.input.input();
        ASSERT_EQ(same.index(), input.index()) << "step " << i;
        if (const auto* const answer = std::get_if<Persisted>(&input)) {
            ASSERT_EQ(std::get<Persisted>(same).ticket.number, answer->ticket.number);
            ASSERT_EQ(std::get<Persisted>(same).durable, answer->durable);
        }
        ASSERT_EQ(done.now, entry.now);
        ASSERT_EQ(exactly(done.effects, real.book()), exactly(entry.effects, phantom_book)) << "step " << i;
    }
    EXPECT_EQ(real.done().size(), recording.size());
    EXPECT_EQ(real.counters().commits_failed + real.counters().chunks_missing, 0U);

    // What it would have handed to its sockets, in order: the same messages, and the chunks with their bytes.
    std::vector<Send> decided;
    for (const Entry& entry : recording) {
        for (const Effect& effect : entry.effects) {
            if (const auto* const send = std::get_if<Send>(&effect)) decided.push_back(*send);
        }
    }
    ASSERT_EQ(real.said().size(), decided.size());
    for (std::size_t i = 0; i < decided.size(); ++i) {
        Send expected = decided[i];
        if (auto* const reply = std::get_if<ChunkReply>(&expected.message))
            reply->chunk = (*village().object().chunks)[reply->index];
        ASSERT_EQ(exactly(Effect{real.said()[i]}, real.book()), exactly(Effect{expected}, phantom_book)) << i;
    }
}

TEST(TheSameInputs, HaveTheSameEffectsUnderBothHosts) {
    for (std::uint32_t member = 0; member < SimulatedVillage::members; ++member) {
        SCOPED_TRACE(member);
        expect_the_same_under_the_real_host(member);
        if (testing::Test::HasFatalFailure()) return;
    }
}

/// In the way of every simulated message: a board that reads it as the real host does, and says it again.
class RealEars final : public sim::Recoder {
  public:
    RealEars() {
        // Handles of its own, in another order: they must not show on the line.
        for (std::uint32_t i = SimulatedVillage::members; i-- > 0;)
            book_.intern(*phantom_book.key_of({i}), {});
    }
    bool pass(PeerId, PeerId, Message& message) override {
        wire::BytesOut simulated;
        wire::encode(message, phantom_book, simulated);
        wire::LinkBook link(book_);
        const auto heard = wire::decode(simulated, link);
        if (!heard) return false;
        wire::BytesOut real;
        wire::encode(heard.value(), book_, real);
        same &= real == simulated && static_cast<std::int64_t>(real.size()) == wire_size(message).count;
        seen[message.index()] += 1;
        return true;
    }
    bool same = true;
    std::array<std::uint64_t, message_kinds> seen{};

  private:
    wire::BoundedPeerBook book_;
};

TEST(TheSimulatorAndTheRealHost, PutTheSameBytesOnTheLine) {
    RealEars ears;
    const SimulatedVillage encoded(&ears);
    EXPECT_TRUE(ears.same);
    for (std::size_t kind = 0; kind < message_kinds; ++kind)
        EXPECT_GT(ears.seen[kind], 0U) << kind_name(kind);
}

}  // namespace
}  // namespace coop::hosts

// Boards over real sockets, recorded, one of them stopped and started again in the middle: a fresh node does
// the same, to the byte.
#include <atomic>

#include "engine/runtime/identity.hpp"
#include "engine/runtime/objects.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/sodium_crypto.hpp"
#include "tests/hosts/recording.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::hosts {
namespace {

using protocol::PeerId;
using protocol::What;
using runtime::test::eventually;

/// The board's own book and keys, once it has stopped.
struct Remains {
    Remains(const std::string& folder, const runtime::Host& host, const protocol::Endpoint& own)
        : identity(read_identity(folder)) {
        constexpr std::uint32_t handles = 64;  // three members need fewer; some may be forgotten
        for (std::uint32_t i = 0; i < handles; ++i) {
            base::Key nobody;
            nobody.bytes[0] = static_cast<std::uint8_t>(i);
            book.intern(host.key_of(PeerId{i}).value_or(nobody), {});
        }
        book.confirm(PeerId{0}, own);
    }
    static crypto::Identity read_identity(const std::string& folder) {
        auto store = storage::SqliteStore::open(folder + "/board.db");
        const auto kept = store.value()->load();
        return runtime::load_or_make_identity(kept.value(), *store.value()).value();
    }
    crypto::Identity identity;
    wire::BoundedPeerBook book;
    wire::SodiumCrypto crypto{identity.signing, book};
};

/// One board from start to stop, and everything that happened to it, written down on its own thread.
class Life {
  public:
    explicit Life(runtime::Options options)
        : options_(std::move(options)), board_(std::make_unique<runtime::test::Resident>(options_, hooks())) {
        own_ = (*board_)->endpoint();
    }
    void ask(protocol::Command command) { (*board_)->request(std::move(command)); }
    runtime::test::Resident* operator->() { return board_.get(); }
    bool had_every_kind_of_input() const { return kinds_ == (1U << sound_inputs) - 1; }

    /// Stops it, and gives a fresh node the same.
    void expect_a_fresh_node_does_the_same() {
        board_->stop();
        const Remains remains(options_.folder, **board_, own_);
        Person person{PeerId{0}, *options_.seed, options_.config, options_.policies};
        for (const runtime::Contact& contact : options_.contacts)
            person.config.contacts.push_back(remains.book.find(contact.key));
        EXPECT_EQ(first_difference(recording_, person, remains.crypto, remains.book), std::nullopt);
        // The comparison itself can fail: without what its owner asked for, a node does something else.
        Recording changed = recording_;
        const auto asked = std::erase_if(changed, [](const Entry& e) {
            return std::holds_alternative<protocol::Requested>(e.input.what);
        });
        if (asked > 0) {
            EXPECT_TRUE(first_difference(changed, person, remains.crypto, remains.book));
        }
    }
    /// Once it has stopped.
    const Recording& recording() const { return recording_; }

  private:
    runtime::Hooks hooks() {
        runtime::Hooks hooks;
        hooks.on_transcript = [this](base::Instant now, const protocol::Input& input,
                                     const std::vector<protocol::Effect>& effects) {
            recording_.push_back({now, KeptInput(input), effects});
            kinds_ |= 1U << input.index();
        };
        return hooks;
    }

    runtime::Options options_;
    protocol::Endpoint own_;
    Recording recording_;
    std::atomic<unsigned> kinds_{0};
    std::unique_ptr<runtime::test::Resident> board_;  // stops before what it writes to goes
};

TEST(AsioHost, AddsNothingToItsInputsAndTakesNothingAway) {
    const runtime::test::Folder folder;
    runtime::Options options = runtime::test::options_in(folder / "ana");
    Life ana(options);
    options.contacts = {ana->contact()};
    options.folder = folder / "ben";
    options.seed = 42;
    const runtime::Options bens = options;
    auto ben = std::make_unique<Life>(bens);
    options.folder = folder / "cid";
    options.seed = 43;
    Life cid(options);
    ASSERT_TRUE(
        eventually([&] { return (*ben)->count(What::link_up) > 0 && cid->count(What::link_up) > 0; }));

    const auto object = runtime::prepare_object(runtime::synthetic_bytes(base::kib(300), 1)).value();
    const base::Digest name = object.manifest->object;
    const auto got = [&](Life& who) { return who->has(What::got, name) || who->has(What::stored, name); };
    ana.ask(object);
    ASSERT_TRUE(eventually([&] { return ana->count(What::put_accepted) == 1; }));
    for (int i = 0; i < 10; ++i) {
        ana.ask(runtime::test::notice("from ana " + std::to_string(i)));
        ben->ask(runtime::test::notice("from ben " + std::to_string(i)));
    }
    ben->ask(protocol::Get{name});
    ASSERT_TRUE(eventually([&] { return got(*ben) && (*ben)->count(What::published) == 10; }));
    ASSERT_TRUE(eventually([&] { return ben->had_every_kind_of_input(); }));
    ben->expect_a_fresh_node_does_the_same();

    // Meanwhile the others go on.
    cid.ask(protocol::Get{name});
    cid.ask(runtime::test::notice("while ben was away"));
    ASSERT_TRUE(eventually([&] { return got(cid); }));

    // A second life, from what the disk holds.
    const std::size_t heard_before = ana->count(What::delivered);
    Life again(bens);
    ASSERT_TRUE(eventually([&] { return again->count(What::link_up) > 0; }));
    again.ask(runtime::test::notice("ben is back"));
    ASSERT_TRUE(eventually([&] { return again->count(What::published) == 1; }));
    ASSERT_TRUE(eventually([&] { return ana->count(What::delivered) > heard_before; }));
    again.expect_a_fresh_node_does_the_same();
    EXPECT_GT(std::get<0>(again.recording().front().input.what).size(), 10U);  // it began with what was kept
    ana.expect_a_fresh_node_does_the_same();
    cid.expect_a_fresh_node_does_the_same();
}

}  // namespace
}  // namespace coop::hosts

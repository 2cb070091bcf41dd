// A board over real sockets, recorded: a fresh node does the same, to the byte.
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

/// Everything that happens to a board, written down on its own thread; which kinds there were, for everybody.
struct Recorder {
    runtime::Hooks hooks() {
        runtime::Hooks hooks;
        hooks.on_transcript = [this](base::Instant now, const protocol::Input& input,
                                     const std::vector<protocol::Effect>& effects) {
            recording.push_back({now, KeptInput(input), effects});
            kinds |= 1U << input.index();
        };
        return hooks;
    }
    bool has_every_kind() const { return kinds == (1U << std::variant_size_v<protocol::Input>)-1; }

    Recording recording;
    std::atomic<unsigned> kinds{0};
};

/// The board's own book and keys, once it has stopped.
struct Remains {
    Remains(const std::string& folder, const runtime::Host& host, const protocol::Endpoint& own)
        : identity(read_identity(folder)) {
        for (std::uint32_t i = 0; const auto key = host.key_of(PeerId{i}); ++i) book.intern(*key, {});
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

TEST(AsioHost, AddsNothingToItsInputsAndTakesNothingAway) {
    const runtime::test::Folder folder;
    Recorder recorder;
    const Recording& recording = recorder.recording;
    runtime::test::Resident ana(runtime::test::options_in(folder / "ana"));
    runtime::Options options = runtime::test::options_in(folder / "ben");
    options.contacts = {ana.contact()};
    options.seed = 42;
    Person person{PeerId{0}, 42, options.config, options.policies};
    person.config.contacts = {PeerId{1}};
    const auto object = runtime::prepare_object(runtime::synthetic_bytes(base::kib(300), 1)).value();
    {
        runtime::test::Resident ben(options, recorder.hooks());
        const protocol::Endpoint own = ben->endpoint();
        ASSERT_TRUE(eventually([&] { return ben.count(What::link_up) == 1; }));
        ana->request(object);
        ASSERT_TRUE(eventually([&] { return ana.count(What::put_accepted) == 1; }));
        for (int i = 0; i < 10; ++i) {
            ana->request(runtime::test::notice("from ana " + std::to_string(i)));
            ben->request(runtime::test::notice("from ben " + std::to_string(i)));
        }
        ben->request(protocol::Get{object.manifest->object});
        ASSERT_TRUE(eventually([&] {
            return ben.has(What::got, object.manifest->object) ||
                   ben.has(What::stored, object.manifest->object);
        }));
        ASSERT_TRUE(eventually([&] { return ben.count(What::published) == 10; }));
        ASSERT_TRUE(eventually([&] { return recorder.has_every_kind(); }));
        ben.stop();
        const Remains remains(folder / "ben", *ben, own);
        EXPECT_EQ(first_difference(recording, person, remains.crypto, remains.book), std::nullopt);
        // The comparison itself can fail: another seed shuffles its views otherwise, another order signs
        // otherwise.
        Recording changed = recording;
        std::erase_if(changed, [](const Entry& e) {
            return std::holds_alternative<protocol::Requested>(e.input.what);
        });
        EXPECT_TRUE(first_difference(changed, person, remains.crypto, remains.book));
    }
    // A second life, from what the disk holds.
    recorder.recording.clear();
    runtime::test::Resident again(options, recorder.hooks());
    const protocol::Endpoint own = again->endpoint();
    ASSERT_TRUE(eventually([&] { return again.count(What::link_up) == 1; }));
    again.stop();
    ASSERT_GT(std::get<0>(recording.front().input.what).size(), 10U);
    const Remains remains(folder / "ben", *again, own);
    EXPECT_EQ(first_difference(recording, person, remains.crypto, remains.book), std::nullopt);
}

}  // namespace
}  // namespace coop::hosts

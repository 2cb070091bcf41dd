#include "engine/runtime/host.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <mutex>

#include <spdlog/spdlog.h>

#include "engine/crypto/sodium.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/control.hpp"
#include "engine/runtime/desk.hpp"
#include "engine/runtime/identity.hpp"
#include "engine/runtime/links.hpp"
#include "engine/runtime/objects.hpp"
#include "engine/runtime/records.hpp"
#include "engine/runtime/steps.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/sodium_crypto.hpp"

namespace coop::runtime {
namespace {

using namespace protocol;

// The loop's timer counts on while the board is suspended or not, as it likes; the node's clock does. Looking
// again this often, the two never part by more. Guess: a minute of a day's window.
constexpr base::Duration look_again = base::minutes(1);

std::uint64_t random_seed() {
    std::array<std::uint8_t, 8> bytes{};
    crypto::fill_random(bytes);
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : bytes) seed = seed << 8 | byte;
    return seed;
}

std::string make_folder(const std::string& path) {
    std::error_code error;
    if (std::filesystem::create_directories(path, error)) {
        std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    }
    return error ? path + ": " + error.message() : std::string();
}

}  // namespace

struct Host::Parts final : public Board {
    Parts(Options o, Hooks h) : options(std::move(o)), hooks(std::move(h)), clock(options.epoch) {}

    std::string open();
    void open_node();
    void run();
    void begin_stop();
    void finish_stop();
    void take(const Input& input);
    bool relies_on(PeerId peer) const;
    void arm();
    void on_report(base::Instant now, const Report& report);
    void log_stay() const;
    void publish_counters();

    // Board
    Status status() const override;
    void request(Command command) override { take(Requested{std::move(command)}); }
    std::string write_object(const base::Digest& object, const std::string& path) override;
    void stop() override {
        asio::post(io, [this] { begin_stop(); });
    }

    Options options;
    Hooks hooks;
    Clock clock;
    Counters counters;
    mutable std::mutex snapshot_lock;
    Counters snapshot;  ///< for other threads

    asio::io_context io{1};
    asio::steady_timer timer{io};
    asio::steady_timer last_call{io};
    asio::signal_set signals{io};
    std::unique_ptr<storage::Store> store;
    std::optional<crypto::Identity> identity;
    std::unique_ptr<wire::BoundedPeerBook> book;
    std::unique_ptr<wire::SodiumCrypto> crypto;
    std::unique_ptr<Links> links;
    std::unique_ptr<Steps> steps;
    std::unique_ptr<Desk> desk;
    std::unique_ptr<Control> control;
    PeerId self;
    Recovered recovered;
    std::optional<base::Instant> armed_for;
    bool stopping = false;
};

// --- opening ---------------------------------------------------------------------------------------------

/// Empty when all is well.
std::string Host::Parts::open() {
    crypto::init();
    if (std::string trouble = make_folder(options.folder); !trouble.empty()) return trouble;
    auto opened = storage::SqliteStore::open(options.folder + "/board.db", {options.store_size_max});
    if (!opened) return opened.error().message;
    store = std::move(opened).value();
    auto kept = store->load();
    if (!kept) return kept.error().message;
    auto made = load_or_make_identity(kept.value(), *store);
    if (!made) return made.error();
    identity.emplace(std::move(made).value());

    // Room for everybody whom the node may keep account of, and those who are members without its doing.
    const std::size_t kept_account_of = options.config.membership.members_max +
                                        options.config.broadcast.strangers_max + options.contacts.size() + 1;
    options.known.members_max =
        std::max(options.known.members_max, static_cast<std::uint32_t>(kept_account_of));
    book = std::make_unique<wire::BoundedPeerBook>(options.known);
    crypto = std::make_unique<wire::SodiumCrypto>(identity->signing, *book);
    links = std::make_unique<Links>(
        io, LinkPort{options, hooks, *identity, *book, counters, [this] { return clock.now(); },
                     [this](PeerId from, const Message& message) {
                         take(Received{from, &message});
                     },
                     [this](PeerId peer) { return relies_on(peer); }});
    if (std::string trouble = links->open(); !trouble.empty()) return trouble;

    self = book->intern(identity->key(), {});
    book->promote(self);
    book->confirm(self, links->own_endpoint());
    recovered = from_kept(kept.value(), self, *book);
    if (recovered.own_damaged) {
        return options.folder +
               "/board.db: what this member said itself is damaged, and numbers must not be given "
               "twice; restore the file from your copy, or move it away to start as a new member";
    }
    if (recovered.damaged > 0)
        spdlog::warn("{} rows of the store are damaged and left out", recovered.damaged);
    // After what is kept: where the owner says that a contact is now counts for more than where it once said
    // it was.
    for (const Contact& contact : options.contacts) {
        const PeerId peer = book->intern(contact.key, contact.at);
        if (peer == self) continue;
        book->promote(peer);
        book->confirm(peer, contact.at);
        options.config.contacts.push_back(peer);
    }
    open_node();
    if (!options.control) return {};
    return control->open(options.control_socket.empty() ? options.folder + "/control.sock"
                                                        : options.control_socket);
}

/// Whether this name still means something: to the node, or to the owner, who wrote it into the
/// configuration.
bool Host::Parts::relies_on(PeerId peer) const {
    const auto& contacts = options.config.contacts;
    if (peer == self) return true;
    if (std::find(contacts.begin(), contacts.end(), peer) != contacts.end()) return true;
    return steps && (steps->node().may_turn_to(peer) || steps->node().keeps_account_of(peer));
}

void Host::Parts::open_node() {
    Surroundings around{*crypto,
                        *store,
                        *book,
                        hooks,
                        counters,
                        [this] { return clock.now(); },
                        [this](PeerId to, const Message& message) { links->send(to, message); },
                        [this](base::Instant now, const Report& report) { on_report(now, report); }};
    const base::Rng rng(options.seed ? *options.seed : random_seed(), base::Purpose::node, self.index);
    steps = std::make_unique<Steps>(self, options.config, options.policies, rng, std::move(around));
    desk = std::make_unique<Desk>(*this, counters);
    control = std::make_unique<Control>(io, *desk, counters);
}

// --- serving ---------------------------------------------------------------------------------------------

void Host::Parts::run() {
    if (options.stop_on_signals) {
        ErrorCode ignored;
        signals.add(SIGTERM, ignored);
        signals.add(SIGINT, ignored);
        signals.async_wait([this](ErrorCode error, int) {
            if (!error) begin_stop();
        });
    }
    // At once, for what was asked of the board meanwhile waits in `io`: a node that said something before it
    // knew what it had said in its last life would give a number twice.
    take(Started{recovered.records});
    recovered = {};
    log_stay();
    for (;;) {
        try {
            if (io.run_one() == 0) break;
        } catch (const std::exception& surprise) {
            ++counters.surprises;
            spdlog::error("unexpected: {}", surprise.what());
        }
        publish_counters();
    }
    store.reset();  // closed before `run` returns, whatever becomes of the host
}

void Host::Parts::take(const Input& input) {
    if (stopping) return;
    steps->take(input);
    links->set_awake(steps->node().awake());
    arm();
}

void Host::Parts::arm() {
    const Deadline deadline = steps->node().deadline();
    if (armed_for == deadline) return;
    armed_for = deadline;
    const base::Duration wait = deadline.is_never()
                                    ? look_again
                                    : std::clamp(deadline - clock.now(), base::Duration::zero(), look_again);
    timer.expires_after(to_chrono(wait));
    timer.async_wait([this](ErrorCode stopped) {
        if (stopped || stopping) return;
        armed_for.reset();
        steps->node().deadline() <= clock.now() ? take(Woken{}) : arm();
    });
}

void Host::Parts::on_report(base::Instant, const Report& report) {
    if (report.what == What::link_down && report.value == static_cast<std::int64_t>(LinkEnd::silent)) {
        links->drop(report.peer);
    }
    if (report.what == What::departed) log_stay();
    desk->on_report(report);
}

/// How far it has come with leaving, for whoever reads the log and wonders what may be switched off.
void Host::Parts::log_stay() const {
    const std::size_t only_here = steps->node().to_hand_over();
    switch (steps->node().stay()) {
        case Stay::member: return;
        case Stay::leaving:
            return spdlog::info("leaving the pool: still needed, {} objects to hand over", only_here);
        case Stay::left:
            spdlog::info("left the pool for good: this board may be switched off");
            if (only_here > 0)
                spdlog::warn("nobody came in time for {} objects that it has: keep its disk", only_here);
    }
}

void Host::Parts::publish_counters() {
    const std::lock_guard hold(snapshot_lock);
    snapshot = counters;
}

// --- stopping --------------------------------------------------------------------------------------------

void Host::Parts::begin_stop() {
    if (stopping) return;
    if (steps->node().stay() == Stay::leaving) {
        spdlog::warn("stops before it has left the pool: start it again, or what only it holds is lost");
    }
    stopping = true;  // the node is not asked any more: what it has said is durable, what it has not said it
                      // never did
    timer.cancel();
    for (const PeerId neighbour : steps->node().neighbours()) {
        links->send(neighbour, Disconnect{Farewell::sleeping});
    }
    last_call.expires_after(to_chrono(options.limits.farewell_max * 2));
    last_call.async_wait([this](ErrorCode early) {
        if (!early) finish_stop();
    });
    links->say_farewell([this] { finish_stop(); });
}

void Host::Parts::finish_stop() {
    links->close();
    control->close();
    io.stop();
}

// --- the owner -------------------------------------------------------------------------------------------

Status Host::Parts::status() const {
    Status status;
    const Node& node = steps->node();
    status.key = identity->key();
    status.listening = links->endpoint();
    status.awake = node.awake() && !stopping;
    for (const PeerId neighbour : node.neighbours()) {
        if (const base::Key* const key = book->key_of(neighbour)) status.neighbours.push_back(*key);
    }
    for (const PeerId neighbour : node.eager()) {
        if (const base::Key* const key = book->key_of(neighbour)) status.eager.push_back(*key);
    }
    status.connections = links->connections();
    status.known_peers = book->size();
    const auto members = node.directory().members();
    status.members = static_cast<std::size_t>(std::count_if(
        members.begin(), members.end(), [&](const auto& m) { return m.peer != self && !m.departed(); }));
    status.stay = node.stay();
    status.to_hand_over = status.stay == Stay::member ? 0 : node.to_hand_over();
    status.disk_trouble = node.disk_trouble();
    status.disk_used = store->used();
    for (const auto& [object, held] : node.shelf()) {
        if (held.whole()) status.objects.push_back({object, held.manifest->size});
    }
    status.counters = counters;
    return status;
}

std::string Host::Parts::write_object(const base::Digest& object, const std::string& path) {
    const content::Held* const held = steps->node().shelf().find(object);
    if (!held || !held->whole()) return "the object is not whole on this board";
    Assembled done = assemble(*held->manifest, *store, path);
    // Later: what asked for it may be a step.
    if (done.damaged) asio::post(io, [this, object] { take(Damaged{object}); });
    return std::move(done.trouble);
}

// --- the face --------------------------------------------------------------------------------------------

base::Result<std::unique_ptr<Host>, std::string> Host::open(Options options, Hooks hooks) {
    auto parts = std::make_unique<Parts>(std::move(options), std::move(hooks));
    if (std::string trouble = parts->open(); !trouble.empty()) return trouble;
    return std::unique_ptr<Host>(new Host(std::move(parts)));
}

Host::Host(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Host::~Host() = default;

void Host::run() { parts_->run(); }
void Host::stop() { parts_->stop(); }
void Host::request(Command command) {
    asio::post(parts_->io, [parts = parts_.get(), command = std::move(command)] { parts->request(command); });
}
Counters Host::counters() const {
    const std::lock_guard hold(parts_->snapshot_lock);
    return parts_->snapshot;
}
base::Key Host::key() const { return parts_->identity->key(); }
Endpoint Host::endpoint() const { return parts_->links->endpoint(); }
std::optional<base::Key> Host::key_of(PeerId peer) const {
    const base::Key* const key = parts_->book->key_of(peer);
    return key ? std::optional(*key) : std::nullopt;
}

int run(Options options, Hooks hooks) {
    options.stop_on_signals = true;
    auto host = Host::open(std::move(options), std::move(hooks));
    if (!host) {
        spdlog::error("{}", host.error());
        return 2;
    }
    host.value()->run();
    return 0;
}

}  // namespace coop::runtime

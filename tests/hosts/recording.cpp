#include "tests/hosts/recording.hpp"

#include <sstream>

#include "engine/wire/codec.hpp"

namespace coop::hosts {

using namespace protocol;

namespace {

std::string hex(const wire::BytesOut& bytes) { return base::to_hex(bytes.data(), bytes.size()); }

struct Exactly {
    const wire::PeerBook& book;

    std::string operator()(const Send& send) const {
        wire::BytesOut bytes;
        const bool known = wire::encode(send.message, book, bytes);
        if (!known) return "send about somebody unknown";
        return "send to " + std::to_string(send.to.index) + " " + std::string(kind_name(send.message)) + " " +
               hex(bytes);
    }
    std::string operator()(const Persist& persist) const {
        return "persist " + std::to_string(persist.ticket.number) + " " + std::visit(*this, persist.record);
    }
    std::string operator()(const Report& r) const {
        std::ostringstream text;
        text << "report " << to_text(r.what) << " peer " << r.peer.index << " id " << r.id.origin.index << "#"
             << r.id.sequence << " object " << base::to_hex(r.object) << " size " << r.size.count << " value "
             << r.value << " hops " << r.hops << " reason " << to_text(r.reason);
        return text.str();
    }
    std::string operator()(const KeptStatement& r) const {
        wire::BytesOut bytes;
        wire::encode_signed(*r.statement, book, bytes);
        return "statement " + hex(bytes);
    }
    std::string operator()(const KeptManifest& r) const {
        wire::BytesOut bytes;
        wire::encode_manifest(*r.manifest, bytes);
        return "manifest " + hex(bytes);
    }
    std::string operator()(const KeptChunk& r) const {
        return "chunk " + base::to_hex(r.object) + " " + std::to_string(r.index) + " " +
               base::to_hex(r.chunk.name);
    }
    std::string operator()(const ForgottenObject& r) const { return "forget " + base::to_hex(r.object); }
    std::string operator()(const ForgottenStatement& r) const {
        return "forget " + std::to_string(r.id.origin.index) + "#" + std::to_string(r.id.sequence);
    }
};

}  // namespace

KeptInput::KeptInput(const Input& input) {
    if (const auto* const started = std::get_if<Started>(&input)) {
        what = std::vector<Record>(started->kept.begin(), started->kept.end());
    } else if (const auto* const received = std::get_if<Received>(&input)) {
        what = std::pair(received->from, *received->message);
    } else if (const auto* const persisted = std::get_if<Persisted>(&input)) {
        what = *persisted;
    } else if (const auto* const requested = std::get_if<Requested>(&input)) {
        what = *requested;
    } else if (const auto* const damaged = std::get_if<Damaged>(&input)) {
        what = *damaged;
    } else {
        what = Woken{};
    }
}

Input KeptInput::input() const {
    if (const auto* const records = std::get_if<0>(&what)) return Started{*records};
    if (const auto* const received = std::get_if<2>(&what))
        return Received{received->first, &received->second};
    if (const auto* const persisted = std::get_if<Persisted>(&what)) return *persisted;
    if (const auto* const requested = std::get_if<Requested>(&what)) return *requested;
    if (const auto* const damaged = std::get_if<Damaged>(&what)) return *damaged;
    return Woken{};
}

std::string exactly(const Effect& effect, const wire::PeerBook& book) {
    return std::visit(Exactly{book}, effect);
}

std::string exactly(const Record& record, const wire::PeerBook& book) {
    return std::visit(Exactly{book}, record);
}

std::string exactly(const std::vector<Effect>& effects, const wire::PeerBook& book) {
    std::string text;
    for (const Effect& effect : effects) text += "  " + exactly(effect, book) + "\n";
    return text;
}

const std::vector<Effect>& Replay::take(const Entry& entry) {
    const Input input = entry.input.input();
    if (std::holds_alternative<Started>(input)) node_.emplace(person_.self, person_.config, person_.policies);
    COOP_ASSERT(node_.has_value());  // every recording begins with a start
    out_.clear();
    Env env{entry.now, rng_, out_, crypto_};
    node_->step(input, env);
    return out_.effects();
}

std::optional<std::string> first_difference(const Recording& recording, const Person& person,
                                            const Crypto& crypto, const wire::PeerBook& book) {
    Replay replay(person, crypto);
    for (std::size_t i = 0; i < recording.size(); ++i) {
        const std::string then = exactly(recording[i].effects, book);
        const std::string now = exactly(replay.take(recording[i]), book);
        if (then != now) {
            return "step " + std::to_string(i) + " did\n" + then + "and the fresh node does\n" + now;
        }
    }
    return std::nullopt;
}

}  // namespace coop::hosts

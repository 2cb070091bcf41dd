#include "tests/unit/wire/random_message.hpp"

#include <span>
#include <sstream>

#include "engine/crypto/phantom.hpp"

namespace coop::test {
namespace {

using namespace protocol;

class Text {
  public:
    Text& operator()(const char* name, std::int64_t value) {
        out_ << ' ' << name << '=' << value;
        return *this;
    }
    Text& number(const char* name, std::uint64_t value) {
        out_ << ' ' << name << '=' << value;
        return *this;
    }
    Text& raw(const char* name, std::span<const std::uint8_t> bytes) {
        out_ << ' ' << name << '=' << base::to_hex(bytes.data(), bytes.size());
        return *this;
    }
    Text& content(const std::shared_ptr<const Content>& bytes) {
        return bytes ? raw("content", *bytes) : number("phantom", 1);
    }
    Text& peers(const PeerList& list) {
        for (const PeerId peer : list) number("peer", peer.index);
        return *this;
    }
    Text& add(const std::string& more) {
        out_ << more;
        return *this;
    }
    std::string done() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

void body(Text& t, const Announcement& b) {
    t("start", b.hours.start.ns())("length", b.hours.length.ns())("disk", b.disk.count);
    t("accepting", b.accepting)("leaving", b.leaving);
    if (b.endpoint) t.raw("address", b.endpoint->address)("port", b.endpoint->port);
}
void body(Text& t, const Holding& b) {
    t.raw("object", b.object.bytes)("size", b.size.count)("custody", static_cast<int>(b.custody));
}
void body(Text& t, const Notice& b) { t("size", b.size.count).content(b.text); }

void fields(Text& t, const Join& m) { t.add(describe(*m.announcement)); }
void fields(Text& t, const ForwardJoin& m) {
    t("newcomer", m.newcomer.index)("ttl", m.ttl).add(describe(*m.announcement));
}
void fields(Text& t, const Neighbor& m) { t("urgent", m.urgent); }
void fields(Text& t, const NeighborReply& m) { t("accepted", m.accepted); }
void fields(Text& t, const Disconnect& m) { t("why", static_cast<int>(m.why)); }
void fields(Text& t, const Shuffle& m) { t("origin", m.origin.index)("ttl", m.ttl).peers(m.peers); }
void fields(Text& t, const ShuffleReply& m) { t.peers(m.peers); }
void fields(Text& t, const KeepAlive& m) { t("reply", m.reply); }
void fields(Text& t, const Gossip& m) {
    t("hops", m.hops)("exchange", m.exchange)("part", static_cast<unsigned>(m.part))("gone", m.gone);
    t.add(describe(*m.statement));
}
void fields(Text& t, const IHave& m) { t("origin", m.id.origin.index)("seq", m.id.sequence)("hops", m.hops); }
void fields(Text& t, const Graft& m) { t("origin", m.id.origin.index)("seq", m.id.sequence); }
void fields(Text&, const Prune&) {}
void fields(Text& t, const SyncAsk& m) {
    t("both", m.both)("full", m.full)("exchange", m.exchange)
        .number("until", static_cast<std::uint64_t>(m.forgotten_before.ns()));
    for (const Heard& h : *m.heard) t("of", h.origin.index)("through", h.through).number("above", h.above);
}
void fields(Text& t, const FetchManifest& m) { t.raw("object", m.object.bytes); }
void fields(Text& t, const ManifestReply& m) { t.add(describe(*m.manifest)); }
void fields(Text& t, const FetchChunk& m) { t.raw("object", m.object.bytes)("index", m.index); }
void fields(Text& t, const ChunkReply& m) {
    t.raw("object", m.object.bytes)("index", m.index).raw("name", m.chunk.name.bytes);
    t("size", m.chunk.size.count).content(m.chunk.bytes);
}
void fields(Text& t, const Refusal& m) {
    t.raw("object", m.object.bytes)("index", m.index)("reason", static_cast<int>(m.reason));
}

}  // namespace

std::string describe(const Message& message) {
    Text t;
    t.add(std::string(kind_name(message)));
    std::visit([&](const auto& m) { fields(t, m); }, message);
    return t.done();
}

std::string describe(const Signed& s) {
    Text t;
    t("origin", s.statement.id.origin.index)("seq", s.statement.id.sequence)("at", s.statement.at.ns());
    std::visit([&](const auto& b) { body(t, b); }, s.statement.body);
    return t.raw("signature", s.signature.bytes).done();
}

std::string describe(const Manifest& m) {
    Text t;
    t.raw("object", m.object.bytes)("size", m.size.count);
    for (const base::Digest& name : m.chunks) t.raw("chunk", name.bytes);
    return t.done();
}

void fill(wire::BoundedPeerBook& book, std::uint32_t peers, std::uint64_t seed) {
    for (std::uint32_t i = 0; i < peers; ++i) {
        Endpoint at;
        for (std::size_t b = 0; b < at.address.size(); ++b)
            at.address[b] = static_cast<std::uint8_t>(i + b + 1);
        at.port = static_cast<std::uint16_t>(4000 + i);
        book.promote(book.intern(crypto::simulated_key(seed, {i}), at));
    }
}

std::vector<std::uint8_t> RandomMessages::bytes(std::size_t count) {
    std::vector<std::uint8_t> out(count);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(below(256));
    return out;
}

StatementId RandomMessages::id() {
    const PeerId origin = peer();
    return {origin, static_cast<std::uint32_t>(1 + below(1'000'000))};
}

base::Digest RandomMessages::digest() {
    base::Digest out;
    for (auto& byte : out.bytes) byte = static_cast<std::uint8_t>(below(256));
    return out;
}

PeerList RandomMessages::list() {
    PeerList out;
    const std::size_t count = below(peers_in_message_max + 1);
    for (std::size_t i = 0; i < count; ++i) out.push_back(peer());
    return out;
}

Signed RandomMessages::statement() { return statement(below(3)); }

Signed RandomMessages::statement(std::size_t body) {
    Signed out;
    out.statement.id = id();
    out.statement.at = base::Instant::of_ns(static_cast<std::int64_t>(below(std::uint64_t{1} << 62)));
    for (auto& byte : out.signature.bytes) byte = static_cast<std::uint8_t>(below(256));
    if (body == 0) {
        Announcement said;
        said.hours.start = base::seconds(static_cast<std::int64_t>(below(86'400)));
        said.hours.length = base::seconds(static_cast<std::int64_t>(below(86'401)));
        said.disk = {static_cast<std::int64_t>(below(std::uint64_t{1} << 50))};
        said.accepting = coin();
        said.leaving = coin();
        said.endpoint.emplace();
        for (auto& byte : said.endpoint->address) byte = static_cast<std::uint8_t>(below(256));
        said.endpoint->port = static_cast<std::uint16_t>(below(65'536));
        out.statement.body = said;
    } else if (body == 1) {
        Holding said;
        said.object = digest();
        said.size = {static_cast<std::int64_t>(below(32'768'000))};
        said.custody = static_cast<Custody>(1 + below(4));
        out.statement.body = said;
    } else {
        const std::size_t size = below(static_cast<std::uint64_t>(notice_size_max.count) + 1);
        const auto text = std::make_shared<const Content>(bytes(size));
        out.statement.body = Notice{{static_cast<std::int64_t>(size)}, text};
    }
    return out;
}

Manifest RandomMessages::manifest(std::size_t chunks) {
    Manifest out;
    const auto whole = static_cast<std::int64_t>(chunks - 1) * chunk_size_max.count;
    const auto last = 1 + below(static_cast<std::uint64_t>(chunk_size_max.count));
    out.size = {whole + static_cast<std::int64_t>(last)};
    out.object = digest();
    for (std::size_t i = 0; i < chunks; ++i) out.chunks.push_back(digest());
    return out;
}

SignedRef RandomMessages::shared(Signed made) { return share(std::move(made)); }

Message RandomMessages::message(std::size_t kind) {
    const std::uint16_t hops = static_cast<std::uint16_t>(below(65'536));
    const std::uint8_t ttl = static_cast<std::uint8_t>(below(256));
    switch (kind) {
        case 0: return Join{shared(statement(0))};
        case 1: return ForwardJoin{peer(), shared(statement(0)), ttl};
        case 2: return Neighbor{coin()};
        case 3: return NeighborReply{coin()};
        case 4: return Disconnect{static_cast<Farewell>(1 + below(3))};
        case 5: return Shuffle{peer(), ttl, list()};
        case 6: return ShuffleReply{list()};
        case 7: return KeepAlive{coin()};
        case 8: {
            const auto exchange = static_cast<std::uint16_t>(below(65'536));
            return Gossip{shared(statement()), hops, exchange, static_cast<Part>(below(3)), ttl * 1'000'000U};
        }
        case 9: return IHave{id(), hops};
        case 10: return Graft{id()};
        case 11: return Prune{};
        case 12: {
            auto heard = std::make_shared<std::vector<Heard>>(below(heard_in_message_max + 1));
            for (Heard& h : *heard) {
                h.origin = peer();
                h.through = static_cast<std::uint32_t>(below(1'000'000));
                h.above = rng_.next();
            }
            return SyncAsk{heard, coin(), hops,
                           base::Instant::of_ns(static_cast<std::int64_t>(below(1ULL << 62))), coin()};
        }
        case 13: return FetchManifest{digest()};
        case 14: return ManifestReply{std::make_shared<const Manifest>(manifest())};
        case 15: return FetchChunk{digest(), index()};
        case 16: {
            const std::size_t size = 1 + below(static_cast<std::uint64_t>(chunk_size_max.count));
            const auto content = std::make_shared<const Content>(bytes(size));
            return ChunkReply{digest(), index(), {digest(), {static_cast<std::int64_t>(size)}, content}};
        }
        default: break;
    }
    const std::uint16_t about = coin() ? whole_object : index();
    return Refusal{digest(), about, static_cast<Reason>(1 + below(9))};
}

}  // namespace coop::test

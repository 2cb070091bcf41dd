// Messages to bytes. The layout stands at the head of codec.hpp.
#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/wire/codec.hpp"

namespace coop::wire {
namespace {

using namespace protocol;

class Writer {
  public:
    Writer(const PeerBook& book, BytesOut& out) : book_(book), out_(out) {}

    /// Everybody that it had to name has a key.
    bool complete() const { return complete_; }

    template <class Unsigned>
    void number(Unsigned value) {
        for (unsigned i = 0; i < sizeof(Unsigned); ++i)
            out_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
    template <class Count>
    void u8(Count value) {
        number(static_cast<std::uint8_t>(value));
    }
    template <class Count>
    void u16(Count value) {
        number(static_cast<std::uint16_t>(value));
    }
    template <class Count>
    void u32(Count value) {
        number(static_cast<std::uint32_t>(value));
    }
    template <class Count>
    void u64(Count value) {
        number(static_cast<std::uint64_t>(value));
    }

    void raw(BytesView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
    void digest(const base::Digest& value) { raw(value.bytes); }
    void key(PeerId peer) {
        const base::Key* const found = book_.key_of(peer);
        if (found == nullptr) complete_ = false;
        raw(found != nullptr ? found->bytes : base::Key{}.bytes);
    }
    void endpoint(const Endpoint& value) {
        raw(value.address);
        u16(value.port);
    }
    void contact(PeerId peer) {
        key(peer);
        endpoint(book_.endpoint_of(peer));
    }
    void list(const PeerList& peers) {
        const auto known = [&](PeerId peer) { return book_.key_of(peer) != nullptr; };
        u8(std::count_if(peers.begin(), peers.end(), known));
        for (const PeerId peer : peers) {
            if (known(peer)) contact(peer);
        }
    }
    void id(const StatementId& value) {
        key(value.origin);
        u32(value.sequence);
    }
    /// Zeros stand for content that only a simulation does without.
    void content(const std::shared_ptr<const Content>& bytes, base::Bytes size) {
        const auto count = static_cast<std::size_t>(size.count);
        COOP_ASSERT(!bytes || bytes->size() == count);
        if (bytes)
            raw(*bytes);
        else
            out_.insert(out_.end(), count, std::uint8_t{0});
    }

    void body(const StatementId&, const Holding& holding) {
        digest(holding.object);
        u64(holding.size.count);
        u8(holding.custody);
    }
    void body(const StatementId&, const Notice& notice) {
        u32(notice.size.count);
        content(notice.text, notice.size);
    }
    void body(const StatementId& of, const Announcement& announcement) {
        endpoint(announcement.endpoint ? *announcement.endpoint : book_.endpoint_of(of.origin));
        u32(announcement.hours.start / base::seconds(1));
        u32(announcement.hours.length / base::seconds(1));
        u64(announcement.disk.count);
        u8((announcement.accepting ? 1 : 0) | (announcement.leaving ? 2 : 0));
    }
    void statement(const Statement& value) {
        id(value.id);
        u64(value.at.ns());
        u8(value.body.index());
        std::visit([&](const auto& b) { body(value.id, b); }, value.body);
    }
    void signed_statement(const SignedRef& value) {
        COOP_ASSERT(value != nullptr);
        statement(value->statement);
        raw(value->signature.bytes);
    }

    void message(const Join& m) { signed_statement(m.announcement); }
    void message(const ForwardJoin& m) {
        contact(m.newcomer);
        u8(m.ttl);
        signed_statement(m.announcement);
    }
    void message(const Neighbor& m) { u8(m.urgent); }
    void message(const NeighborReply& m) { u8(m.accepted); }
    void message(const Disconnect& m) { u8(m.why); }
    void message(const Shuffle& m) {
        contact(m.origin);
        u8(m.ttl);
        list(m.peers);
    }
    void message(const ShuffleReply& m) { list(m.peers); }
    void message(const KeepAlive& m) { u8(m.reply); }
    void message(const Gossip& m) {
        u16(m.hops);
        u16(m.exchange);
        u8(static_cast<std::uint8_t>(m.part));
        u32(m.gone);
        signed_statement(m.statement);
    }
    void message(const IHave& m) {
        id(m.id);
        u16(m.hops);
    }
    void message(const Graft& m) { id(m.id); }
    void message(const Prune&) {}
    void message(const SyncAsk& m) {
        u8((m.both ? 1 : 0) | (m.full ? 2 : 0));
        u16(m.exchange);
        u64(m.forgotten_before.ns());
        if (!m.heard) return u16(0);
        COOP_ASSERT(m.heard->size() <= heard_in_message_max);
        const auto known = [&](const Heard& heard) { return book_.key_of(heard.origin) != nullptr; };
        u16(std::count_if(m.heard->begin(), m.heard->end(), known));
        for (const Heard& heard : *m.heard) {
            if (!known(heard)) continue;
            key(heard.origin);
            u32(heard.through);
            u64(heard.above);
        }
    }
    void message(const FetchManifest& m) { digest(m.object); }
    void message(const ManifestReply& m) {
        COOP_ASSERT(m.manifest != nullptr);
        digest(m.manifest->object);
        manifest(*m.manifest);
    }
    void message(const FetchChunk& m) {
        digest(m.object);
        u16(m.index);
    }
    void message(const ChunkReply& m) {
        digest(m.object);
        u16(m.index);
        digest(m.chunk.name);
        u32(m.chunk.size.count);
        content(m.chunk.bytes, m.chunk.size);
    }
    void message(const Refusal& m) {
        digest(m.object);
        u16(m.index);
        u8(m.reason);
    }
    void manifest(const Manifest& value) {
        u64(value.size.count);
        u16(value.chunks.size());
        for (const base::Digest& name : value.chunks) digest(name);
    }

  private:
    const PeerBook& book_;
    BytesOut& out_;
    bool complete_ = true;
};

/// For what holds no handles.
class NoPeers final : public PeerBook {
  public:
    const base::Key* key_of(PeerId) const noexcept override { return nullptr; }
    Endpoint endpoint_of(PeerId) const noexcept override { return {}; }
    PeerId find(const base::Key&) const noexcept override { return PeerId::none(); }
    PeerId intern(const base::Key&, const Endpoint&) override { return PeerId::none(); }
};

}  // namespace

bool encode(const Message& message, const PeerBook& book, BytesOut& out) {
    const std::size_t before = out.size();
    Writer writer(book, out);
    writer.u8(message.index());
    std::visit([&](const auto& m) { writer.message(m); }, message);
    if (!writer.complete()) out.resize(before);
    return writer.complete();
}

void encode_signed(const Signed& statement, const PeerBook& book, BytesOut& out) {
    Writer writer(book, out);
    writer.statement(statement.statement);
    writer.raw(statement.signature.bytes);
    COOP_ASSERT(writer.complete());
}

void encode_for_signing(const Statement& statement, const PeerBook& book, BytesOut& out) {
    constexpr std::string_view prefix = "coopsim statement 1";
    out.insert(out.end(), prefix.begin(), prefix.end());
    Writer writer(book, out);
    writer.statement(statement);
    COOP_ASSERT(writer.complete());
}

void encode_manifest(const Manifest& manifest, BytesOut& out) {
    const NoPeers nobody;
    Writer(nobody, out).manifest(manifest);
}

}  // namespace coop::wire

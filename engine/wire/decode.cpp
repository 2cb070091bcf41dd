// Bytes to messages. Nothing here trusts a count, a size or an enumerator before it has been checked.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/crypto/hash.hpp"
#include "engine/wire/codec.hpp"

namespace coop::wire {
namespace {

using namespace protocol;

/// 2^62 ns is the year 2116; differences of such moments cannot overflow.
constexpr std::uint64_t at_max = std::uint64_t{1} << 62;
/// One pebibyte a board: sums over all members stay within 64 bits.
constexpr std::uint64_t disk_max = std::uint64_t{1} << 50;
constexpr std::uint64_t object_size_max =
    static_cast<std::uint64_t>(chunk_size_max.count) * chunks_in_object_max;
constexpr std::uint32_t day_seconds = 86'400;

/// Reads fields in order. After the first error every read gives zeros, so callers check once, at the end;
/// loops check as they go.
class Reader {
  public:
    Reader(BytesView bytes, PeerBook* book, Phantoms phantoms)
        : rest_(bytes), book_(book), phantoms_(phantoms) {}

    bool good() const { return !error_; }
    DecodeError error() const { return *error_; }
    void fail(DecodeError error) {
        if (!error_) error_ = error;
    }
    void require(bool claim, DecodeError otherwise = DecodeError::out_of_range) {
        if (!claim) fail(otherwise);
    }
    void finish() { require(rest_.empty(), DecodeError::too_long); }
    bool has(std::size_t count) const { return good() && rest_.size() >= count; }

    BytesView take(std::size_t count) {
        if (!has(count)) {
            fail(DecodeError::too_short);
            return {};
        }
        const BytesView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    std::uint64_t number(std::size_t width) {
        std::uint64_t value = 0;
        const BytesView taken = take(width);
        for (std::size_t i = 0; i < taken.size(); ++i) value |= std::uint64_t{taken[i]} << (8 * i);
        return value;
    }
    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    bool flag() {
        const std::uint8_t value = u8();
        require(value <= 1);
        return value == 1;
    }
    template <class Enum>
    Enum one_of(Enum first, Enum last) {
        const std::uint8_t value = u8();
        require(value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last));
        return good() ? static_cast<Enum>(value) : first;
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> out{};
        const BytesView taken = take(N);
        std::copy(taken.begin(), taken.end(), out.begin());
        return out;
    }
    base::Digest digest() { return {array<32>()}; }
    base::Key key() { return {array<32>()}; }
    Endpoint endpoint() {
        Endpoint out;
        out.address = array<16>();
        out.port = u16();
        return out;
    }
    base::Bytes bytes_up_to(std::uint64_t most, std::uint64_t value) {
        require(value <= most);
        return {good() ? static_cast<std::int64_t>(value) : 0};
    }

    /// The book's handle; none when it has no room. Asked only once everything before it was in order.
    PeerId intern(const base::Key& key, const Endpoint& endpoint) {
        return good() ? book_->intern(key, endpoint) : PeerId::none();
    }
    PeerId peer(const base::Key& key, const Endpoint& endpoint = {}) {
        const PeerId found = intern(key, endpoint);
        require(!found.is_none(), DecodeError::strangers_full);
        return found;
    }
    PeerId contact() {
        const base::Key who = key();
        const Endpoint where = endpoint();
        return peer(who, where);
    }
    StatementId id() {
        const base::Key origin = key();
        const std::uint32_t sequence = u32();
        require(sequence >= 1 && sequence <= sequence_max);
        return {peer(origin), sequence};
    }
    /// A list gets shorter by those that the book has no room for.
    PeerList list() {
        PeerList out;
        const std::size_t count = u8();
        require(count <= peers_in_message_max, DecodeError::too_many);
        for (std::size_t i = 0; i < count && good(); ++i) {
            const base::Key who = key();
            const Endpoint where = endpoint();
            const PeerId found = intern(who, where);
            if (!found.is_none()) out.push_back(found);
        }
        return out;
    }
    std::shared_ptr<const Content> content(std::size_t count) {
        const BytesView taken = take(count);
        if (!good()) return nullptr;
        const bool empty = std::all_of(taken.begin(), taken.end(), [](std::uint8_t b) { return b == 0; });
        if (empty && phantoms_ == Phantoms::allowed) return nullptr;
        return std::make_shared<const Content>(taken.begin(), taken.end());
    }

    Announcement announcement() {
        Announcement out;
        out.endpoint = endpoint();
        if (phantoms_ == Phantoms::allowed && *out.endpoint == Endpoint{}) out.endpoint.reset();
        const std::uint32_t start = u32();
        const std::uint32_t length = u32();
        require(start < day_seconds && length <= day_seconds);
        out.hours = {base::seconds(start), base::seconds(length)};
        out.disk = bytes_up_to(disk_max, u64());
        const std::uint8_t flags = u8();
        require(flags <= 3);
        out.accepting = (flags & 1) != 0;
        out.leaving = (flags & 2) != 0;
        return out;
    }
    Holding holding() {
        Holding out;
        out.object = digest();
        out.size = bytes_up_to(object_size_max, u64());
        out.custody = one_of(Custody::author, Custody::released);
        return out;
    }
    Notice notice() {
        Notice out;
        out.size = bytes_up_to(static_cast<std::uint64_t>(notice_size_max.count), u32());
        out.text = content(static_cast<std::size_t>(out.size.count));
        return out;
    }
    Body body() {
        switch (u8()) {
            case 0: return announcement();
            case 1: return holding();
            case 2: return notice();
            default: fail(DecodeError::unknown_kind);
        }
        return Holding{};
    }
    base::Instant instant() {
        const std::uint64_t at = u64();
        require(at <= at_max);
        return base::Instant::of_ns(good() ? static_cast<std::int64_t>(at) : 0);
    }
    Signed signed_statement() {
        Signed out;
        const base::Key origin = key();
        out.statement.id.sequence = u32();
        require(out.statement.id.sequence >= 1 && out.statement.id.sequence <= sequence_max);
        out.statement.at = instant();
        out.statement.body = body();
        out.signature.bytes = array<64>();
        const auto* const said = std::get_if<Announcement>(&out.statement.body);
        out.statement.id.origin = peer(origin, said && said->endpoint ? *said->endpoint : Endpoint{});
        return out;
    }
    SignedRef shared_statement() { return share(signed_statement()); }
    SignedRef shared_announcement() {
        Signed read = signed_statement();
        require(std::holds_alternative<Announcement>(read.statement.body), DecodeError::wrong_body);
        return share(std::move(read));
    }
    Manifest manifest() {
        Manifest out;
        out.size = bytes_up_to(object_size_max, u64());
        const std::size_t count = u16();
        require(count <= chunks_in_object_max, DecodeError::too_many);
        require(has(32 * count), DecodeError::too_short);
        if (!good()) return out;
        out.chunks.reserve(count);
        for (std::size_t i = 0; i < count; ++i) out.chunks.push_back(digest());
        require(well_formed(out));
        return out;
    }
    std::shared_ptr<const std::vector<Heard>> heard() {
        auto out = std::make_shared<std::vector<Heard>>();
        const std::size_t count = u16();
        require(count <= heard_in_message_max, DecodeError::too_many);
        require(has(44 * count), DecodeError::too_short);
        if (!good()) return out;
        out->reserve(count);
        for (std::size_t i = 0; i < count && good(); ++i) {
            const base::Key origin = key();
            Heard entry;
            entry.through = u32();
            entry.above = u64();
            require(entry.through <= sequence_max);
            entry.origin = intern(origin, {});
            if (!entry.origin.is_none()) out->push_back(entry);
        }
        return out;
    }
    std::uint16_t chunk_index() {
        const std::uint16_t index = u16();
        require(index < chunks_in_object_max);
        return index;
    }

    Message message() {
        switch (u8()) {
            case 0: return Join{shared_announcement()};
            case 1: return forward_join();
            case 2: return Neighbor{flag()};
            case 3: return NeighborReply{flag()};
            case 4: return Disconnect{one_of(Farewell::replaced, Farewell::leaving)};
            case 5: return shuffle();
            case 6: return ShuffleReply{list()};
            case 7: return KeepAlive{flag()};
            case 8: return gossip();
            case 9: return ihave();
            case 10: return Graft{id()};
            case 11: return Prune{};
            case 12: return sync_ask();
            case 13: return FetchManifest{digest()};
            case 14: return manifest_reply();
            case 15: return fetch_chunk();
            case 16: return chunk_reply();
            case 17: return refusal();
            default: fail(DecodeError::unknown_kind);
        }
        static_assert(message_kinds == 18);
        return Prune{};
    }

  private:
    ForwardJoin forward_join() {
        ForwardJoin out;
        out.newcomer = contact();
        out.ttl = u8();
        out.announcement = shared_announcement();
        return out;
    }
    Shuffle shuffle() {
        Shuffle out;
        out.origin = contact();
        out.ttl = u8();
        out.peers = list();
        return out;
    }
    Gossip gossip() {
        Gossip out;
        out.hops = u16();
        out.exchange = u16();
        out.part = one_of(Part::goes_on, Part::complete);
        out.gone = u32();
        out.statement = shared_statement();
        return out;
    }
    IHave ihave() {
        IHave out;
        out.id = id();
        out.hops = u16();
        return out;
    }
    SyncAsk sync_ask() {
        SyncAsk out;
        const std::uint8_t flags = u8();
        require(flags <= 3);
        out.both = (flags & 1) != 0;
        out.full = (flags & 2) != 0;
        out.exchange = u16();
        out.forgotten_before = instant();
        out.heard = heard();
        return out;
    }
    ManifestReply manifest_reply() {
        const base::Digest object = digest();
        Manifest read = manifest();
        read.object = object;  // a claim, which the node checks by Crypto::names
        return {std::make_shared<const Manifest>(std::move(read))};
    }
    FetchChunk fetch_chunk() {
        FetchChunk out;
        out.object = digest();
        out.index = chunk_index();
        return out;
    }
    ChunkReply chunk_reply() {
        ChunkReply out;
        out.object = digest();
        out.index = chunk_index();
        out.chunk.name = digest();
        out.chunk.size = bytes_up_to(static_cast<std::uint64_t>(chunk_size_max.count), u32());
        require(out.chunk.size.count > 0);
        out.chunk.bytes = content(static_cast<std::size_t>(out.chunk.size.count));
        return out;
    }
    Refusal refusal() {
        Refusal out;
        out.object = digest();
        out.index = u16();
        require(out.index < chunks_in_object_max || out.index == whole_object);
        out.reason = one_of(Reason::not_here, Reason::malformed);
        return out;
    }

    BytesView rest_;
    PeerBook* book_;
    Phantoms phantoms_;
    std::optional<DecodeError> error_;
};

}  // namespace

Decoded<Message> decode(BytesView bytes, PeerBook& book, Phantoms phantoms) {
    Reader reader(bytes, &book, phantoms);
    Message read = reader.message();
    reader.finish();
    if (!reader.good()) return reader.error();
    return read;
}

Decoded<Signed> decode_signed(BytesView bytes, PeerBook& book, Phantoms phantoms) {
    Reader reader(bytes, &book, phantoms);
    Signed read = reader.signed_statement();
    reader.finish();
    if (!reader.good()) return reader.error();
    return read;
}

Decoded<Manifest> decode_manifest(BytesView bytes) {
    Reader reader(bytes, nullptr, Phantoms::refused);
    Manifest read = reader.manifest();
    reader.finish();
    if (!reader.good()) return reader.error();
    read.object = crypto::manifest_name(read);
    return read;
}

}  // namespace coop::wire

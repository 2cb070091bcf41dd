#include "engine/protocol/message_size.hpp"

#include "engine/base/assert.hpp"

namespace coop::protocol {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

using Count = std::int64_t;

constexpr Count u8 = 1;
constexpr Count u16 = 2;
constexpr Count u32 = 4;
constexpr Count u64 = 8;
constexpr Count key = 32;
constexpr Count digest = 32;
constexpr Count endpoint = 16 + u16;
constexpr Count contact = key + endpoint;
constexpr Count signature = 64;
constexpr Count statement_id = key + u32;
constexpr Count heard = key + u32 + u64;

template <class List>
Count length(const List& list) noexcept {
    return static_cast<Count>(list.size());
}

Count size_of(const Body& body) noexcept {
    return std::visit(Overloaded{
                          [](const Announcement&) { return endpoint + u32 + u32 + u64 + u8; },
                          [](const Holding&) { return digest + u64 + u8; },
                          [](const Notice& notice) { return u32 + notice.size.count; },
                      },
                      body);
}

Count size_of(const SignedRef& statement) noexcept {
    COOP_ASSERT(statement != nullptr);
    return wire_size(*statement).count;
}

Count size_of(const Join& m) noexcept { return size_of(m.announcement); }
Count size_of(const ForwardJoin& m) noexcept { return contact + u8 + size_of(m.announcement); }
Count size_of(const Neighbor&) noexcept { return u8; }
Count size_of(const NeighborReply&) noexcept { return u8; }
Count size_of(const Disconnect&) noexcept { return u8; }
Count size_of(const Shuffle& m) noexcept { return contact + u8 + u8 + contact * length(m.peers); }
Count size_of(const ShuffleReply& m) noexcept { return u8 + contact * length(m.peers); }
Count size_of(const KeepAlive&) noexcept { return u8; }
Count size_of(const Gossip& m) noexcept { return u16 + u16 + u8 + u32 + size_of(m.statement); }
Count size_of(const IHave&) noexcept { return statement_id + u16; }
Count size_of(const Graft&) noexcept { return statement_id; }
Count size_of(const Prune&) noexcept { return 0; }
Count size_of(const SyncAsk& m) noexcept {
    return u8 + u16 + u64 + u16 + (m.heard ? heard * length(*m.heard) : 0);
}
Count size_of(const FetchManifest&) noexcept { return digest; }
Count size_of(const ManifestReply& m) noexcept {
    COOP_ASSERT(m.manifest != nullptr);
    return digest + wire_size(*m.manifest).count;
}
Count size_of(const FetchChunk&) noexcept { return digest + u16; }
Count size_of(const ChunkReply& m) noexcept { return digest + u16 + digest + u32 + m.chunk.size.count; }
Count size_of(const Refusal&) noexcept { return digest + u16 + u8; }

}  // namespace

base::Bytes wire_size(const Message& message) noexcept {
    return {u8 + std::visit([](const auto& m) { return size_of(m); }, message)};
}

base::Bytes wire_size(const Signed& statement) noexcept {
    return {statement_id + u64 + u8 + size_of(statement.statement.body) + signature};
}

base::Bytes wire_size(const Manifest& manifest) noexcept {
    return {u64 + u16 + digest * length(manifest.chunks)};
}

}  // namespace coop::protocol

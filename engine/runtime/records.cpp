#include "engine/runtime/records.hpp"

#include "engine/runtime/endpoint.hpp"
#include "engine/wire/codec.hpp"

namespace coop::runtime {
namespace {

storage::ContentRef encoded(const protocol::Signed& statement, const wire::PeerBook& book) {
    auto bytes = std::make_shared<storage::Content>();
    wire::encode_signed(statement, book, *bytes);
    return bytes;
}

storage::ContentRef encoded(const protocol::Manifest& manifest) {
    auto bytes = std::make_shared<storage::Content>();
    wire::encode_manifest(manifest, *bytes);
    return bytes;
}

/// One record's change; an overload for every kind, so that a new kind does not compile until it has one.
struct ToChange {
    protocol::PeerId self;
    const wire::PeerBook& book;
    using Answer = std::optional<storage::Change>;

    Answer operator()(const protocol::KeptStatement& r) const {
        const protocol::StatementId id = r.statement->statement.id;
        const base::Key* const key = book.key_of(id.origin);
        if (key == nullptr) return std::nullopt;
        if (id.origin == self) return storage::PutStatement{id.sequence, encoded(*r.statement, book)};
        return storage::PutMember{*key, encoded(*r.statement, book)};
    }
    Answer operator()(const protocol::KeptManifest& r) const {
        return storage::PutManifest{r.manifest->object, encoded(*r.manifest)};
    }
    Answer operator()(const protocol::KeptChunk& r) const {
        if (!r.chunk.bytes) return std::nullopt;
        return storage::PutChunk{r.object, r.index, r.chunk.name, r.chunk.bytes};
    }
    Answer operator()(const protocol::ForgottenObject& r) const { return storage::EraseObject{r.object}; }
    Answer operator()(const protocol::ForgottenStatement& r) const {
        if (r.id.origin == self) return storage::EraseStatement{r.id.sequence};
        const base::Key* const key = book.key_of(r.id.origin);
        if (key == nullptr) return std::nullopt;
        return storage::EraseMember{*key};
    }
};

std::optional<protocol::KeptStatement> decoded(const storage::Content& bytes, wire::PeerBook& book) {
    auto statement = wire::decode_signed(bytes, book);
    if (!statement) return std::nullopt;
    return protocol::KeptStatement{protocol::share(std::move(statement).value())};
}

}  // namespace

std::optional<storage::Change> to_change(const protocol::Record& record, protocol::PeerId self,
                                         const wire::PeerBook& book) {
    return std::visit(ToChange{self, book}, record);
}

void meet(const protocol::SignedRef& statement, wire::BoundedPeerBook& book) {
    const protocol::PeerId origin = statement->statement.id.origin;
    book.promote(origin);
    const auto* const announcement = std::get_if<protocol::Announcement>(&statement->statement.body);
    if (announcement && announcement->endpoint && can_be_dialled(*announcement->endpoint))
        book.confirm(origin, *announcement->endpoint);
}

Recovered from_kept(const storage::Kept& kept, protocol::PeerId self, wire::BoundedPeerBook& book) {
    Recovered out;
    for (const auto& row : kept.statements) {
        auto record = decoded(row.bytes, book);
        const protocol::StatementId expected{self, row.sequence};
        if (record && record->statement->statement.id == expected) {
            out.records.emplace_back(std::move(*record));
        } else {
            out.own_damaged = true;
        }
    }
    for (const auto& row : kept.members) {
        auto record = decoded(row.bytes, book);
        if (!record) {
            ++out.damaged;
            continue;
        }
        meet(record->statement, book);
        out.records.emplace_back(std::move(*record));
    }
    for (const auto& row : kept.manifests) {
        auto manifest = wire::decode_manifest(row.bytes);
        if (!manifest || manifest.value().object != row.object) {
            ++out.damaged;
            continue;
        }
        out.records.emplace_back(
            protocol::KeptManifest{std::make_shared<const protocol::Manifest>(std::move(manifest).value())});
    }
    for (const auto& row : kept.parts) {
        out.records.emplace_back(protocol::KeptChunk{row.object, row.index, {row.name, row.size, nullptr}});
    }
    return out;
}

}  // namespace coop::runtime

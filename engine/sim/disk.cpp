#include "engine/sim/disk.hpp"

#include <algorithm>
#include <utility>

#include "engine/protocol/message_size.hpp"

namespace coop::sim {
namespace {

// One row of a table that says "gone". Guess: SQLite writes a page of 4 KiB for it, and so does the sync's
// price.
constexpr base::Bytes tombstone{64};

}  // namespace

Disk::Content& Disk::content() {
    if (content_ == nullptr) content_ = std::make_unique<Content>();
    return *content_;
}

void Disk::apply(const protocol::Record& record) {
    if (const auto* const chunk = std::get_if<protocol::KeptChunk>(&record)) return keep(*chunk);
    if (const auto* const gone = std::get_if<protocol::ForgottenObject>(&record)) return forget(gone->object);
    if (!keeps_records_) return;
    if (const auto* const kept = std::get_if<protocol::KeptStatement>(&record)) return keep(*kept);
    if (const auto* const kept = std::get_if<protocol::KeptManifest>(&record)) {
        content().objects[kept->manifest->object].manifest = kept->manifest;
    } else if (const auto* const gone = std::get_if<protocol::ForgottenStatement>(&record)) {
        content().statements.erase(gone->id);
    }
}

void Disk::keep(const protocol::KeptChunk& kept) {
    auto& pieces = content().objects[kept.object].pieces;
    const auto at =
        std::lower_bound(pieces.begin(), pieces.end(), kept.index,
                         [](const Piece& piece, std::uint16_t index) { return piece.index < index; });
    const Piece piece{kept.index, kept.chunk.name, kept.chunk.size};
    content().used += piece.size;
    if (at == pieces.end() || at->index != kept.index) {
        pieces.insert(at, piece);
    } else {
        content().used -= at->size;
        *at = piece;
    }
}

void Disk::forget(const base::Digest& object) {
    if (content_ == nullptr) return;
    const Held* const held = content().objects.find(object);
    if (held == nullptr) return;
    for (const Piece& piece : held->pieces) content().used -= piece.size;
    content().objects.erase(object);
}

base::Bytes Disk::holds(const base::Digest& object) const {
    const Held* const held = content_ == nullptr ? nullptr : content_->objects.find(object);
    base::Bytes sum{};
    if (held == nullptr || (keeps_records_ && held->manifest == nullptr)) return sum;
    for (const Piece& piece : held->pieces) sum += piece.size;
    return sum;
}

// The node's own statements are named by number; of another member only the newest announcement is kept.
void Disk::keep(const protocol::KeptStatement& kept) {
    protocol::StatementId name = kept.statement->statement.id;
    if (name.origin != self_) name.sequence = 0;
    content().statements[name] = kept.statement;
}

std::vector<protocol::Record> Disk::records() const {
    std::vector<protocol::Record> all;
    if (!keeps_records_ || content_ == nullptr) return all;
    for (const auto& [id, statement] : content_->statements)
        all.emplace_back(protocol::KeptStatement{statement});
    for (const auto& [object, held] : content_->objects) {
        if (held.manifest) all.emplace_back(protocol::KeptManifest{held.manifest});
        for (const Piece& piece : held.pieces)
            all.emplace_back(protocol::KeptChunk{object, piece.index, {piece.name, piece.size, nullptr}});
    }
    return all;
}

base::Bytes disk_size(const protocol::Record& record) noexcept {
    if (const auto* const chunk = std::get_if<protocol::KeptChunk>(&record)) return chunk->chunk.size;
    if (const auto* const kept = std::get_if<protocol::KeptManifest>(&record))
        return wire_size(*kept->manifest);
    if (const auto* const kept = std::get_if<protocol::KeptStatement>(&record))
        return wire_size(*kept->statement);
    return tombstone;
}

bool frees(const protocol::Record& record) noexcept {
    return std::holds_alternative<protocol::ForgottenObject>(record) ||
           std::holds_alternative<protocol::ForgottenStatement>(record);
}

}  // namespace coop::sim

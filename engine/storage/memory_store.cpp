#include "engine/storage/memory_store.hpp"

namespace coop::storage {
namespace {

std::int64_t size_of(const ContentRef& bytes) { return static_cast<std::int64_t>(bytes->size()); }

/// Puts `bytes` under `key`, or takes the key away when there are none.
template <class Map, class Key>
void set(Map& map, const Key& key, const ContentRef& bytes, base::Bytes& used) {
    const auto before = map.find(key);
    if (before != map.end()) used.count -= size_of(before->second);
    if (before != map.end() && bytes == nullptr) map.erase(before);
    if (bytes == nullptr) return;
    map[key] = bytes;
    used.count += size_of(bytes);
}

struct ApplyToMaps {
    MemoryDisk& disk;

    void operator()(const PutIdentity& put) { disk.identity = *put.bytes; }
    void operator()(const PutStatement& put) { set(disk.statements, put.sequence, put.bytes, disk.used); }
    void operator()(const EraseStatement& gone) { set(disk.statements, gone.sequence, nullptr, disk.used); }
    void operator()(const PutMember& put) { set(disk.members, put.member, put.bytes, disk.used); }
    void operator()(const EraseMember& gone) { set(disk.members, gone.member, nullptr, disk.used); }
    void operator()(const PutManifest& put) { set(disk.manifests, put.object, put.bytes, disk.used); }
    void operator()(const PutChunk& put) {
        forget({put.object, put.index});
        disk.parts[{put.object, put.index}] = put.name;
        ++disk.references[put.name];
        set(disk.chunks, put.name, put.bytes, disk.used);
    }
    void operator()(const EraseObject& gone) {
        set(disk.manifests, gone.object, nullptr, disk.used);
        auto part = disk.parts.lower_bound({gone.object, 0});
        while (part != disk.parts.end() && part->first.first == gone.object) forget((part++)->first);
    }

    void forget(const std::pair<base::Digest, std::uint16_t> part) {
        const auto found = disk.parts.find(part);
        if (found == disk.parts.end()) return;
        const base::Digest name = found->second;
        disk.parts.erase(found);
        if (--disk.references[name] != 0) return;
        disk.references.erase(name);
        set(disk.chunks, name, nullptr, disk.used);
    }
};

void apply(const Batch& batch, MemoryDisk& disk) {
    for (const Change& change : batch) std::visit(ApplyToMaps{disk}, change);
}

}  // namespace

Status MemoryStore::commit(const Batch& batch) {
    if (disk_->failing) return StoreError{Trouble::failing, "The disk in memory is set to fail."};
    MemoryDisk after = *disk_;  // shares the bytes; a refused batch leaves the disk as it was
    apply(batch, after);
    if (after.used > after.size_max) return StoreError{Trouble::full, "The disk in memory is full."};
    *disk_ = std::move(after);
    return std::monostate{};
}

base::Result<Kept, StoreError> MemoryStore::load() {
    Kept kept;
    kept.identity = disk_->identity;
    for (const auto& [sequence, bytes] : disk_->statements) kept.statements.push_back({sequence, *bytes});
    for (const auto& [member, bytes] : disk_->members) kept.members.push_back({member, *bytes});
    for (const auto& [object, bytes] : disk_->manifests) kept.manifests.push_back({object, *bytes});
    for (const auto& [part, name] : disk_->parts)
        kept.parts.push_back({part.first, part.second, name, {size_of(disk_->chunks.at(name))}});
    return kept;
}

base::Result<Content, StoreError> MemoryStore::read_chunk(const base::Digest& name) {
    const auto found = disk_->chunks.find(name);
    if (found == disk_->chunks.end()) return StoreError{Trouble::absent, "No chunk of this name is kept."};
    return *found->second;
}

base::Bytes MemoryStore::used() const { return disk_->used; }

}  // namespace coop::storage

#include "engine/sim/real_crypto.hpp"

#include <utility>

#include "engine/base/assert.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/crypto/phantom.hpp"

namespace coop::sim {
namespace {

/// A notice whose size is not that of its words has no encoding.
bool encodable(const protocol::Statement& statement) {
    const auto* const notice = std::get_if<protocol::Notice>(&statement.body);
    return notice == nullptr || notice->text == nullptr ||
           static_cast<std::int64_t>(notice->text->size()) == notice->size.count;
}

}  // namespace

const crypto::SigningKey& KeyRing::pair(protocol::PeerId board) const {
    COOP_ASSERT(board.index < pairs_.size());
    std::optional<crypto::SigningKey>& made = pairs_[board.index];
    if (!made) made = crypto::simulated_signing_key(seed_, board);
    return *made;
}

const base::Key* KeyRing::key_of(protocol::PeerId peer) const noexcept {
    return peer.index < pairs_.size() ? &pair(peer).public_key() : nullptr;
}

RealCrypto::RealCrypto(std::uint64_t seed, std::uint32_t boards, std::shared_ptr<Created> created)
    : seed_(seed),
      boards_(boards),
      keys_(seed, boards),
      anybody_(keys_.pair(protocol::PeerId{0}), keys_),
      created_(std::move(created)) {}

std::unique_ptr<crypto::MeteredCrypto> RealCrypto::another() const {
    return std::unique_ptr<MeteredCrypto>(new RealCrypto(seed_, boards_, created_));
}

void RealCrypto::create(const protocol::Put& put) {
    const protocol::Manifest& manifest = *put.manifest;
    if (manifest.object != crypto::simulated_object_name(manifest))
        return;  // or it is real, and its own name
    for (const protocol::Chunk& chunk : *put.chunks) {
        if (!chunk.bytes && !created_->chunks.contains(chunk.name))
            created_->chunks[chunk.name] = hash_of(chunk);
    }
    created_->objects.try_emplace(manifest.object, hash_of(manifest));
}

protocol::Signature RealCrypto::sign(const protocol::Statement& statement) const noexcept {
    count_signature();
    return wire::SodiumCrypto(keys_.pair(statement.id.origin), keys_).sign(statement);
}

bool RealCrypto::verify(const protocol::Statement& statement,
                        const protocol::Signature& signature) const noexcept {
    count_verification();
    return encodable(statement) && anybody_.verify(statement, signature);
}

bool RealCrypto::names(const protocol::Chunk& chunk) const noexcept {
    count(chunk);
    if (chunk.bytes) return anybody_.names(chunk);
    const auto made = created_->chunks.find(chunk.name);
    return made != created_->chunks.end() && chunk.size.count >= 0 &&
           chunk.size <= protocol::chunk_size_max && hash_of(chunk) == made->second;
}

bool RealCrypto::names(const protocol::Manifest& manifest) const noexcept {
    count(manifest);
    const auto made = created_->objects.find(manifest.object);
    return made == created_->objects.end() ? anybody_.names(manifest) : hash_of(manifest) == made->second;
}

std::uint64_t RealCrypto::key_prefix(protocol::PeerId peer) const noexcept {
    return crypto::simulated_key(seed_, peer).prefix();
}

base::Digest RealCrypto::hash_of(const protocol::Chunk& phantom) const noexcept {
    content_.resize(static_cast<std::size_t>(phantom.size.count));
    crypto::fill_phantom(phantom.name, content_);
    return crypto::blake2b_256(content_);
}

base::Digest RealCrypto::hash_of(const protocol::Manifest& manifest) const noexcept {
    protocol::Manifest real = manifest;
    for (base::Digest& name : real.chunks) {
        if (const auto made = created_->chunks.find(name); made != created_->chunks.end())
            name = made->second;
    }
    return crypto::manifest_name(real);
}

}  // namespace coop::sim

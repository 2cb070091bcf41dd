#include "engine/crypto/phantom.hpp"

#include <sodium.h>

#include "engine/base/assert.hpp"
#include "engine/base/rng.hpp"

namespace coop::crypto {
namespace {

// Keep the streams of names apart from each other and from every generator's.
constexpr std::uint64_t key_stream = 0x6b6579;
constexpr std::uint64_t chunk_stream = 0x63686b;
constexpr std::uint64_t object_stream = 0x6f626a;
constexpr std::uint64_t secret_stream = 0x736563;

/// 32 bytes that look uniform, from 64 bits that are well mixed; the first eight are those bits.
std::array<std::uint8_t, 32> spread(std::uint64_t word) noexcept {
    std::array<std::uint8_t, 32> out{};
    for (unsigned part = 0; part < 4; ++part) {
        const std::uint64_t value = part == 0 ? word : base::combine(word, part);
        for (unsigned i = 0; i < 8; ++i) out[8 * part + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return out;
}

}  // namespace

base::Key simulated_key(std::uint64_t seed, protocol::PeerId peer) noexcept {
    return {spread(base::combine(base::combine(seed, key_stream), peer.index))};
}

base::Digest simulated_chunk_name(const PhantomId& object, std::uint16_t index) noexcept {
    const std::uint64_t author = base::combine(base::combine(object.seed, chunk_stream), object.author.index);
    return {spread(base::combine(base::combine(author, object.number), index))};
}

base::Digest simulated_object_name(const protocol::Manifest& manifest) noexcept {
    std::uint64_t word = base::combine(object_stream, static_cast<std::uint64_t>(manifest.size.count));
    for (const base::Digest& name : manifest.chunks) {
        for (unsigned part = 0; part < 4; ++part) {
            std::uint64_t value = 0;
            for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{name.bytes[8 * part + i]} << (8 * i);
            word = base::combine(word, value);
        }
    }
    return {spread(word)};
}

protocol::Manifest phantom_manifest(const PhantomId& object, base::Bytes size) {
    COOP_ASSERT(size.count > 0 && protocol::chunk_count(size) <= protocol::chunks_in_object_max);
    protocol::Manifest made;
    made.size = size;
    const std::size_t count = protocol::chunk_count(size);
    made.chunks.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        made.chunks.push_back(simulated_chunk_name(object, static_cast<std::uint16_t>(i)));
    made.object = simulated_object_name(made);
    return made;
}

std::vector<protocol::Chunk> phantom_chunks(const protocol::Manifest& manifest) {
    std::vector<protocol::Chunk> made;
    made.reserve(manifest.chunks.size());
    for (std::size_t i = 0; i < manifest.chunks.size(); ++i)
        made.push_back({manifest.chunks[i], manifest.chunk_size(i), nullptr});
    return made;
}

SigningKey simulated_signing_key(std::uint64_t seed, protocol::PeerId peer) noexcept {
    return SigningKey::from_seed(
        Secret32(spread(base::combine(base::combine(seed, secret_stream), peer.index))));
}

void fill_phantom(const base::Digest& name, std::span<std::uint8_t> out) noexcept {
    constexpr std::array<std::uint8_t, crypto_stream_chacha20_ietf_NONCEBYTES> first{};
    crypto_stream_chacha20_ietf(out.data(), out.size(), first.data(), name.bytes.data());
}

}  // namespace coop::crypto

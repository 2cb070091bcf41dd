#include "engine/runtime/objects.hpp"

#include <filesystem>
#include <fstream>

#include "engine/base/rng.hpp"
#include "engine/crypto/hash.hpp"

namespace coop::runtime {

base::Result<protocol::Put, protocol::Reason> prepare_object(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return protocol::Reason::malformed;
    if (bytes.size() > static_cast<std::size_t>(object_size_max.count)) return protocol::Reason::too_large;

    const auto piece = static_cast<std::size_t>(protocol::chunk_size_max.count);
    auto manifest = std::make_shared<protocol::Manifest>();
    manifest->size = base::Bytes{static_cast<std::int64_t>(bytes.size())};
    auto chunks = std::make_shared<std::vector<protocol::Chunk>>();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const auto part = bytes.subspan(at, std::min(piece, bytes.size() - at));
        protocol::Chunk chunk;
        chunk.name = crypto::blake2b_256(part);
        chunk.size = base::Bytes{static_cast<std::int64_t>(part.size())};
        chunk.bytes = std::make_shared<const protocol::Content>(part.begin(), part.end());
        manifest->chunks.push_back(chunk.name);
        chunks->push_back(std::move(chunk));
    }
    manifest->object = crypto::manifest_name(*manifest);
    return protocol::Put{std::move(manifest), std::move(chunks)};
}

Assembled assemble(const protocol::Manifest& manifest, storage::Store& store, const std::string& path) {
    const std::string unfinished = path + ".part";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    Assembled done;
    for (std::size_t i = 0; i < manifest.chunks.size() && file && done.trouble.empty(); ++i) {
        const auto bytes = store.read_chunk(manifest.chunks[i]);
        done.damaged = bytes ? crypto::blake2b_256(bytes.value()) != manifest.chunks[i]
                             : is_damage(bytes.error().trouble);
        if (done.damaged) {
            done.trouble =
                "the copy on this board's disk is damaged, and given up: ask again, and it is fetched from "
                "whoever else has one";
        } else if (!bytes) {
            done.trouble = bytes.error().message;
        } else {
            file.write(reinterpret_cast<const char*>(bytes.value().data()),
                       static_cast<std::streamsize>(bytes.value().size()));
        }
    }
    file.close();
    if (done.trouble.empty() && !file) done.trouble = "cannot write " + unfinished;
    std::error_code error;
    if (done.trouble.empty()) {
        std::filesystem::rename(unfinished, path, error);
        if (error) done.trouble = path + ": " + error.message();
    }
    if (!done.trouble.empty()) std::filesystem::remove(unfinished, error);
    return done;
}

protocol::Content synthetic_bytes(base::Bytes size, std::uint64_t seed) {
    base::Rng rng(seed, base::Purpose::workload, 0);
    protocol::Content bytes(static_cast<std::size_t>(size.count));
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 8 == 0) word = rng.next();
        bytes[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
    return bytes;
}

}  // namespace coop::runtime

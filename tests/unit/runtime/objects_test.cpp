#include "engine/runtime/objects.hpp"

#include <fstream>
#include <iterator>

#include "engine/crypto/hash.hpp"
#include "engine/storage/memory_store.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

storage::Batch chunks_of(const protocol::Put& put) {
    storage::Batch batch;
    for (std::uint16_t i = 0; i < put.chunks->size(); ++i) {
        const protocol::Chunk& chunk = (*put.chunks)[i];
        batch.push_back(storage::PutChunk{put.manifest->object, i, chunk.name, chunk.bytes});
    }
    return batch;
}

protocol::Content content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Objects, CutIntoChunksOf32KibAndARest) {
    const auto bytes = synthetic_bytes(base::kib(70), 1);
    const auto put = prepare_object(bytes);
    ASSERT_TRUE(put.ok());
    const auto& manifest = *put.value().manifest;
    EXPECT_TRUE(protocol::well_formed(manifest));
    ASSERT_EQ(manifest.chunks.size(), 3U);
    EXPECT_EQ((*put.value().chunks)[2].size, base::kib(6));
    const std::vector<std::uint8_t> last(bytes.begin() + 64 * 1024, bytes.end());
    EXPECT_EQ(manifest.chunks[2], crypto::blake2b_256(last));
    EXPECT_EQ(manifest.object, crypto::manifest_name(manifest));
}

TEST(Objects, HaveAtLeastAByteAndAtMostAThousandChunks) {
    EXPECT_EQ(prepare_object({}).error(), protocol::Reason::malformed);
    const protocol::Content most(static_cast<std::size_t>(object_size_max.count), 7);
    EXPECT_EQ(prepare_object(most).value().manifest->chunks.size(), 1000U);
    const protocol::Content too_many(most.size() + 1, 7);
    EXPECT_EQ(prepare_object(too_many).error(), protocol::Reason::too_large);
}

TEST(Objects, ComeOutOfAStoreAsTheyWentIn) {
    const Folder folder;
    storage::MemoryStore store(std::make_shared<storage::MemoryDisk>());
    const auto bytes = synthetic_bytes(base::kib(70), 2);
    const auto put = prepare_object(bytes);
    ASSERT_TRUE(store.commit(chunks_of(put.value())));
    const Assembled done = assemble(*put.value().manifest, store, folder / "photo");
    EXPECT_EQ(done.trouble, "");
    EXPECT_FALSE(done.damaged);
    EXPECT_EQ(content_of(folder / "photo"), bytes);
}

TEST(Objects, AreNotWrittenFromADamagedChunk) {
    const Folder folder;
    const auto disk = std::make_shared<storage::MemoryDisk>();
    storage::MemoryStore store(disk);
    const auto put = prepare_object(synthetic_bytes(base::kib(70), 3));
    ASSERT_TRUE(store.commit(chunks_of(put.value())));
    auto& second = disk->chunks[put.value().manifest->chunks[1]];
    auto changed = *second;
    changed[17] ^= 1;
    second = std::make_shared<const storage::Content>(changed);
    const Assembled done = assemble(*put.value().manifest, store, folder / "photo");
    EXPECT_NE(done.trouble, "");
    EXPECT_TRUE(done.damaged);
    EXPECT_FALSE(std::filesystem::exists(folder / "photo"));
    EXPECT_FALSE(std::filesystem::exists(folder / "photo.part"));
}

TEST(Objects, SyntheticBytesComeAgainFromTheirSeed) {
    EXPECT_EQ(synthetic_bytes(base::Bytes{1001}, 5), synthetic_bytes(base::Bytes{1001}, 5));
    EXPECT_NE(synthetic_bytes(base::Bytes{1001}, 5), synthetic_bytes(base::Bytes{1001}, 6));
    EXPECT_EQ(synthetic_bytes(base::Bytes{1001}, 5).size(), 1001U);
}

}  // namespace
}  // namespace coop::runtime::test

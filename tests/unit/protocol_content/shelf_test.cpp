#include "engine/protocol/content/shelf.hpp"

#include <gtest/gtest.h>

namespace coop::protocol::test {
namespace {

using content::Shelf;

ManifestRef manifest_of(std::uint8_t number, std::size_t chunks) {
    Manifest made;
    made.object.bytes[0] = number;
    made.size = chunk_size_max * static_cast<std::int64_t>(chunks);
    made.chunks.resize(chunks);
    return std::make_shared<const Manifest>(made);
}

TEST(Shelf, HoldsAWholeObjectOnceManifestAndAllChunksAreDurable) {
    for (const bool manifest_first : {true, false}) {
        Shelf shelf;
        const ManifestRef manifest = manifest_of(1, 3);
        shelf.open(manifest);
        EXPECT_FALSE(shelf.find(manifest->object)->has(0)) << "known is not durable";
        if (manifest_first) shelf.manifest_durable(manifest->object);
        EXPECT_FALSE(shelf.chunk_durable(manifest->object, 2));
        EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0));
        EXPECT_TRUE(shelf.find(manifest->object)->has(2));
        EXPECT_FALSE(shelf.whole(manifest->object));
        EXPECT_EQ(shelf.chunk_durable(manifest->object, 1), manifest_first);
        EXPECT_EQ(shelf.manifest_durable(manifest->object), !manifest_first);
        EXPECT_TRUE(shelf.whole(manifest->object));
    }
}

TEST(Shelf, BecomesWholeOnlyOnce) {
    Shelf shelf;
    const ManifestRef manifest = manifest_of(1, 1);
    shelf.open(manifest);
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0));
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0)) << "the same chunk twice";
    EXPECT_TRUE(shelf.manifest_durable(manifest->object));
    EXPECT_FALSE(shelf.manifest_durable(manifest->object));
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0));
    EXPECT_EQ(shelf.find(manifest->object)->missing, 0u);
}

TEST(Shelf, TakesNoChunkThatItsManifestDoesNotHave) {
    Shelf shelf;
    const ManifestRef manifest = manifest_of(1, 2);
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0)) << "no manifest yet";
    shelf.open(manifest);
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 2));
    EXPECT_FALSE(shelf.chunk_durable(manifest->object, 0xffff));
    EXPECT_EQ(shelf.find(manifest->object)->missing, 2u);
    EXPECT_FALSE(shelf.find(manifest->object)->has(2));
}

TEST(Shelf, KeepsWhatIsThereWhenTheManifestComesAgain) {
    Shelf shelf;
    const ManifestRef manifest = manifest_of(1, 2);
    shelf.open(manifest);
    shelf.chunk_durable(manifest->object, 1);
    shelf.open(manifest);
    EXPECT_TRUE(shelf.find(manifest->object)->has(1));
    EXPECT_EQ(shelf.size(), 1u);
    shelf.forget(manifest->object);
    EXPECT_EQ(shelf.find(manifest->object), nullptr);
    EXPECT_EQ(shelf.size(), 0u);
}

}  // namespace
}  // namespace coop::protocol::test

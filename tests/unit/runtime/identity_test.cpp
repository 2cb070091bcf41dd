#include "engine/runtime/identity.hpp"

#include <gtest/gtest.h>

#include "engine/storage/memory_store.hpp"

namespace coop::runtime::test {
namespace {

struct Board {
    std::shared_ptr<storage::MemoryDisk> disk = std::make_shared<storage::MemoryDisk>();
    storage::MemoryStore store{disk};

    auto start() { return load_or_make_identity(store.load().value(), store); }
};

TEST(Identity, IsMadeOnceAndFoundAgain) {
    Board board;
    const auto first = board.start();
    const auto second = board.start();
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(first.value().key(), second.value().key());
    EXPECT_EQ(first.value().agreement.public_key(), second.value().agreement.public_key());
}

TEST(Identity, IsAnothersOnAnotherBoard) {
    Board ana;
    Board ben;
    EXPECT_NE(ana.start().value().key(), ben.start().value().key());
}

TEST(Identity, IsNeverMadeInPlaceOfADamagedOne) {
    Board board;
    ASSERT_TRUE(board.start().ok());
    board.disk->identity->pop_back();
    const auto kept = *board.disk->identity;
    EXPECT_FALSE(board.start().ok());
    EXPECT_EQ(*board.disk->identity, kept);
}

TEST(Identity, IsNotUsedBeforeItIsDurable) {
    Board board;
    board.disk->failing = true;
    EXPECT_FALSE(board.start().ok());
}

}  // namespace
}  // namespace coop::runtime::test

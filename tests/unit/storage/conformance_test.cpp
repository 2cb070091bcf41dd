// One suite for every Store: what a host may rely on, whichever it uses.
#include <gtest/gtest.h>

#include "engine/storage/memory_store.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "tests/scratch.hpp"
#include "tests/unit/sqlite/broken_disk.hpp"
#include "tests/unit/storage/contents.hpp"

namespace coop::storage {
namespace {

using namespace coop::storage_test;
using sqlite_test::BrokenDisk;

/// A disk that outlives the stores opened on it, and can be told to refuse.
struct InMemory {
    std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>();

    std::unique_ptr<Store> open() { return std::make_unique<MemoryStore>(disk); }
    void fill() { disk->size_max = disk->used; }
    void fail() { disk->failing = true; }
    void mend() {
        disk->failing = false;
        disk->size_max = base::gigabytes(1);
    }
};
struct InSqlite {
    coop::test::Folder scratch{};
    BrokenDisk disk{};

    std::unique_ptr<Store> open() {
        auto opened = SqliteStore::open(scratch / "store.db");
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
        return std::move(opened).value();
    }
    void fill() { disk.go(BrokenDisk::Way::full); }
    void fail() { disk.go(BrokenDisk::Way::sync_fails); }
    void mend() { disk.go(BrokenDisk::Way::well); }
};

template <class Disk>
class EveryStore : public testing::Test {
  protected:
    void reopen() {
        store_.reset();
        store_ = disk_.open();
    }
    Kept kept() { return store_->load().value(); }
    bool has(std::uint64_t chunk) { return store_->read_chunk(digest(chunk)).ok(); }

    Disk disk_{};
    std::unique_ptr<Store> store_ = disk_.open();
};
using Disks = testing::Types<InMemory, InSqlite>;
TYPED_TEST_SUITE(EveryStore, Disks);

TYPED_TEST(EveryStore, IsEmptyAtFirst) {
    const Kept kept = this->kept();
    EXPECT_FALSE(kept.identity.has_value());
    EXPECT_TRUE(kept.statements.empty() && kept.members.empty() && kept.manifests.empty() &&
                kept.parts.empty());
    EXPECT_EQ(this->store_->used(), base::Bytes{0});
    EXPECT_TRUE(this->store_->commit({}).ok());
}

TYPED_TEST(EveryStore, GivesEverythingBackAfterReopening) {
    ASSERT_TRUE(this->store_
                    ->commit({PutIdentity{content(1, 64)}, PutStatement{2, content(2, 100)},
                              PutStatement{1, content(3, 90)}, PutMember{key(4), content(4, 80)},
                              PutManifest{digest(5), content(5, 70)},
                              PutChunk{digest(5), 1, digest(6), content(6, 32 * 1024)},
                              PutChunk{digest(5), 0, digest(7), content(7, 1)}})
                    .ok());
    for (int round = 0; round < 2; ++round) {
        const Kept kept = this->kept();
        EXPECT_EQ(kept.identity, *content(1, 64));
        ASSERT_EQ(kept.statements.size(), 2U);
        EXPECT_EQ(kept.statements[0].sequence, 1U);
        EXPECT_EQ(kept.statements[0].bytes, *content(3, 90));
        EXPECT_EQ(kept.statements[1].bytes, *content(2, 100));
        ASSERT_EQ(kept.members.size(), 1U);
        EXPECT_EQ(kept.members[0].member, key(4));
        EXPECT_EQ(kept.members[0].bytes, *content(4, 80));
        ASSERT_EQ(kept.manifests.size(), 1U);
        EXPECT_EQ(kept.manifests[0].object, digest(5));
        EXPECT_EQ(kept.manifests[0].bytes, *content(5, 70));
        ASSERT_EQ(kept.parts.size(), 2U);
        EXPECT_EQ(kept.parts[0].index, 0U);
        EXPECT_EQ(kept.parts[0].name, digest(7));
        EXPECT_EQ(kept.parts[0].size, base::Bytes{1});
        EXPECT_EQ(kept.parts[1].object, digest(5));
        EXPECT_EQ(kept.parts[1].size, base::kib(32));
        EXPECT_EQ(this->store_->read_chunk(digest(6)).value(), *content(6, 32 * 1024));
        EXPECT_EQ(this->store_->used(), base::Bytes{100 + 90 + 80 + 70 + 32 * 1024 + 1});
        this->reopen();
    }
}

TYPED_TEST(EveryStore, ReplacesWhatHasTheSameName) {
    ASSERT_TRUE(this->store_
                    ->commit({PutIdentity{content(1, 10)}, PutStatement{7, content(2, 20)},
                              PutMember{key(1), content(3, 30)}, PutManifest{digest(1), content(4, 40)}})
                    .ok());
    ASSERT_TRUE(this->store_
                    ->commit({PutIdentity{content(5, 5)}, PutStatement{7, content(6, 6)},
                              PutMember{key(1), content(7, 7)}, PutManifest{digest(1), content(8, 8)}})
                    .ok());
    const Kept kept = this->kept();
    EXPECT_EQ(kept.identity, *content(5, 5));
    ASSERT_EQ(kept.statements.size(), 1U);
    EXPECT_EQ(kept.statements[0].bytes, *content(6, 6));
    ASSERT_EQ(kept.members.size(), 1U);
    EXPECT_EQ(kept.members[0].bytes, *content(7, 7));
    ASSERT_EQ(kept.manifests.size(), 1U);
    EXPECT_EQ(kept.manifests[0].bytes, *content(8, 8));
    EXPECT_EQ(this->store_->used(), base::Bytes{6 + 7 + 8});
}

TYPED_TEST(EveryStore, ErasesAndDoesNotMindWhatIsNotThere) {
    const Batch erase{EraseStatement{7}, EraseMember{key(1)}, EraseObject{digest(1)}};
    ASSERT_TRUE(this->store_->commit(erase).ok());
    ASSERT_TRUE(this->store_
                    ->commit({PutStatement{7, content(2, 20)}, PutMember{key(1), content(3, 30)},
                              PutManifest{digest(1), content(4, 40)},
                              PutChunk{digest(1), 0, digest(2), content(5, 50)}})
                    .ok());
    ASSERT_TRUE(this->store_->commit(erase).ok());
    const Kept kept = this->kept();
    EXPECT_TRUE(kept.statements.empty() && kept.members.empty() && kept.manifests.empty() &&
                kept.parts.empty());
    EXPECT_EQ(this->store_->used(), base::Bytes{0});
    EXPECT_FALSE(this->has(2));
}

TYPED_TEST(EveryStore, AppliesABatchInItsOrder) {
    ASSERT_TRUE(this->store_
                    ->commit({PutStatement{1, content(1, 10)}, EraseStatement{1},
                              PutManifest{digest(1), content(2, 10)}, EraseObject{digest(1)},
                              PutManifest{digest(1), content(3, 10)}})
                    .ok());
    EXPECT_TRUE(this->kept().statements.empty());
    EXPECT_EQ(this->kept().manifests.at(0).bytes, *content(3, 10));
}

TYPED_TEST(EveryStore, KeepsASharedChunkOnceUntilItsLastObjectGoes) {
    const auto shared = content(9, 1000);
    ASSERT_TRUE(
        this->store_
            ->commit({PutChunk{digest(1), 0, digest(9), shared}, PutChunk{digest(2), 0, digest(9), shared},
                      PutChunk{digest(2), 1, digest(9), shared}})
            .ok());
    EXPECT_EQ(this->kept().parts.size(), 3U);
    EXPECT_EQ(this->store_->used(), base::Bytes{1000});
    ASSERT_TRUE(this->store_->commit({EraseObject{digest(2)}}).ok());
    EXPECT_TRUE(this->has(9));
    EXPECT_EQ(this->store_->used(), base::Bytes{1000});
    this->reopen();
    ASSERT_TRUE(this->store_->commit({EraseObject{digest(1)}}).ok());
    EXPECT_FALSE(this->has(9));
    EXPECT_EQ(this->store_->used(), base::Bytes{0});
}

TYPED_TEST(EveryStore, DropsTheChunkThatAPartNoLongerNames) {
    ASSERT_TRUE(this->store_->commit({PutChunk{digest(1), 0, digest(8), content(8, 80)}}).ok());
    ASSERT_TRUE(this->store_->commit({PutChunk{digest(1), 0, digest(9), content(9, 90)}}).ok());
    EXPECT_FALSE(this->has(8));
    EXPECT_TRUE(this->has(9));
    EXPECT_EQ(this->store_->used(), base::Bytes{90});
    EXPECT_EQ(this->kept().parts.size(), 1U);
}

TYPED_TEST(EveryStore, HealsAChunkThatIsPutAgain) {
    ASSERT_TRUE(this->store_->commit({PutChunk{digest(1), 0, digest(9), content(8, 90)}}).ok());
    ASSERT_TRUE(this->store_->commit({PutChunk{digest(1), 0, digest(9), content(9, 90)}}).ok());
    EXPECT_EQ(this->store_->read_chunk(digest(9)).value(), *content(9, 90));
    EXPECT_EQ(this->store_->used(), base::Bytes{90});
}

TYPED_TEST(EveryStore, KeepsBytesOfNoLength) {
    ASSERT_TRUE(this->store_->commit({PutIdentity{content(1, 0)}, PutStatement{1, content(1, 0)}}).ok());
    this->reopen();
    ASSERT_TRUE(this->kept().identity.has_value());
    EXPECT_TRUE(this->kept().identity->empty());
    EXPECT_EQ(this->kept().statements.size(), 1U);
}

TYPED_TEST(EveryStore, SaysThatAChunkIsAbsent) {
    const auto read = this->store_->read_chunk(digest(1));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().trouble, Trouble::absent);
}

TYPED_TEST(EveryStore, TakesAWholeObjectInOneBatch) {
    Batch batch{PutManifest{digest(1), content(1, 32'000)}};
    const std::size_t chunks = protocol::chunks_in_object_max;
    for (std::size_t i = 0; i < chunks; ++i)
        batch.push_back(PutChunk{digest(1), static_cast<std::uint16_t>(i), digest(1000 + i),
                                 content(1000 + i, 32 * 1024)});
    ASSERT_TRUE(this->store_->commit(batch).ok());
    this->reopen();
    EXPECT_EQ(this->kept().parts.size(), chunks);
    EXPECT_EQ(this->store_->read_chunk(digest(1999)).value(), *content(1999, 32 * 1024));
    EXPECT_EQ(this->store_->used(), base::kib(32) * static_cast<std::int64_t>(chunks) + base::Bytes{32'000});
    ASSERT_TRUE(this->store_->commit({EraseObject{digest(1)}}).ok());
    EXPECT_EQ(this->store_->used(), base::Bytes{0});
}

/// What every refusal must leave: the state before, readable, and a store that works once the disk does.
template <class Test>
void expect_refusal(Test& test, Store& store, Trouble trouble) {
    const base::Bytes used = store.used();
    const Status refused =
        store.commit({EraseStatement{1}, PutStatement{2, content(2, 20)}, EraseObject{digest(1)},
                      PutChunk{digest(3), 0, digest(3), content(3, 9000)}});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().trouble, trouble);
    EXPECT_FALSE(refused.error().message.empty());
    EXPECT_EQ(store.used(), used);
    const Kept kept = store.load().value();
    ASSERT_EQ(kept.statements.size(), 1U);
    EXPECT_EQ(kept.statements[0].bytes, *content(1, 10));
    EXPECT_EQ(kept.parts.size(), 1U);
    EXPECT_EQ(store.read_chunk(digest(1)).value(), *content(1, 9000));
    test.mend();
    EXPECT_TRUE(store.commit({PutStatement{3, content(3, 30)}}).ok());
}

TYPED_TEST(EveryStore, RefusesWholeBatchesWhenTheDiskIsFull) {
    ASSERT_TRUE(
        this->store_
            ->commit({PutStatement{1, content(1, 10)}, PutChunk{digest(1), 0, digest(1), content(1, 9000)}})
            .ok());
    this->disk_.fill();
    expect_refusal(this->disk_, *this->store_, Trouble::full);
    this->reopen();
    EXPECT_EQ(this->kept().statements.size(), 2U);
    EXPECT_TRUE(this->has(1));
}

TYPED_TEST(EveryStore, RefusesWholeBatchesWhenTheDiskFails) {
    ASSERT_TRUE(
        this->store_
            ->commit({PutStatement{1, content(1, 10)}, PutChunk{digest(1), 0, digest(1), content(1, 9000)}})
            .ok());
    this->disk_.fail();
    expect_refusal(this->disk_, *this->store_, Trouble::failing);
    this->reopen();
    EXPECT_EQ(this->kept().statements.size(), 2U);
    EXPECT_TRUE(this->has(1));
}

}  // namespace
}  // namespace coop::storage

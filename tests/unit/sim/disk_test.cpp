#include "engine/sim/disk.hpp"

#include <gtest/gtest.h>

#include "engine/crypto/phantom.hpp"
#include "engine/protocol/message_size.hpp"

namespace coop::sim {
namespace {

using protocol::PeerId;

protocol::ManifestRef manifest_of(std::uint64_t number, base::Bytes size) {
    return std::make_shared<const protocol::Manifest>(crypto::phantom_manifest({1, PeerId{0}, number}, size));
}
protocol::Record chunk(const protocol::Manifest& manifest, std::uint16_t index) {
    return protocol::KeptChunk{
        manifest.object, index, {manifest.chunks[index], manifest.chunk_size(index), nullptr}};
}
protocol::Record statement(std::uint32_t origin, std::uint32_t sequence) {
    protocol::Signed made{};
    made.statement.id = {PeerId{origin}, sequence};
    return protocol::KeptStatement{protocol::share(made)};
}

TEST(Disk, CountsTheContentThatItHolds) {
    Disk disk(PeerId{0});
    const auto manifest = manifest_of(1, base::kib(70));  // 32 + 32 + 6
    disk.apply(protocol::KeptManifest{manifest});
    EXPECT_EQ(disk.used(), base::Bytes{0});
    disk.apply(chunk(*manifest, 2));
    EXPECT_EQ(disk.used(), base::kib(6));
    disk.apply(chunk(*manifest, 0));
    EXPECT_EQ(disk.used(), base::kib(38));
    disk.apply(chunk(*manifest, 0));
    EXPECT_EQ(disk.used(), base::kib(38)) << "the same chunk again replaces the one before";
    disk.apply(protocol::ForgottenObject{manifest->object});
    EXPECT_EQ(disk.used(), base::Bytes{0});
}

TEST(Disk, GivesBackWhatWasKeptAndNothingElse) {
    Disk disk(PeerId{0});
    const auto kept = manifest_of(1, base::kib(40));
    const auto gone = manifest_of(2, base::kib(40));
    for (const auto& manifest : {kept, gone}) {
        disk.apply(protocol::KeptManifest{manifest});
        disk.apply(chunk(*manifest, 0));
        disk.apply(chunk(*manifest, 1));
    }
    for (std::uint32_t sequence : {1u, 2u, 3u}) disk.apply(statement(0, sequence));
    disk.apply(protocol::ForgottenStatement{{PeerId{0}, 2}});
    disk.apply(protocol::ForgottenObject{gone->object});

    std::vector<std::uint32_t> statements;
    std::vector<std::uint16_t> chunks;
    int manifests = 0;
    for (const protocol::Record& record : disk.records()) {
        if (const auto* const s = std::get_if<protocol::KeptStatement>(&record))
            statements.push_back(s->statement->statement.id.sequence);
        if (const auto* const m = std::get_if<protocol::KeptManifest>(&record)) {
            ++manifests;
            EXPECT_EQ(m->manifest->object, kept->object);
        }
        if (const auto* const c = std::get_if<protocol::KeptChunk>(&record)) {
            chunks.push_back(c->index);
            EXPECT_EQ(c->object, kept->object);
            EXPECT_EQ(c->chunk.name, kept->chunks[c->index]);
            EXPECT_EQ(c->chunk.bytes, nullptr);
        }
    }
    EXPECT_EQ(statements, (std::vector<std::uint32_t>{1, 3}));
    EXPECT_EQ(chunks, (std::vector<std::uint16_t>{0, 1}));
    EXPECT_EQ(manifests, 1);
}

TEST(Disk, KeepsOnlyTheNewestAnnouncementOfAnotherMember) {
    Disk disk(PeerId{0});
    disk.apply(statement(5, 1));
    disk.apply(statement(5, 9));
    ASSERT_EQ(disk.records().size(), 1u);
    EXPECT_EQ(std::get<protocol::KeptStatement>(disk.records()[0]).statement->statement.id.sequence, 9u);
}

TEST(Disk, KnowsOnlySizesWhenItKeepsNoRecords) {
    Disk disk(PeerId{0}, false);
    const auto manifest = manifest_of(1, base::kib(64));
    disk.apply(statement(0, 1));
    disk.apply(protocol::KeptManifest{manifest});
    disk.apply(chunk(*manifest, 0));
    EXPECT_EQ(disk.used(), base::kib(32));
    EXPECT_TRUE(disk.records().empty());
    disk.apply(protocol::ForgottenObject{manifest->object});
    EXPECT_EQ(disk.used(), base::Bytes{0});
}

}  // namespace
}  // namespace coop::sim

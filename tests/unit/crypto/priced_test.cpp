// What priced crypto says of phantoms. What it has in common with real crypto is claimed of both in
// tests/unit/sim/crypto_test.cpp.
#include "engine/crypto/priced.hpp"

#include <gtest/gtest.h>

#include "engine/crypto/hash.hpp"
#include "engine/crypto/phantom.hpp"

namespace coop {
namespace {

using namespace protocol;
using crypto::PricedCrypto;

TEST(PricedCrypto, TellsNoWordsFromWordsOfZeros) {
    const PricedCrypto priced(11);
    const Statement said{{{3}, 4}, {}, Notice{{2}, nullptr}};
    const Statement zeros{{{3}, 4}, {}, Notice{{2}, std::make_shared<const Content>(Content{0, 0})}};
    EXPECT_FALSE(priced.verify(zeros, priced.sign(said)));
}

TEST(PricedCrypto, TakesPhantomsAtTheirWordAndHashesRealBytes) {
    const PricedCrypto priced(1);
    const auto content = std::make_shared<const Content>(Content{1, 2, 3});
    EXPECT_TRUE(priced.names(Chunk{{}, {100}, nullptr}));
    EXPECT_TRUE(priced.names(Chunk{crypto::blake2b_256(*content), {3}, content}));
    EXPECT_FALSE(priced.names(Chunk{{}, {3}, content}));
    EXPECT_FALSE(priced.names(Chunk{crypto::blake2b_256(*content), {4}, content}));
}

TEST(PricedCrypto, NamesManifestsOfPhantomsAndOfRealChunks) {
    const PricedCrypto priced(1);
    Manifest manifest = crypto::phantom_manifest({1, {2}, 3}, base::mib(4));
    EXPECT_TRUE(priced.names(manifest));
    manifest.chunks[77].bytes[31] ^= 1;
    EXPECT_FALSE(priced.names(manifest));
    manifest.object = crypto::manifest_name(manifest);
    EXPECT_TRUE(priced.names(manifest));
    manifest.size += base::Bytes{1};
    EXPECT_FALSE(priced.names(manifest));
}

}  // namespace
}  // namespace coop

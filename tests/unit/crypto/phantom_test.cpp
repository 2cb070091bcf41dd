// Phantoms are named alike everywhere, and no two of them alike.
#include "engine/crypto/phantom.hpp"

#include <bit>
#include <set>

#include <gtest/gtest.h>

namespace coop {
namespace {

using protocol::PeerId;

TEST(Phantoms, HaveNamesOfTheirOwn) {
    std::set<std::array<std::uint8_t, 32>> names;
    std::set<std::uint64_t> prefixes;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        for (std::uint32_t i = 0; i < 2000; ++i) {
            names.insert(crypto::simulated_key(seed, {i}).bytes);
            names.insert(crypto::simulated_chunk_name({seed, PeerId{i}, 0}, 0).bytes);
            names.insert(crypto::simulated_chunk_name({seed, PeerId{0}, i + 1}, 0).bytes);
            if (i > 0 && i < 1000)
                names.insert(
                    crypto::simulated_chunk_name({seed, PeerId{0}, 0}, static_cast<std::uint16_t>(i)).bytes);
            prefixes.insert(crypto::simulated_key(seed, {i}).prefix());
        }
    }
    EXPECT_EQ(names.size(), 3U * (3 * 2000 + 999));
    EXPECT_EQ(prefixes.size(), 3U * 2000);
}

TEST(Phantoms, HaveEvenBits) {
    std::uint64_t ones = 0;
    for (std::uint32_t i = 0; i < 1000; ++i)
        for (const std::uint8_t byte : crypto::simulated_key(1, {i}).bytes)
            ones += static_cast<std::uint64_t>(std::popcount(byte));
    EXPECT_NEAR(static_cast<double>(ones), 128'000.0, 6 * 253.0);  // binomial: sigma = sqrt(256 000 / 4)
}

TEST(Phantoms, HaveTheSameNamesOnEveryMachine) {
    // Computed from SplitMix64's finaliser in Python's integers. A change here moves every fingerprint.
    EXPECT_EQ(crypto::simulated_key(1, {2}).prefix(), 0x2c22d6ad4c809f1eULL);
}

TEST(Phantoms, SignWithKeysOfTheirOwn) {
    std::set<base::Key> keys;
    for (std::uint32_t i = 0; i < 100; ++i) {
        for (const std::uint64_t seed : {1U, 2U}) {
            keys.insert(crypto::simulated_signing_key(seed, {i}).public_key());
            keys.insert(crypto::simulated_key(seed, {i}));
        }
    }
    EXPECT_EQ(keys.size(), 400U);
    EXPECT_EQ(crypto::simulated_signing_key(1, {7}).public_key(),
              crypto::simulated_signing_key(1, {7}).public_key());
}

TEST(Phantoms, HoldTheChaCha20StreamOfTheirNames) {
    std::array<std::uint8_t, 32> content{};
    crypto::fill_phantom({}, content);
    // RFC 8439, appendix A.1, test vector 1: key, nonce and counter are zero.
    EXPECT_EQ(base::to_hex(content.data(), content.size()),
              "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
    crypto::fill_phantom(crypto::simulated_chunk_name({1, {2}, 3}, 4), content);
    EXPECT_NE(content[0], 0x76);
}

TEST(Phantoms, MakeWellFormedObjects) {
    for (const std::int64_t size : {1L, 32'768L, 32'769L, 4L * 1024 * 1024, 32'768'000L}) {
        const auto manifest = crypto::phantom_manifest({1, PeerId{3}, 9}, {size});
        EXPECT_TRUE(protocol::well_formed(manifest)) << size;
        const auto chunks = crypto::phantom_chunks(manifest);
        ASSERT_EQ(chunks.size(), manifest.chunks.size());
        std::int64_t sum = 0;
        for (const auto& chunk : chunks) sum += chunk.size.count;
        EXPECT_EQ(sum, size);
    }
}

}  // namespace
}  // namespace coop

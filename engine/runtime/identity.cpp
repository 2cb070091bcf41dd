#include "engine/runtime/identity.hpp"

#include <algorithm>

namespace coop::runtime {
namespace {

// version u8 = 1 · seed 32
constexpr std::uint8_t version = 1;
constexpr std::size_t encoded_size = 1 + 32;

}  // namespace

base::Result<crypto::Identity, std::string> load_or_make_identity(const storage::Kept& kept,
                                                                  storage::Store& store) {
    if (kept.identity) {
        const storage::Content& bytes = *kept.identity;
        if (bytes.size() != encoded_size || bytes[0] != version) {
            return std::string(
                "the identity in this board's store is damaged; restore the store from your copy");
        }
        crypto::Secret32 seed;
        std::copy_n(bytes.begin() + 1, 32, seed.fill().begin());
        return crypto::Identity::from_seed(seed);
    }
    const crypto::Secret32 seed = crypto::Secret32::random();
    auto bytes = std::make_shared<storage::Content>(encoded_size, version);
    std::copy(seed.view().begin(), seed.view().end(), bytes->begin() + 1);
    const storage::Status done = store.commit({storage::PutIdentity{bytes}});
    crypto::wipe(*bytes);
    if (!done) return done.error().message;
    return crypto::Identity::from_seed(seed);
}

}  // namespace coop::runtime

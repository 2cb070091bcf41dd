#include "engine/wire/phantom_book.hpp"

#include <algorithm>
#include <numeric>

#include "engine/crypto/phantom.hpp"

namespace coop::wire {

PhantomBook::PhantomBook(std::uint64_t seed, std::uint32_t boards) : sorted_(boards) {
    keys_.reserve(boards);
    for (std::uint32_t i = 0; i < boards; ++i) keys_.push_back(crypto::simulated_key(seed, {i}));
    std::iota(sorted_.begin(), sorted_.end(), 0U);
    std::sort(sorted_.begin(), sorted_.end(), [&](auto a, auto b) { return keys_[a] < keys_[b]; });
}

const base::Key* PhantomBook::key_of(PeerId peer) const noexcept {
    return peer.index < keys_.size() ? &keys_[peer.index] : nullptr;
}

PeerId PhantomBook::find(const base::Key& key) const noexcept {
    const auto at =
        std::lower_bound(sorted_.begin(), sorted_.end(), key,
                         [&](std::uint32_t handle, const base::Key& k) { return keys_[handle] < k; });
    return at != sorted_.end() && keys_[*at] == key ? PeerId{*at} : PeerId::none();
}

}  // namespace coop::wire

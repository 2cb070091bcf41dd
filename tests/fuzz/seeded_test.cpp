// The fuzz targets on seeded input: garbage, and honest messages cut, changed, spliced and repeated.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/frame.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/unit/wire/random_message.hpp"

namespace {

std::size_t largest_allocation = 0;  // since it was last set to zero

}  // namespace

void* operator new(std::size_t size) {
    largest_allocation = std::max(largest_allocation, size);
    if (void* const made = std::malloc(size)) return made;
    throw std::bad_alloc();
}
void operator delete(void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }

namespace coop {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes garbage(base::Rng& rng, std::size_t size) {
    Bytes out(size);
    for (std::size_t at = 0; at < size; at += 8) {
        const std::uint64_t word = rng.next();
        std::memcpy(out.data() + at, &word, std::min<std::size_t>(8, size - at));
    }
    return out;
}

Bytes honest(base::Rng& rng) {
    static wire::BoundedPeerBook book;
    if (book.size() == 0) test::fill(book, 20, 1);
    test::RandomMessages random(rng.next(), 20);
    Bytes out;
    wire::encode(random.message(rng.below(protocol::message_kinds)), book, out);
    return out;
}

Bytes mutated(base::Rng& rng, Bytes bytes) {
    const std::uint64_t times = 1 + rng.below(4);
    for (std::uint64_t i = 0; i < times && !bytes.empty(); ++i) {
        const std::size_t at =
            rng.below(rng.below(2) == 0 ? std::min<std::size_t>(bytes.size(), 120) : bytes.size());
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (rng.below(6)) {
            case 0: *place ^= static_cast<std::uint8_t>(1U << rng.below(8)); break;
            case 1: *place = static_cast<std::uint8_t>(rng.next()); break;
            case 2: *place = rng.below(2) == 0 ? 0 : 255; break;
            case 3: bytes.erase(place, bytes.end()); break;
            case 4: bytes.insert(place, 1 + rng.below(64), static_cast<std::uint8_t>(rng.next())); break;
            default: {
                const Bytes other = honest(rng);
                bytes.insert(place, other.begin(), other.end());
            }
        }
    }
    return bytes;
}

TEST(Decoders, StandWhateverComes) {
    base::Rng rng(1, base::Purpose::test, 1);
    for (int i = 0; i < 40'000; ++i) {
        const std::size_t size = rng.below(i % 1000 == 0 ? 70'000 : 300);
        fuzz::decode_everything(garbage(rng, size));
        Bytes kinded = garbage(rng, size + 1);
        kinded[0] = static_cast<std::uint8_t>(rng.below(protocol::message_kinds));
        fuzz::decode_everything(kinded);
    }
    for (int i = 0; i < 20'000; ++i) fuzz::decode_everything(mutated(rng, honest(rng)));
}

TEST(Decoders, AllocateNoMoreThanWhatCame) {
    base::Rng rng(2, base::Purpose::test, 1);
    wire::BoundedPeerBook book;
    test::fill(book, 20, 1);
    for (std::uint32_t n = 20; n < 16'500; ++n) {  // a full book does not grow any more
        base::Key key;
        for (auto& byte : key.bytes) byte = static_cast<std::uint8_t>(rng.next());
        book.intern(key, {});
    }
    for (int i = 0; i < 10'000; ++i) {
        Bytes bytes = i % 2 == 0 ? garbage(rng, 1 + rng.below(200)) : mutated(rng, honest(rng));
        if (bytes.empty()) continue;
        if (i % 2 == 0) bytes[0] = static_cast<std::uint8_t>(rng.below(protocol::message_kinds));
        largest_allocation = 0;
        const auto read = wire::decode(bytes, book);
        // Content and names are copied once; a message, a statement or a list head beside them is smaller
        // than 512.
        ASSERT_LE(largest_allocation, bytes.size() + 512) << "kind " << int{bytes[0]};
        static_cast<void>(read);
    }
}

TEST(Listeners, StandWhateverComes) {
    base::Rng rng(3, base::Purpose::test, 1);
    for (int i = 0; i < 4'000; ++i) {
        Bytes stream;
        const std::uint64_t frames = rng.below(4);
        for (std::uint64_t n = 0; n < frames; ++n) {
            const std::size_t size = n == 0 && rng.below(2) == 0 ? 32 : 1 + rng.below(200);
            wire::append_frame(garbage(rng, size), stream);
        }
        fuzz::listen_to(stream);
        fuzz::listen_to(garbage(rng, rng.below(1000)));
    }
}

}  // namespace
}  // namespace coop

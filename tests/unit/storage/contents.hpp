// Names and bytes for the tests of storage: all made from small numbers, so that they can be checked again.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/base/rng.hpp"
#include "engine/storage/store.hpp"

namespace coop::storage_test {

using namespace coop::storage;

template <class Name>
Name named(std::uint64_t number) {
    base::Rng rng(number, base::Purpose::test, 1);
    Name name;
    for (std::uint8_t& byte : name.bytes) byte = static_cast<std::uint8_t>(rng.next());
    return name;
}
inline base::Digest digest(std::uint64_t number) { return named<base::Digest>(number); }
inline base::Key key(std::uint64_t number) { return named<base::Key>(number); }

inline ContentRef content(std::uint64_t number, std::size_t size) {
    base::Rng rng(number, base::Purpose::test, 2);
    auto bytes = std::make_shared<Content>(size);
    for (std::uint8_t& byte : *bytes) byte = static_cast<std::uint8_t>(rng.next());
    return bytes;
}

}  // namespace coop::storage_test

// Fingerprint: one number that changes when any input of any node came at another time or in another order.
//
//     per node:  h = combine(h, time, kind)  for every input, in the order that the node saw
//     the run:   all h combined in node order
//
// Law: nothing of it depends on the order in which different nodes were stepped, so threads cannot change it.
#pragma once

#include <cstdint>

#include "engine/base/rng.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/input.hpp"

namespace coop::sim {

/// A number for each kind of input, with the kind of message. Append only: it is part of every fingerprint.
inline std::uint64_t kind_of(const protocol::Input& input) {
    const std::uint64_t kind = input.index() + 1;
    if (const auto* const received = std::get_if<protocol::Received>(&input))
        return kind << 8 | received->message->index();
    if (const auto* const requested = std::get_if<protocol::Requested>(&input))
        return kind << 8 | requested->command.index();
    return kind << 8;
}

struct Fingerprint {
    std::uint64_t value = 0;

    constexpr auto operator<=>(const Fingerprint&) const = default;
    constexpr void add(std::uint64_t word) { value = base::combine(value, word); }
    constexpr void add(base::Instant at, std::uint64_t kind) {
        add(static_cast<std::uint64_t>(at.ns()));
        add(kind);
    }
};

}  // namespace coop::sim

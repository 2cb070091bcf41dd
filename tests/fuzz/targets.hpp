// What is fuzzed: everything that takes bytes from outside. A target aborts when one of its claims breaks.
#pragma once

#include <cstdint>
#include <span>

namespace coop::fuzz {

/// Messages, stored statements and manifests: whatever decodes has its stated size and encodes to the same
/// bytes.
void decode_everything(std::span<const std::uint8_t> bytes);

/// A listening board's side of a connection, greeted by a stranger who sends these bytes.
void listen_to(std::span<const std::uint8_t> bytes);

}  // namespace coop::fuzz

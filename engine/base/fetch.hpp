// fetch: asks for memory to be brought into the cache before it is needed.
//
// Law: it changes nothing but time.
#pragma once

#include <cstddef>

namespace coop::base {

/// So many bytes from there, one at least, which need not be valid memory.
inline void fetch(const void* at, std::size_t bytes = 1) {
    constexpr std::size_t line = 64;
    const char* const first = static_cast<const char*>(at);
    for (std::size_t i = 0; i < bytes; i += line) __builtin_prefetch(first + i);
    __builtin_prefetch(first + bytes - 1);
    // Else a function that does nothing but this counts as one without effects (GCC), and is left out.
    asm volatile("");
}

}  // namespace coop::base

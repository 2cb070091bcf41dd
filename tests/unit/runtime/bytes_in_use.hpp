// How much the program has allocated and not given back. The resident size would also count what allocators
// keep for themselves, and what a sanitizer keeps in quarantine.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COOP_TEST_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COOP_TEST_SANITIZED 1
#endif

#ifdef COOP_TEST_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // every sanitizer's runtime has it
#else
#include <malloc.h>
#endif

namespace coop::runtime::test {

inline std::size_t bytes_in_use() {
#ifdef COOP_TEST_SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#else
    const struct mallinfo2 info = ::mallinfo2();  // over all arenas
    return info.uordblks + info.hblkhd;
#endif
}

}  // namespace coop::runtime::test

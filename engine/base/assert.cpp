#include "engine/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace coop::base {

void assertion_failed(const char* claim, const char* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, claim);
    std::abort();
}

}  // namespace coop::base

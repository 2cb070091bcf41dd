// COOP_ASSERT: a programmer's error stops the program, in release builds too.
//
// Law: never used on bytes, peers, disks or files. What the world does wrong is a counted value.
#pragma once

namespace coop::base {

/// Prints the broken claim with its place on standard error and aborts (exit by SIGABRT).
[[noreturn]] void assertion_failed(const char* claim, const char* file, int line) noexcept;

}  // namespace coop::base

#define COOP_ASSERT(claim) \
    ((claim) ? static_cast<void>(0) : ::coop::base::assertion_failed(#claim, __FILE__, __LINE__))

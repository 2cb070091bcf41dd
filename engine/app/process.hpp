// Process: what both programs owe their user however they end: an exit code that tells, and nothing lost
// silently.
//
// Law: no crash looks like an answer. Codes 0 to 2 are given only by a program that ended as it meant to.
#pragma once

namespace coop::app {

/// Once, first of all in main. A bug (abort, a bad address …) says so in one line and ends with exit_crash; a
/// file-size limit is a full disk like any other.
void prepare_process(const char* program);

/// For simulations, before anything else: lets the C library ask for huge pages, which it does only if it is
/// told before it starts, so the program begins once more, with the same words and process number. Whoever
/// has set GLIBC_TUNABLES has decided, and nothing happens. A pool of 10^5 boards takes a fifth less time
/// with them. Measured: bench/README.md
void ask_for_huge_pages(char** argv);

/// Whether all that was printed arrived: `code`, or exit_usage with a message (a full disk behind `>`).
int after_output(int code);

}  // namespace coop::app

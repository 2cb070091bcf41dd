#include "engine/app/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <unistd.h>

#include "engine/app/commands.hpp"

// The address sanitizer reports bad addresses itself, and better.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COOP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COOP_SANITIZED 1
#endif
#endif

namespace coop::app {
namespace {

char last_words[256];
std::size_t last_words_length = 0;

/// Its own stack, because the other one may be what ran out.
alignas(16) char spare_stack[64 * 1024];

extern "C" void end_as_a_bug(int) {
    const ssize_t written = ::write(STDERR_FILENO, last_words, last_words_length);
    (void)written;  // nobody is left to tell
    ::_exit(exit_crash);
}

}  // namespace

void prepare_process(const char* program) {
    const int length = std::snprintf(last_words, sizeof last_words,
                                     "%s %s: this is a bug of %s, not of your files. Please send this text, "
                                     "the command and the scenario.\n",
                                     program, COOP_VERSION, program);
    last_words_length = static_cast<std::size_t>(length);
    std::signal(SIGXFSZ, SIG_IGN);

    stack_t stack{};
    stack.ss_sp = spare_stack;
    stack.ss_size = sizeof spare_stack;
    ::sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_handler = end_as_a_bug;
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGABRT, &action, nullptr);
#ifndef COOP_SANITIZED
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(signal, &action, nullptr);
#endif
}

void ask_for_huge_pages([[maybe_unused]] char** argv) {
#ifndef COOP_SANITIZED
    if (std::getenv("GLIBC_TUNABLES") != nullptr) return;
    if (::setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1) != 0) return;
    ::execv("/proc/self/exe", argv);  // comes back only if it cannot: then it goes on with small pages
#endif
}

int after_output(int code) {
    errno = 0;
    std::cout.flush();
    const bool lost = !std::cout || std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (!lost) return code;
    std::fprintf(stderr, "not all of the output could be written%s%s\n", errno == 0 ? "" : ": ",
                 errno == 0 ? "" : std::strerror(errno));
    return exit_usage;
}

}  // namespace coop::app

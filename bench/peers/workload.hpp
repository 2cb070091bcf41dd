// Workload: what every program here is asked, what it does, and what it answers.
//
//     program N AMOUNT ROUNDS [HOW]  ──►  a JSON line for every round that was timed
//
// Law: the engine under test is all that differs: the same sizes, delays and generator for every program in
// C++ (the Python ones have workload.py). Setting up is not in `seconds`.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <time.h>

#include "engine/base/rng.hpp"
#include "engine/base/time.hpp"

namespace coop::peers {

// The comparison's own choice: bench/peers/README.md says of what.
inline constexpr std::uint32_t fanout = 5;
inline constexpr std::uint32_t notice_bytes = 1024;
inline constexpr std::int64_t uplink_bits = 10'000'000;  // a second
inline constexpr std::uint32_t beat_bytes = 64;
constexpr base::Duration on_uplink(std::int64_t bytes) {
    return base::nanoseconds(bytes * 8 * 1'000'000'000 / uplink_bits);
}
inline constexpr base::Duration delay_min = base::milliseconds(10);
inline constexpr base::Duration delay_max = base::milliseconds(100);
inline constexpr base::Duration notice_every = base::seconds(10);  // the one before has arrived everywhere
inline constexpr base::Duration beat_every = base::seconds(1);

inline base::Duration way(base::Rng& rng) { return rng.between(delay_min, delay_max); }
/// Anybody but `self`.
inline std::uint32_t another(base::Rng& rng, std::uint32_t self, std::uint32_t n) {
    const auto chosen = static_cast<std::uint32_t>(rng.below(n - 1));
    return chosen < self ? chosen : chosen + 1;
}
inline base::Rng chance() { return {1, base::Purpose::test, 1}; }

struct Asked {
    std::uint32_t n = 0;
    std::uint32_t amount = 0;  ///< a round: events, notices, or simulated seconds
    std::uint32_t rounds = 0;
    std::string_view how;  ///< a choice that a program offers, or nothing
};

inline Asked read(int count, char** words, bool offers_how = false) {
    Asked all;
    std::uint32_t* const numbers[] = {&all.n, &all.amount, &all.rounds};
    bool good = count == 4 || (offers_how && count == 5);
    for (int i = 0; good && i < 3; ++i) {
        const std::string_view word = words[i + 1];
        const auto end = std::from_chars(word.data(), word.data() + word.size(), *numbers[i]);
        good = end.ec == std::errc{} && end.ptr == word.data() + word.size() && *numbers[i] > 0;
    }
    if (!good || all.n < 2) {
        std::fprintf(stderr, "%s: wants N (at least 2), AMOUNT and ROUNDS, all above zero%s\n", words[0],
                     offers_how ? ", and may be told HOW" : "");
        std::exit(2);
    }
    if (count == 5) all.how = words[4];
    return all;
}

inline std::uint64_t peak_rss_bytes() {
    // Not getrusage: there a process inherits what its parent took up before it became another program.
    std::FILE* const file = std::fopen("/proc/self/status", "r");
    unsigned long long kib = 0;
    for (char line[256]; file != nullptr && std::fgets(line, sizeof line, file) != nullptr;) {
        if (std::sscanf(line, "VmHWM: %llu", &kib) == 1) break;
    }
    if (file != nullptr) std::fclose(file);
    return kib * 1024;
}

/// The processor's time of one round, from construction to `tell`: on a machine for itself that is what a
/// clock on the wall says, and on a shared one it leaves out when others had their turn.
class Round {
  public:
    /// `events`: hops, deliveries or beats received; `messages`: all that arrived; `reach`: the part of those
    /// who should have got something who did.
    struct Outcome {
        std::uint64_t events = 0;
        std::uint64_t messages = 0;
        double reach = 1;
    };
    void tell(const char* work, std::uint32_t n, const Outcome& outcome) const {
        std::printf(R"({"work": "%s", "n": %u, "events": %llu, "messages": %llu, "reach": %.6f, )"
                    R"("seconds": %.6f, "peak_rss_bytes": %llu})"
                    "\n",
                    work, n, static_cast<unsigned long long>(outcome.events),
                    static_cast<unsigned long long>(outcome.messages), outcome.reach,
                    processor_seconds() - begun_, static_cast<unsigned long long>(peak_rss_bytes()));
        std::fflush(stdout);
    }

  private:
    static double processor_seconds() {
        timespec spent{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
        return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
    }
    double begun_ = processor_seconds();
};

/// `deliveries` of so many notices to all but who said them.
inline Round::Outcome spread(std::uint64_t deliveries, std::uint64_t messages, const Asked& asked) {
    const double due = static_cast<double>(asked.n - 1) * static_cast<double>(asked.amount);
    return {deliveries, messages, static_cast<double>(deliveries) / due};
}
/// Beats received of those that were due.
inline Round::Outcome beaten(std::uint64_t beats, const Asked& asked) {
    const double due = static_cast<double>(asked.n) * static_cast<double>(asked.amount);
    return {beats, beats, static_cast<double>(beats) / due};
}

}  // namespace coop::peers

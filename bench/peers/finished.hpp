// Finished: which files were through when, told round by round, and kept for comparing engines.
//
//     COOP_PEERS_ENDS=file  ──►  a line a file, in the order of chains: chain number nanoseconds
//
// Law: a round has as many ends as were asked for; a last instant may have more, which nobody counts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <tuple>
#include <vector>

#include "bench/flow_load.hpp"
#include "bench/peers/workload.hpp"

namespace coop::peers {

/// HOW is the kind of lines; nothing means homes.
inline bench::FlowLoad flow_load(const Asked& asked) {
    if (asked.how.empty()) return {asked.n, bench::FlowLines::homes};
    if (asked.how == "even") return {asked.n, bench::FlowLines::even};
    if (asked.how == "villages") return {asked.n, bench::FlowLines::villages};
    std::fprintf(stderr, "HOW is even or villages or left out\n");
    std::exit(2);
}

class Finished {
  public:
    struct End {
        std::int64_t at_ns = 0;
        std::uint32_t chain = 0;
        std::uint32_t number = 0;
    };

    explicit Finished(const Asked& asked) : asked_(asked) {
        ends_.reserve(std::size_t{asked.amount} * asked.rounds);
    }
    bool all() const { return ends_.size() == std::size_t{asked_.amount} * asked_.rounds; }
    void add(const End& end) {
        if (all()) return;
        if (ends_.empty()) timed_.emplace();  // all have started: that is not part of the first round
        ends_.push_back(end);
        if (ends_.size() % asked_.amount != 0) return;
        timed_->tell("flows", asked_.n, {asked_.amount, asked_.amount, 1});
        timed_.emplace();
        if (all()) write();
    }

  private:
    void write() {
        const char* const name = std::getenv("COOP_PEERS_ENDS");
        if (name == nullptr) return;
        std::FILE* const file = std::fopen(name, "w");
        if (file == nullptr) {
            std::fprintf(stderr, "cannot write %s\n", name);
            std::exit(1);
        }
        std::sort(ends_.begin(), ends_.end(), [](const End& a, const End& b) {
            return std::tie(a.chain, a.number) < std::tie(b.chain, b.number);
        });
        for (const End& end : ends_) {
            std::fprintf(file, "%u %u %lld\n", end.chain, end.number, static_cast<long long>(end.at_ns));
        }
        std::fclose(file);
    }

    const Asked& asked_;
    std::optional<Round> timed_;
    std::vector<End> ends_;
};

}  // namespace coop::peers

// Crew: one job, done by several threads at once, each for its own number.
//
//     caller ──run──► 0 ─────────────► all are done
//                     1 ────────────►
//                     …  (they wait for the next run meanwhile)
//
// Law: what was written before run() is seen by all, and what they write is seen when it returns. The order
// in which they work is nobody's business; a job must not depend on it, and must not throw.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace coop::sim {

/// How often one of so many hands looks whether it can go on, before it lets another have its core.
int looks_of(std::uint32_t hands);

class Crew {
  public:
    using Job = std::function<void(std::uint32_t)>;

    /// `hands` with the caller, who is number 0.
    Crew(std::uint32_t hands, Job job);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    void run();

  private:
    void work(std::uint32_t number);

    Job job_;
    int looks_;  ///< before it sleeps
    std::atomic<std::uint32_t> round_{0};
    std::atomic<std::uint32_t> busy_{0};
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

}  // namespace coop::sim

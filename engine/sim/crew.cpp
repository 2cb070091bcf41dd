#include "engine/sim/crew.hpp"

#include <utility>

namespace coop::sim {
namespace {

/// Looks a while before it sleeps: a window of a large run takes some hundred microseconds, and being woken
/// takes ten or more. Guess. Study: scenarios/scale/million.toml
constexpr int looks = 20'000;

/// Returns what is there instead.
std::uint32_t wait_while(const std::atomic<std::uint32_t>& word, std::uint32_t old, int looks_left) {
    for (; looks_left > 0; --looks_left) {
        const std::uint32_t now = word.load(std::memory_order_acquire);
        if (now != old) return now;
    }
    word.wait(old, std::memory_order_acquire);
    return word.load(std::memory_order_acquire);
}

}  // namespace

// Where threads share a core, looking keeps the others from what is waited for.
int looks_of(std::uint32_t hands) { return hands <= std::thread::hardware_concurrency() ? looks : 0; }

Crew::Crew(std::uint32_t hands, Job job) : job_(std::move(job)), looks_(looks_of(hands)) {
    for (std::uint32_t number = 1; number < hands; ++number)
        threads_.emplace_back([this, number] { work(number); });
}

Crew::~Crew() {
    over_.store(true, std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    for (std::thread& each : threads_) each.join();
}

void Crew::run() {
    busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    job_(0);
    for (std::uint32_t left = busy_.load(std::memory_order_acquire); left != 0;)
        left = wait_while(busy_, left, looks_);
}

void Crew::work(std::uint32_t number) {
    for (std::uint32_t seen = 0;;) {
        seen = wait_while(round_, seen, looks_);
        if (over_.load(std::memory_order_relaxed)) return;
        job_(number);
        if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
}

}  // namespace coop::sim

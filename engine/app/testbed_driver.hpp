// Testbed driver: plays a scenario's workload and faults to real boards, in real time.
//
//     wishes ─┐                     ┌─► the owner's socket of a board
//     faults ─┼─► in order of time ─┼─► kill -9, start again
//     starts ─┘                     └─► what happened when, for the results
//
// A simulated photo is a name; here it is random bytes of the same size, and whoever reads it asks for the
// name that the real board gave it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/app/board_disk.hpp"
#include "engine/app/moments.hpp"
#include "engine/app/testbed_boards.hpp"
#include "engine/base/flat_map.hpp"
#include "engine/results/rows.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/sim/ports.hpp"

namespace coop::app {

/// Something that befell a board, and when it really did.
struct Befell {
    base::Instant at;
    protocol::PeerId member;
    sim::FaultKind kind = sim::FaultKind::kill;
};
/// What a board that begins again finds on its disk.
struct Found {
    base::Instant at;
    Inventory disk;
};
/// A program that ended though nobody wanted it to.
struct Collapse {
    base::Instant at;
    protocol::PeerId member;
    std::string how;           ///< "exit code 2", "signal 6"
    std::string last_words{};  ///< of its log
    bool is_crash = false;     ///< by a signal, or after it had served; otherwise it never began
};
/// The eager links of all boards, by the moment of the sample for which they were asked.
using Looks = std::map<base::Instant, std::vector<results::Edge>>;

struct Played {
    base::Instant end;  ///< reached; before the scenario's end when interrupted
    bool interrupted = false;
    std::vector<Befell> faults;       ///< in order of time
    std::vector<Found> found;         ///< likewise
    std::vector<Collapse> collapses;  ///< the play ends with the first
    Looks looks;
    base::Duration late_max;   ///< the latest that this computer was with anything
    std::uint64_t wishes = 0;  ///< asked of a board
    /// Whose board the scenario had stopped, or not yet started: they come to nothing in a simulation too.
    std::uint64_t wishes_of_stopped = 0;
    std::uint64_t wishes_of_collapsed = 0;  ///< whose board had ended by itself
    std::uint64_t wishes_refused = 0;
    std::uint64_t killed_at_end = 0;  ///< did not stop when asked to
};

struct Stageplay {
    const config::Scenario& scenario;
    const Population& population;
    const BoardPlan& plan;
    std::string program;
    base::Duration epoch;  ///< since 1970-01-01 UTC: when the play begins
    const std::atomic<bool>* interrupted = nullptr;
    std::function<void(base::Instant)> on_time = {};  ///< a few times a second
    base::Duration last_words = sim::last_words;      ///< a departed board is switched off so much later
};

class TestbedDriver {
  public:
    explicit TestbedDriver(const Stageplay& play);
    /// Blocks until the scenario's end, or until interrupted. All boards have stopped when it returns.
    Played play();

    // While it goes on:
    /// This board has reported that it left for good: its owner switches it off, and never on again.
    void has_departed(protocol::PeerId member, base::Instant at) {
        off_at_[member.index] = at + play_.last_words;
    }
    const Played& so_far() const { return played_; }
    /// By member; `never` for a board that is down.
    const std::vector<base::Instant>& up_since() const { return up_since_; }

  private:
    base::Instant now() const { return clock_.now(); }
    bool interrupted() const { return play_.interrupted != nullptr && play_.interrupted->load(); }
    bool goes_on() const { return !interrupted() && played_.collapses.empty(); }
    base::Instant next_moment() const;
    void do_what_is_due();
    void start(std::uint32_t member);
    void befall(const sim::Fault& fault);
    void wish(const sim::Task& task);
    bool ask(std::uint32_t member, const nlohmann::json& question, base::Digest* object = nullptr);
    void look_after_boards();
    void switch_off_departed();
    void look_at_links();
    void add_eager(std::uint32_t member, std::vector<results::Edge>& edges);
    void stop_all();

    Stageplay play_;
    runtime::Clock clock_;
    std::vector<BoardProcess> boards_;
    std::vector<base::Instant> up_since_;  ///< as the scenario has it: unchanged when one ends by itself
    std::vector<bool> serves_;             ///< has answered
    std::vector<base::Instant> off_at_;    ///< of a board that has left for good; else `never`
    std::vector<std::uint32_t> starts_;    ///< members in order of their first start
    std::size_t started_ = 0;
    models::Wishes wishes_;
    std::optional<sim::Task> next_wish_;
    models::FaultPlan faults_;
    std::optional<sim::Fault> next_fault_;
    base::FlatMap<base::Digest, base::Digest> real_names_;  ///< by the phantom's
    Moments moments_;
    base::Instant look_at_;  ///< at the boards' eager links
    bool stopping_ = false;
    Played played_;
};

}  // namespace coop::app

// Testbed replay: the boards' journals and what befell them, put in order of time and told to the same
// Session that looks on at a simulation.
//
//     reports.jsonl of each board ─► Collector ─► happenings in order of time ─► Replay ─► Session
//
// Law: nothing is told before everything earlier is known. So a run that is still going on is told up to a
// few seconds ago, in the same order in which all of it would be told at its end.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/app/session.hpp"
#include "engine/app/testbed_driver.hpp"
#include "engine/policy/quota.hpp"

namespace coop::app {

struct Happening {
    base::Instant at;
    protocol::PeerId member;
    std::variant<protocol::Report, SentTick, sim::FaultKind, Inventory> what;
};

class Collector {
  public:
    explicit Collector(const BoardPlan& plan);

    /// Reads what the boards have written since, and what befell them. The error is a sentence, or empty.
    std::string read(const Played& so_far, bool boards_go_on);
    /// Everything before this moment is known. `up_since`: by member, `never` for a board that is down.
    base::Instant known_until(base::Instant now, const std::vector<base::Instant>& up_since) const;
    /// What happened before this moment and was not taken yet, in order of time.
    std::vector<Happening> take_until(base::Instant moment);

    std::uint64_t bad_lines() const { return bad_lines_; }
    /// Who has reported that it left for good, and when.
    const std::map<protocol::PeerId, base::Instant>& departed() const { return departed_; }

  private:
    struct Journal {
        std::uint64_t read = 0;  ///< bytes
        base::Instant newest;    ///< of its lines
    };
    const BoardPlan& plan_;
    base::FlatMap<base::Key, std::uint32_t> numbers_;
    std::vector<Journal> journals_;
    std::vector<Happening> waiting_;
    std::map<protocol::PeerId, base::Instant> departed_;
    std::size_t faults_read_ = 0;
    std::size_t found_read_ = 0;
    std::uint64_t bad_lines_ = 0;
};

struct ReplaySetup {
    const config::Scenario& scenario;
    const Population& population;
    const policy::Quota& quota;
    Session& session;
};

/// Owners' limits are judged on the way, as far as whole seconds tell: what leaves, the hours, and the disk.
class Replay {
  public:
    explicit Replay(const ReplaySetup& setup);
    ~Replay();
    /// In order of time, and everything until `moment`.
    void tell(const std::vector<Happening>& happenings, const Looks& looks, base::Instant moment);
    /// `disks`: what lies on them after the end.
    void conclude(const Played& played, const std::vector<Inventory>& disks = {});

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace coop::app

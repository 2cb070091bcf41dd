// Measures: what a run means for its members. Fed the same way by a simulation and by real boards.
//
//     reports, traffic, power ──► Measures ──► scalars, histograms and series of config's metric table
//
// Law: only what both worlds can tell goes in, so a metric means the same in both. Nothing here influences a
// run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/app/notices.hpp"
#include "engine/app/objects.hpp"
#include "engine/protocol/effect.hpp"
#include "engine/results/writer.hpp"

namespace coop::app {

using protocol::PeerId;

struct MeasureSetup {
    std::uint32_t members = 0;
    std::size_t copies = 3;                           ///< that the placement policy promises
    base::Duration reach_within = base::seconds(60);  ///< for notice.reach_awake
    std::vector<base::ByteRate> line_up;              ///< by member, the whole line
};

/// One value of config's metric table, or one of a series.
struct Value {
    std::string metric;
    double value = 0;
};

class Measures {
  public:
    explicit Measures(MeasureSetup setup);

    void report(base::Instant at, PeerId node, const protocol::Report& report);
    /// Messages entered their sender's line. Told twice: by whose they were, and by what kind they were.
    /// `line` counts headers too.
    void sent(PeerId from, base::Bytes line) { boards_[from.index].up += line; }
    void sent(std::size_t kind, base::Bytes line, std::uint64_t messages);
    /// By kind: all of them will be told once more, with what was sent since.
    void forget_sent();
    void power_lost(base::Instant at, PeerId node);
    /// The board and what it holds are gone for good.
    void gone(base::Instant at, PeerId node);
    /// Copies that a member reported and does not hold; they count no more.
    std::vector<Objects::Missing> strike_out(const Objects::Holds& holds, PeerId only = PeerId::none()) {
        return objects_.strike_out(holds, only);
    }
    void violation(bool of_quota);

    /// One point of every series.
    std::vector<Value> sample(base::Instant at);
    /// Every metric of the table that was measured; the others are absent, not zero.
    std::vector<Value> scalars(base::Instant end) const;
    /// Distributions behind the medians, in nanoseconds.
    std::vector<std::pair<std::string_view, const results::Histogram*>> histograms() const;

    std::uint32_t members() const { return setup_.members; }
    /// Bytes that this member sent, and how long it was awake until `end`.
    struct MemberTraffic {
        base::Bytes up;
        base::Duration awake;
        double share_of_line = 0;
        base::Bytes disk_most;
    };
    MemberTraffic member(PeerId node, base::Instant end) const;
    const Objects& objects() const { return objects_; }
    const Notices& notices() const { return notices_; }

  private:
    struct Board {
        bool awake = false;
        base::Instant woke;
        base::Duration awake_before;
        base::Bytes up;
        std::uint32_t links = 0;
    };

    void fell_asleep(base::Instant at, PeerId node);
    void add_traffic(std::vector<Value>& values, base::Instant end) const;

    MeasureSetup setup_;
    std::vector<Board> boards_;
    Notices notices_;
    Objects objects_;
    std::array<base::Bytes, 3> sent_{};         // by urgency, the whole run
    std::array<base::Bytes, 3> sent_before_{};  // until the last sample
    std::uint64_t payloads_ = 0;
    std::uint64_t deliveries_ = 0;
    std::uint64_t links_broken_ = 0;
    std::uint32_t links_peak_ = 0;
    std::uint64_t quota_violations_ = 0;
    std::uint64_t violations_ = 0;
};

}  // namespace coop::app

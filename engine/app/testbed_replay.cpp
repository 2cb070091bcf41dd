#include "engine/app/testbed_replay.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/runtime/options.hpp"
#include "engine/sim/quota_checker.hpp"

namespace coop::app {
namespace {

using protocol::PeerId;
using protocol::Report;
using protocol::What;

/// A journal counts whole seconds.
constexpr base::Duration tick = base::seconds(1);
/// A board that has written nothing for so long holds nobody up: it sleeps, or its links do. Should its last
/// second's traffic still come, it is counted then. Guess: longer than any keep-alive of a testbed.
constexpr base::Duration quiet_max = base::minutes(1);

/// The owner's limits, as far as journals tell. What waited for a connection leaves together when it opens,
/// so the rate is judged with that much patience; what is asked for is not in a journal, and not judged.
class OwnersLimits {
  public:
    OwnersLimits(const Population& population, const policy::Quota& quota, Session& session)
        : population_(population), session_(session), hours_bind_(binds_hours(quota)) {
        const base::Duration patience = runtime::Limits{}.handshake_max + tick;
        for (std::uint32_t i = 0; i < population.count(); ++i) {
            const policy::Limits limits = quota.limits(population.owner(i));
            up_.emplace_back(limits.up, limits.burst + limits.up * patience);
            disk_.push_back(limits.disk);
        }
    }

    void on_sent(PeerId member, const SentTick& sent, base::Instant second) {
        sim::RateLaw& law = up_[member.index];
        const base::Bytes above = law.excess_after(sent.line, second + tick);
        if (above.count > 0)
            session_.on_violation({second, member, sim::Broken::quota_up, above, law.burst()});
        const policy::DailyHours hours = population_.owner(member.index).hours;
        const bool late =
            !hours.contains(second) && !hours.contains(second - sim::QuotaChecker::farewell_grace);
        if (hours_bind_ && late && !hours.contains(second + tick)) {
            session_.on_violation({second, member, sim::Broken::outside_hours, sent.line, {0}});
        }
    }

    void at_the_end(base::Instant end) {
        for (std::uint32_t i = 0; i < disk_.size(); ++i) {
            const base::Bytes most = session_.measures().member(PeerId{i}, end).disk_most;
            if (most > disk_[i])
                session_.on_violation({end, PeerId{i}, sim::Broken::over_disk, most - disk_[i], disk_[i]});
        }
    }

  private:
    static bool binds_hours(const policy::Quota& quota) {
        return quota.decide({.act = policy::Act::send,
                             .size = {1},
                             .within_hours = false,
                             .tokens = base::mib(1),
                             .disk_used = {},
                             .disk_limit = base::gigabytes(1)}) == policy::Verdict::outside_hours;
    }

    const Population& population_;
    Session& session_;
    bool hours_bind_;
    std::vector<sim::RateLaw> up_;
    std::vector<base::Bytes> disk_;
};

/// The active links, as each end reported them.
class Links {
  public:
    void on_report(PeerId member, const Report& report) {
        if (report.what == What::link_up && !report.peer.is_none()) links_.insert({member, report.peer});
        if (report.what == What::link_down) links_.erase({member, report.peer});
        if (report.what == What::woke_up || report.what == What::fell_asleep) forget(member);
    }
    void forget(PeerId member) {
        std::erase_if(links_, [&](const auto& link) { return link.first == member; });
    }
    std::vector<results::Edge> edges() const {
        std::vector<results::Edge> edges;
        for (const auto& [from, to] : links_) edges.push_back({from.index, to.index});
        return edges;
    }

  private:
    std::set<std::pair<PeerId, PeerId>> links_;
};

}  // namespace

// --- collecting --------------------------------------------------------------------------------

Collector::Collector(const BoardPlan& plan) : plan_(plan), journals_(plan.keys.size()) {
    for (std::uint32_t i = 0; i < plan.keys.size(); ++i) numbers_[plan.keys[i]] = i;
}

std::string Collector::read(const Played& so_far, bool boards_go_on) {
    const MemberOf member_of = [&](const base::Key& key) {
        const std::uint32_t* const number = numbers_.find(key);
        return number != nullptr ? PeerId{*number} : PeerId::none();
    };
    for (std::uint32_t i = 0; i < journals_.size(); ++i) {
        const std::string path = plan_.folder_of(i) + "/reports.jsonl";
        if (!std::filesystem::exists(path)) continue;  // it has not got as far
        auto journal = read_journal(path, member_of, {journals_[i].read, boards_go_on});
        if (!journal) return journal.error();
        bad_lines_ += journal.value().bad_lines;
        journals_[i].read = journal.value().next;
        for (Entry& entry : journal.value().entries) {
            journals_[i].newest = std::max(journals_[i].newest, entry.at);
            const auto* const report = std::get_if<Report>(&entry.what);
            if (report != nullptr && report->what == What::departed) departed_[PeerId{i}] = entry.at;
            Happening happening{entry.at, PeerId{i}, {}};
            std::visit([&](auto& what) { happening.what = what; }, entry.what);
            waiting_.push_back(std::move(happening));
        }
    }
    for (; faults_read_ < so_far.faults.size(); ++faults_read_) {
        const Befell& fault = so_far.faults[faults_read_];
        waiting_.push_back({fault.at, fault.member, fault.kind});
    }
    for (; found_read_ < so_far.found.size(); ++found_read_) {
        const Found& found = so_far.found[found_read_];
        waiting_.push_back({found.at, PeerId{found.disk.member}, found.disk});
    }
    return {};
}

base::Instant Collector::known_until(base::Instant now, const std::vector<base::Instant>& up_since) const {
    base::Instant known = now;
    for (std::size_t i = 0; i < journals_.size(); ++i) {
        if (up_since[i] == base::Instant::never()) continue;
        // A second's traffic is written with the next line after that second.
        const base::Instant newest = std::max(journals_[i].newest, up_since[i]);
        known = std::min(known, newest - (newest - base::Instant::zero()) % tick);
    }
    return std::max(known, now - quiet_max);
}

std::vector<Happening> Collector::take_until(base::Instant moment) {
    // Stable: what one board did at one moment stays in the order in which it did it, and power goes
    // afterwards.
    const auto rank = [](const Happening& h) {
        const bool of_board =
            std::holds_alternative<Report>(h.what) || std::holds_alternative<SentTick>(h.what);
        return of_board ? h.member.index : protocol::PeerId::none().index;
    };
    std::stable_sort(waiting_.begin(), waiting_.end(), [&](const Happening& a, const Happening& b) {
        return a.at != b.at ? a.at < b.at : rank(a) < rank(b);
    });
    const auto later =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const Happening& h) { return h.at >= moment; });
    std::vector<Happening> taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(later));
    waiting_.erase(waiting_.begin(), later);
    return taken;
}

// --- telling -----------------------------------------------------------------------------------

struct Replay::Parts {
    explicit Parts(const ReplaySetup& setup_of)
        : setup(setup_of),
          limits(setup.population, setup.quota, setup.session),
          sample_at(base::Instant::zero() + setup.scenario.results.sample_every) {}

    void sample_until(base::Instant now, const Looks& looks) {
        for (; sample_at <= now; sample_at += setup.scenario.results.sample_every) {
            const auto look = looks.find(sample_at);
            setup.session.on_links(sample_at, {links.edges(), look != looks.end() ? &look->second : nullptr});
        }
    }

    void tell(const Happening& happening) {
        if (const auto* const report = std::get_if<Report>(&happening.what)) {
            links.on_report(happening.member, *report);
            setup.session.on_report(happening.at, happening.member, *report);
        } else if (const auto* const sent = std::get_if<SentTick>(&happening.what)) {
            limits.on_sent(happening.member, *sent, happening.at);
            setup.session.on_sent(happening.member, *sent, happening.at);
        } else if (const auto* const disk = std::get_if<Inventory>(&happening.what)) {
            audit(happening.at, *disk);
        } else {
            const auto kind = std::get<sim::FaultKind>(happening.what);
            if (kind == sim::FaultKind::power_off || kind == sim::FaultKind::kill)
                links.forget(happening.member);
            setup.session.on_fault({happening.at, happening.member, kind});
        }
    }

    void audit(base::Instant at, const Inventory& disk) {
        const auto holds = [&](PeerId, const base::Digest& object, base::Bytes) {
            return disk.whole.contains(object);
        };
        setup.session.audit(at, holds, PeerId{disk.member});
    }

    ReplaySetup setup;
    OwnersLimits limits;
    Links links;
    base::Instant sample_at;
};

Replay::Replay(const ReplaySetup& setup) : parts_(std::make_unique<Parts>(setup)) {}
Replay::~Replay() = default;

void Replay::tell(const std::vector<Happening>& happenings, const Looks& looks, base::Instant moment) {
    for (const Happening& happening : happenings) {
        parts_->sample_until(happening.at - base::nanoseconds(1), looks);
        parts_->tell(happening);
    }
    // What happens at a sample's very moment belongs to it.
    parts_->sample_until(moment - base::nanoseconds(1), looks);
}

void Replay::conclude(const Played& played, const std::vector<Inventory>& disks) {
    for (const Inventory& disk : disks) parts_->audit(played.end, disk);
    parts_->sample_until(played.end, played.looks);
    const auto look = played.looks.find(played.end);
    parts_->setup.session.on_last_links(
        played.end, {parts_->links.edges(), look != played.looks.end() ? &look->second : nullptr});
    for (const Collapse& collapse : played.collapses) {
        const std::string detail = "the board's program ended by itself (" + collapse.how + ")";
        parts_->setup.session.on_broken(collapse.at, collapse.member, detail);
    }
    parts_->limits.at_the_end(played.end);
}

}  // namespace coop::app

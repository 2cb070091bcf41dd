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

base::Result<Collected, std::string> collect(const BoardPlan& plan, const Played& played) {
    base::FlatMap<base::Key, std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < plan.keys.size(); ++i) numbers[plan.keys[i]] = i;
    const MemberOf member_of = [&](const base::Key& key) {
        const std::uint32_t* const number = numbers.find(key);
        return number != nullptr ? PeerId{*number} : PeerId::none();
    };
    Collected collected;
    for (std::uint32_t i = 0; i < plan.keys.size(); ++i) {
        const std::string path = plan.folder_of(i) + "/reports.jsonl";
        if (!std::filesystem::exists(path)) continue;  // it never got as far
        auto journal = read_journal(path, member_of);
        if (!journal) return journal.error();
        collected.bad_lines += journal.value().bad_lines;
        for (Entry& entry : journal.value().entries) {
            Happening happening{entry.at, PeerId{i}, {}};
            std::visit([&](auto& what) { happening.what = what; }, entry.what);
            collected.happenings.push_back(std::move(happening));
        }
    }
    for (const Befell& fault : played.faults)
        collected.happenings.push_back({fault.at, fault.member, fault.kind});
    std::erase_if(collected.happenings, [&](const Happening& h) { return h.at > played.end; });
    // Stable: what one board did at one moment stays in the order in which it did it, and power goes
    // afterwards.
    std::stable_sort(collected.happenings.begin(), collected.happenings.end(),
                     [](const Happening& a, const Happening& b) { return a.at < b.at; });
    return collected;
}

void replay(const Collected& collected, const Played& played, const ReplaySetup& setup) {
    OwnersLimits limits(setup.population, setup.quota, setup.session);
    Links links;
    base::Instant sample_at = base::Instant::zero() + setup.scenario.results.sample_every;
    const auto sample_until = [&](base::Instant now) {
        for (; sample_at <= now; sample_at += setup.scenario.results.sample_every) {
            setup.session.on_links(sample_at, links.edges());
        }
    };
    for (const Happening& happening : collected.happenings) {
        sample_until(happening.at - base::nanoseconds(1));
        if (const auto* const report = std::get_if<Report>(&happening.what)) {
            links.on_report(happening.member, *report);
            setup.session.on_report(happening.at, happening.member, *report);
        } else if (const auto* const sent = std::get_if<SentTick>(&happening.what)) {
            limits.on_sent(happening.member, *sent, happening.at);
            setup.session.on_sent(happening.member, *sent, happening.at);
        } else {
            const auto kind = std::get<sim::FaultKind>(happening.what);
            if (kind == sim::FaultKind::power_off || kind == sim::FaultKind::kill)
                links.forget(happening.member);
            setup.session.on_fault({happening.at, happening.member, kind});
        }
    }
    sample_until(played.end);
    for (const Collapse& collapse : played.collapses) {
        setup.session.on_broken(collapse.at, collapse.member, collapse.how);
    }
    limits.at_the_end(played.end);
}

}  // namespace coop::app

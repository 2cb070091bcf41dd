// Testbed: a scenario played to real node programs on this machine, from the file to the results.
//
//     load ─► populate ─► start boards ─► play in real time ─► collect journals ─► measure ─► judge ─►
//     results.db
#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/app/commands.hpp"
#include "engine/app/memory.hpp"
#include "engine/app/progress.hpp"
#include "engine/app/run.hpp"
#include "engine/app/run_folder.hpp"
#include "engine/app/testbed_replay.hpp"

namespace coop::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Between writing the boards' files and midnight of day 0.
constexpr base::Duration before_the_play = base::milliseconds(500);
/// What a kill may cost at most, beside the second or two that a board's traffic is written late.
constexpr base::Duration flush_every = base::seconds(2);

int complain(std::string_view message) {
    fmt::print(stderr, "{}\n", message);
    return exit_usage;
}

base::Duration epoch_from_now() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return base::milliseconds(std::chrono::ceil<std::chrono::milliseconds>(since_1970).count()) +
           before_the_play;
}

/// Why it can only be simulated; empty when it can be played.
std::string not_for_real(const config::Scenario& scenario) {
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        if (scenario.faults[i].kind != config::FaultKind::disk_full) continue;
        return fmt::format(
            "fault {} fills a disk, and all boards of a testbed share the one of this computer\n"
            "   simulate it with coopsim run, or choose another fault",
            i);
    }
    return {};
}

std::string command_of(const TestbedRequest& request) {
    return fmt::format(R"(exec "$program" testbed --local {} "$here/scenario.toml" "$@")", request.local);
}

class Testbed {
  public:
    Testbed(const TestbedRequest& request, const config::Loaded& loaded, RunFolder folder,
            results::Writer writer)
        : request_(request),
          loaded_(loaded),
          scenario_(loaded.scenario),
          folder_(std::move(folder)),
          writer_(std::move(writer)),
          population_(populate(scenario_)),
          policies_(make_policies(scenario_.policy)),
          faults_(population_.faults),
          session_({loaded_, population_, *policies_.placement, faults_.gone(), writer_, true}) {}

    int run(const std::string& program) {
        const auto plan = plan_boards(folder_.path() + "/nodes", request_.local);
        if (!plan) return complain(plan.error());
        std::string trouble = announce();
        if (!trouble.empty()) return complain(trouble);
        const auto began = SteadyClock::now();
        const base::Duration epoch = epoch_from_now();
        trouble = write_node_files(plan.value(), loaded_, population_, epoch);
        if (!trouble.empty()) return give_up(trouble);

        Collector collector(plan.value());
        Replay replay({scenario_, population_, *policies_.quota, session_});
        const Played played = play({plan.value(), program, epoch}, collector, replay);
        trouble = collector.read(played, false);
        if (!trouble.empty()) return give_up(trouble);
        const base::Instant after_the_end = played.end + base::nanoseconds(1);
        replay.tell(collector.take_until(after_the_end), played.looks, played.end);
        replay.conclude(played, look_at_disks(plan.value(), collector.take_until(base::Instant::never())));
        note(played, collector);
        run_.wall_s = std::chrono::duration<double>(SteadyClock::now() - began).count();
        return conclude(played, plan.value());
    }

  private:
    /// All that can be told before the run, so that a killed one is no riddle.
    std::string announce() {
        run_.id = folder_.id();
        run_.name = scenario_.name;
        run_.source = results::Source::testbed;
        run_.version = COOP_VERSION;
        run_.seed = scenario_.seed;
        run_.started_utc = folder_.started_utc();
        writer_.begin(run_);
        write_description(writer_, loaded_, population_);
        std::string trouble = folder_.describe(loaded_, command_of(request_));
        if (trouble.empty()) trouble = folder_.conclude(loaded_, run_);
        if (!trouble.empty()) return trouble;
        const results::Status stored = writer_.flush();
        return stored ? "" : stored.error().message;
    }

    int give_up(const std::string& trouble) {
        run_.status = results::RunStatus::failed;
        (void)folder_.conclude(loaded_, run_);  // on a full disk, the manifest stays as it is
        return complain(trouble);
    }

    struct Boards {
        const BoardPlan& plan;
        std::string program;
        base::Duration epoch;
    };

    Played play(const Boards& boards, Collector& collector, Replay& replay) {
        fmt::print("{} real boards on this computer, {} in real time …\n", request_.local,
                   human_seconds(scenario_.duration.seconds()));
        std::fflush(stdout);
        ProgressLine line(request_.scenario);
        base::Instant flush_at = base::Instant::zero() + flush_every;
        TestbedDriver* playing = nullptr;
        TestbedDriver driver({scenario_, population_, boards.plan, boards.program, boards.epoch,
                              request_.interrupted, [&](base::Instant now) {
                                  line.update(now.seconds(), scenario_.duration.seconds());
                                  if (now < flush_at) return;
                                  keep_so_far(now, *playing, collector, replay);
                                  flush_at = now + flush_every;
                              }});
        playing = &driver;
        return driver.play();
    }

    /// Trouble is told at the end, where the same is read again.
    void keep_so_far(base::Instant now, TestbedDriver& driver, Collector& collector, Replay& replay) {
        (void)collector.read(driver.so_far(), true);
        for (const auto& [member, at] : collector.departed()) driver.has_departed(member, at);
        const base::Instant known = collector.known_until(now, driver.up_since());
        replay.tell(collector.take_until(known), driver.so_far().looks, known);
        (void)writer_.flush();
    }

    /// After all boards have stopped. What one let go of since the end, it still held then.
    std::vector<Inventory> look_at_disks(const BoardPlan& plan, const std::vector<Happening>& later) const {
        std::vector<Inventory> disks;
        for (std::uint32_t i = 0; i < population_.count(); ++i) {
            disks.push_back({i, whole_objects(plan.folder_of(i), Look::at_every_byte)});
        }
        for (const Happening& happening : later) {
            const auto* const report = std::get_if<protocol::Report>(&happening.what);
            if (report == nullptr || report->what != protocol::What::released) continue;
            disks[happening.member.index].whole.insert(report->object);
        }
        return disks;
    }

    void note(const Played& played, const Collector& collector) {
        const auto say = [&](std::string_view key, const auto& value, std::string sentence) {
            writer_.attribute(std::string("testbed.") + std::string(key), fmt::format("{}", value));
            if (!sentence.empty()) notes_ += "  " + sentence + "\n";
        };
        const double late = played.late_max.seconds();
        say("late_max_s", late,
            fmt::format("This computer was at most {} late with anything that was due.",
                        human_seconds(late)));
        say("wishes", played.wishes, "");
        say("wishes_of_stopped", played.wishes_of_stopped,
            played.wishes_of_stopped == 0
                ? ""
                : fmt::format("{} wishes came to nothing: the scenario had stopped their board, or not yet "
                              "started it, as in the simulation.",
                              played.wishes_of_stopped));
        say("wishes_of_collapsed", played.wishes_of_collapsed,
            played.wishes_of_collapsed == 0
                ? ""
                : fmt::format("{} wishes came to nothing: their board had ended by itself.",
                              played.wishes_of_collapsed));
        say("wishes_refused", played.wishes_refused,
            played.wishes_refused == 0
                ? ""
                : fmt::format("{} wishes were refused or not answered.", played.wishes_refused));
        say("bad_lines", collector.bad_lines(),
            collector.bad_lines() == 0
                ? ""
                : fmt::format("{} journal lines could not be read.", collector.bad_lines()));
        say("killed_at_end", played.killed_at_end,
            played.killed_at_end == 0
                ? ""
                : fmt::format("{} boards did not stop when asked to.", played.killed_at_end));
        notes_ +=
            "  Electricity is not measured here. A board that is killed takes up to a second of its traffic "
            "counts along.\n";
    }

    std::vector<MemberUse> member_uses(base::Instant end) const {
        std::vector<MemberUse> uses;
        const double days = end.seconds() / 86'400;
        for (std::uint32_t i = 0; i < population_.count(); ++i) {
            const Measures::MemberTraffic traffic = session_.measures().member(protocol::PeerId{i}, end);
            MemberUse use;
            use.share_of_line = traffic.share_of_line;
            use.up_bytes_a_day = days > 0 ? static_cast<double>(traffic.up.count) / days : 0;
            use.disk_bytes = static_cast<double>(traffic.disk_most.count);
            uses.push_back(use);
        }
        return uses;
    }

    int conclude(const Played& played, const BoardPlan& plan) {
        const Metrics metrics = by_name(session_.measures().scalars(played.end));
        write_metrics(writer_, session_.measures(), metrics, played.end);
        const auto verdicts = judge(scenario_, metrics);
        bool passed = session_.broken().empty();
        for (const results::Expectation& verdict : verdicts) {
            writer_.expectation(verdict);
            passed = passed && verdict.passed;
        }
        run_.status = !played.collapses.empty() ? results::RunStatus::failed
                      : played.interrupted      ? results::RunStatus::interrupted
                                                : results::RunStatus::finished;
        run_.simulated = played.end - base::Instant::zero();
        run_.peak_rss = memory_peak();
        const auto stored = writer_.finish({run_.status, "", run_.simulated, run_.wall_s, run_.peak_rss});
        const std::string trouble = stored ? folder_.conclude(loaded_, run_) : stored.error().message;
        if (!trouble.empty()) return complain(trouble);

        if (!played.collapses.empty()) return tell_of_the_end(played, plan);
        fmt::print("{}\nAbout this run\n{}\n",
                   summarise({scenario_, population_, session_.measures(), metrics, verdicts,
                              member_uses(played.end), session_.timeline(), run_.simulated, "on real boards",
                              session_.broken()}),
                   notes_);
        fmt::print("Results in {0}   each board's files and log in {0}/nodes\n", folder_.path());
        if (!played.interrupted) return passed ? exit_ok : exit_failed;
        fmt::print("{}", caveat(run_.simulated.seconds(), scenario_.duration.seconds()));
        return exit_interrupted;
    }

    int tell_of_the_end(const Played& played, const BoardPlan& plan) const {
        const Collapse& first = played.collapses.front();
        std::string story =
            fmt::format("{}'s board ended by itself after {} ({}); the run ends with it\n",
                        member_name(first.member.index), human_seconds(first.at.seconds()), first.how);
        if (!first.last_words.empty()) story += "   its last words: " + first.last_words + "\n";
        story += fmt::format("   its log: {}/log.txt\n", plan.folder_of(first.member.index));
        if (!first.is_crash)
            story += "   it never began to serve: is this the node program of this version?\n";
        if (played.collapses.size() > 1) {
            story += fmt::format("   {} others ended by themselves at about the same time\n",
                                 played.collapses.size() - 1);
        }
        fmt::print(stderr, "{}", story);
        fmt::print("What had been measured is in {}\n", folder_.path());
        return first.is_crash ? exit_crash : exit_usage;
    }

    const TestbedRequest& request_;
    const config::Loaded& loaded_;
    const config::Scenario& scenario_;
    RunFolder folder_;
    results::Writer writer_;
    Population population_;
    OwnedPolicies policies_;
    models::FaultPlan faults_;
    Session session_;
    results::Run run_;
    std::string notes_;
};

}  // namespace

int testbed(const TestbedRequest& request) {
    const auto loaded = config::load_scenario(request.scenario, request.set);
    if (!loaded) return complain(loaded.error().to_text());
    const std::uint32_t members = loaded.value().scenario.members.count;
    if (request.local == 0) {
        return complain(
            fmt::format("--local is how many node programs to start, at least 1\n   {} has {} members: use "
                        "--local {}",
                        request.scenario, members, members));
    }
    if (members != request.local) {
        return complain(fmt::format(
            "{} has {} members, and --local asks for {} boards: there is one board for each member\n"
            "   use --local {}, or --set members.count={}",
            request.scenario, members, request.local, members, request.local));
    }
    const std::string unplayable = not_for_real(loaded.value().scenario);
    if (!unplayable.empty()) return complain(request.scenario + ": " + unplayable);
    const std::string program = coopnode_path(request.coopnode);
    if (::access(program.c_str(), X_OK) != 0) {
        return complain(fmt::format(
            "there is no node program at {}\n   build it, or say where it is with --coopnode", program));
    }
    auto folder = RunFolder::create(request.out, loaded.value().scenario);
    if (!folder) return complain(folder.error());
    auto writer = results::Writer::create(folder.value().database());
    if (!writer) return complain(writer.error().message);
    Testbed run(request, loaded.value(), std::move(folder).value(), std::move(writer).value());
    return run.run(program);
}

}  // namespace coop::app

#include "engine/app/run.hpp"

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/app/memory.hpp"
#include "engine/app/population.hpp"
#include "engine/app/progress.hpp"
#include "engine/app/run_folder.hpp"
#include "engine/app/session.hpp"
#include "engine/app/summary.hpp"
#include "engine/config/units.hpp"
#include "engine/results/reader.hpp"
#include "engine/sim/simulation.hpp"
#include "engine/sim/wire_recoder.hpp"
#include "models/board/boards.hpp"
#include "models/cost/cost.hpp"
#include "models/network/access.hpp"

namespace coop::app {
namespace {

using Clock = std::chrono::steady_clock;

/// A killed run keeps what it had until this long before.
constexpr auto flush_every = std::chrono::seconds(2);
/// Asking the kernel costs 10 µs; nobody fills a machine's memory between two such looks.
constexpr auto weigh_every = std::chrono::milliseconds(100);

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/// The seed and what was set are in the resolved scenario.
std::string reproduce_command(const RunRequest& request) {
    std::string command = R"(exec "$program" run "$here/scenario.toml")";
    if (request.events) command += " --events";
    if (request.encode != "never") command += " --encode " + request.encode;
    return command + R"( "$@")";
}

models::AccessParams access_params(const config::Scenario& scenario, const Population& population) {
    return {.seed = scenario.seed,
            .lines = scenario.lines,
            .line_of_member = population.line_of,
            .backbone = {scenario.network.one_way_least, scenario.network.one_way_most},
            .splits = {},
            .message_loss = scenario.lab.loss};
}

/// Empty when the scenario fits.
std::string does_not_fit(const std::string& file, const config::Scenario& scenario, base::Bytes most) {
    const base::Bytes needed = memory_needed(scenario);
    if (needed <= most) return "";
    constexpr std::int64_t step = 100'000'000;
    const base::Bytes enough{step * (needed.count / step + 1)};
    return fmt::format(
        "{}: {} boards need about {} of memory, and {} may be used\n"
        "   try fewer members, a smaller membership.members_max, or --memory {} where there is as much",
        file, scenario.members.count, human_bytes(static_cast<double>(needed.count)),
        human_bytes(static_cast<double>(most.count)),
        config::print_quantity(enough.count, config::Dimension::size).text());
}

/// Empty when a run has as many threads as were asked for.
std::string why_one_thread(sim::OneThread why) {
    switch (why) {
        case sim::OneThread::no:
        case sim::OneThread::asked_for: return "";
        case sim::OneThread::no_lookahead:
            return "a message may arrive at once here (first_hop and one_way_least are 0), so that no thread "
                   "may go ahead of the others";
        case sim::OneThread::encodes: return "messages that are encoded on their way take turns (--encode)";
        case sim::OneThread::steps_followed: return "somebody follows every step";
    }
    return "";
}

std::string grew_too_large(base::Bytes most) {
    return fmt::format("Stopped: it grew beyond the {} of memory that it may use (--memory).\n",
                       human_bytes(static_cast<double>(most.count)));
}

/// The world of one scenario, simulated.
class Stage {
  public:
    Stage(const RunRequest& request, const config::Loaded& loaded, RunFolder folder, results::Writer writer)
        : request_(request),
          loaded_(loaded),
          scenario_(loaded.scenario),
          folder_(std::move(folder)),
          writer_(std::move(writer)),
          population_(populate(scenario_)),
          policies_(make_policies(scenario_.policy)),
          boards_(scenario_.profiles, population_.board_of),
          network_(access_params(scenario_, population_)),
          wishes_(population_.wishes),
          faults_(population_.faults),
          session_({loaded_, population_, *policies_.placement, faults_.gone(), writer_, request.events}),
          recoder_(scenario_.seed, scenario_.members.count),
          simulation_(setup(), {boards_, *population_.members, network_, wishes_, faults_, session_}) {}

    base::Result<RunOutcome, RunError> play(base::Bytes memory_most, const OnProgress& on_progress) {
        memory_most_ = memory_most;
        const Clock::time_point began = Clock::now();
        run_ = {.id = folder_.id(),
                .name = scenario_.name,
                .source = results::Source::simulated,
                .version = COOP_VERSION,
                .seed = scenario_.seed,
                .started_utc = folder_.started_utc(),
                .status = results::RunStatus::running,
                .fingerprint = "",
                .simulated = {},
                .wall_s = 0,
                .peak_rss = {}};
        if (std::string trouble = announce(); !trouble.empty()) return RunError(trouble);
        const base::Instant end = base::Instant::zero() + scenario_.duration;
        const auto stop = simulation_.run_until(end, watch(end, on_progress));
        run_.wall_s = seconds_since(began);
        if (!flush_trouble_.empty()) return given_up();
        run_.status =
            stop == sim::Stop::interrupted ? results::RunStatus::interrupted : results::RunStatus::finished;
        return conclude();
    }

  private:
    /// All that can be told before the run, so that a killed one is no riddle.
    std::string announce() {
        std::string trouble = folder_.describe(loaded_, reproduce_command(request_));
        if (trouble.empty()) trouble = folder_.conclude(loaded_, run_);
        if (!trouble.empty()) return trouble;
        writer_.begin(run_);
        write_description(writer_, loaded_, population_);
        const results::Status stored = writer_.flush();
        return stored ? "" : stored.error().message;
    }

    /// Nobody would see the figures of the rest, so it is not computed.
    RunError given_up() {
        run_.status = results::RunStatus::failed;
        run_.simulated = simulation_.now() - base::Instant::zero();
        (void)writer_.finish({run_.status, "", run_.simulated, run_.wall_s, {}});
        // On a full disk either may stay as it is; what the results cannot say, the manifest does not either.
        const auto stored = results::Reader::open(folder_.path());
        const auto row = stored ? stored.value().run() : stored.error();
        if (row && row.value().status == run_.status) (void)folder_.conclude(loaded_, run_);
        return fmt::format("{}\nstopped after {} of {}: what was written before is in {}", flush_trouble_,
                           human_seconds(run_.simulated.seconds()),
                           human_seconds(scenario_.duration.seconds()), folder_.path());
    }

    sim::Setup setup() {
        sim::Setup setup;
        setup.seed = scenario_.seed;
        setup.policies = policies_.view();
        setup.sample_every = scenario_.results.sample_every;
        setup.threads = request_.threads;
        setup.keep_records = !scenario_.faults.empty();
        setup.count_kinds = false;
        setup.encode = request_.encode == "always"    ? sim::Encode::always
                       : request_.encode == "sampled" ? sim::Encode::sampled
                                                      : sim::Encode::never;
        setup.recoder = setup.encode == sim::Encode::never ? nullptr : &recoder_;
        setup.crypto = scenario_.simulation.crypto == config::CryptoChoice::real ? sim::Cryptography::real
                                                                                 : sim::Cryptography::priced;
        return setup;
    }

    sim::Watch watch(base::Instant end, const OnProgress& on_progress) {
        return [this, end, &on_progress, flushed = Clock::now(),
                weighed = Clock::now()](const sim::Progress& progress) mutable {
            const Clock::time_point now = Clock::now();
            if (now - flushed > flush_every) {
                const results::Status stored = writer_.flush();
                if (!stored) flush_trouble_ = stored.error().message;
                if (!stored) return true;
                flushed = Clock::now();
            }
            if (request_.interrupted != nullptr && request_.interrupted->load()) return true;
            if (now - weighed > weigh_every) {
                out_of_memory_ = memory_taken() > memory_most_;
                if (out_of_memory_) return true;
                weighed = now;
            }
            return on_progress && on_progress({progress.now, end, progress.events});
        };
    }

    std::vector<MemberUse> member_uses(base::Instant end) {
        std::vector<MemberUse> uses;
        const double days = end.seconds() / 86'400;
        for (std::uint32_t i = 0; i < population_.count(); ++i) {
            const PeerId node{i};
            const Measures::MemberTraffic traffic = session_.measures().member(node, end);
            const models::MemberCost cost = models::cost_of(
                simulation_.board(node), simulation_.counters(node),
                {population_.owner(i).line_up, population_.owner(i).line_down, end - base::Instant::zero()});
            uses.push_back({.share_of_line = traffic.share_of_line,
                            .up_bytes_a_day = days > 0 ? static_cast<double>(traffic.up.count) / days : 0,
                            .kwh = cost.kwh,
                            .kwh_in_hours = cost.kwh_in_hours,
                            .disk_bytes = static_cast<double>(traffic.disk_most.count)});
            write_member_scalar(writer_, {"member.kwh", "kWh", "Electricity, with the board on all day."}, i,
                                cost.kwh);
            write_member_scalar(writer_,
                                {"member.kwh_in_hours", "kWh", "Electricity within the sharing hours alone."},
                                i, cost.kwh_in_hours);
        }
        return uses;
    }

    Metrics metrics(base::Instant end, const std::vector<MemberUse>& uses) const {
        Metrics metrics = by_name(session_.measures().scalars(end));
        double sum = 0, worst = 0;
        for (const MemberUse& use : uses) {
            sum += use.kwh_in_hours;
            worst = std::max(worst, use.kwh_in_hours);
        }
        metrics["energy.kwh_per_member"] = sum / static_cast<double>(uses.size());
        metrics["energy.kwh_per_member_worst"] = worst;
        return metrics;
    }

    base::Result<RunOutcome, RunError> conclude() {
        const base::Instant end = simulation_.now();
        session_.on_end(simulation_);
        const std::vector<MemberUse> uses = member_uses(end);
        const Metrics all = metrics(end, uses);
        write_metrics(writer_, session_.measures(), all, end);
        const auto verdicts = judge(scenario_, all);
        bool passed = session_.broken().empty();
        for (const results::Expectation& verdict : verdicts) {
            writer_.expectation(verdict);
            passed = passed && verdict.passed;
        }
        run_.fingerprint = fmt::format("{:016x}", simulation_.fingerprint().value);
        run_.simulated = end - base::Instant::zero();
        run_.peak_rss = memory_peak();
        const results::Status stored =
            writer_.finish({run_.status, run_.fingerprint, run_.simulated, run_.wall_s, run_.peak_rss});
        if (!stored) return RunError(stored.error().message);
        const std::string trouble = folder_.conclude(loaded_, run_);
        if (!trouble.empty()) return RunError(trouble);
        std::string summary =
            summarise({scenario_, population_, session_.measures(), all, verdicts, uses, session_.timeline(),
                       run_.simulated, "simulated", session_.broken()});
        if (out_of_memory_) summary += "\n" + grew_too_large(memory_most_);
        if (run_.status == results::RunStatus::interrupted) {
            summary += "\n" + caveat(run_.simulated.seconds(), scenario_.duration.seconds());
        }
        return RunOutcome{.folder = folder_.path(),
                          .summary = summary,
                          .fingerprint = run_.fingerprint,
                          .status = run_.status,
                          .out_of_memory = out_of_memory_,
                          .one_thread = why_one_thread(simulation_.one_thread()),
                          .passed = passed};
    }

    const RunRequest& request_;
    const config::Loaded& loaded_;
    const config::Scenario& scenario_;
    RunFolder folder_;
    results::Writer writer_;
    Population population_;
    OwnedPolicies policies_;
    models::ProfiledBoards boards_;
    models::AccessNetwork network_;
    models::Wishes wishes_;
    models::FaultPlan faults_;
    Session session_;
    sim::WireRecoder recoder_;
    sim::Simulation simulation_;
    results::Run run_;
    std::string flush_trouble_;
    base::Bytes memory_most_{};
    bool out_of_memory_ = false;
};

}  // namespace

std::string caveat(double covered_s, double planned_s) {
    return fmt::format(
        "Interrupted: what had been measured is kept. Figures and verdicts cover only the first {} of {}.\n",
        human_seconds(covered_s), human_seconds(planned_s));
}

std::string to_text(const RunError& error) {
    if (const auto* diagnostic = std::get_if<config::Diagnostic>(&error)) return diagnostic->to_text();
    return std::get<std::string>(error);
}

base::Result<RunOutcome, RunError> run_scenario(const RunRequest& request, const OnProgress& on_progress) {
    std::vector<std::string> overrides = request.set;
    if (request.seed) overrides.push_back(fmt::format("seed={}", *request.seed));
    const auto loaded = config::load_scenario(request.scenario, overrides);
    if (!loaded) return RunError(loaded.error());
    const auto memory = memory_limit(request.memory);
    if (!memory) return RunError(memory.error());
    if (std::string trouble = does_not_fit(request.scenario, loaded.value().scenario, memory.value());
        !trouble.empty())
        return RunError(trouble);
    auto folder = RunFolder::create(request.out, loaded.value().scenario);
    if (!folder) return RunError(folder.error());
    auto writer = results::Writer::create(folder.value().database());
    if (!writer) return RunError(writer.error().message);
    Stage stage(request, loaded.value(), std::move(folder).value(), std::move(writer).value());
    return stage.play(memory.value(), on_progress);
}

int run(const RunRequest& request) {
    base::Result<RunOutcome, RunError> result = [&] {
        ProgressLine line(request.scenario);
        return run_scenario(request, [&](const RunProgress& progress) {
            line.update(progress.now.seconds(), progress.end.seconds());
            return false;
        });
    }();
    if (!result) {
        fmt::print(stderr, "{}\n", to_text(result.error()));
        return exit_usage;
    }
    const RunOutcome& outcome = result.value();
    if (!request.quiet) fmt::print("{}\n", outcome.summary);
    if (!outcome.one_thread.empty()) fmt::print(stderr, "On one thread: {}.\n", outcome.one_thread);
    fmt::print("Fingerprint {}   results in {}   again: {}/reproduce.sh\n", outcome.fingerprint,
               outcome.folder, outcome.folder);
    if (outcome.out_of_memory) return exit_memory;
    if (outcome.status == results::RunStatus::interrupted) return exit_interrupted;
    return outcome.passed ? exit_ok : exit_failed;
}

}  // namespace coop::app

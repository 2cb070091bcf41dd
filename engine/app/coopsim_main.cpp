// coopsim: reads the words of the command line and hands them to a command.
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>

#include "engine/app/commands.hpp"
#include "engine/app/process.hpp"
#include "engine/app/words.hpp"

namespace {

using namespace coop::app;

std::atomic<bool> interrupted{false};

void interrupt(int) {
    if (interrupted.exchange(true)) std::_Exit(exit_interrupted);  // asked twice: at once
}

void obey_interrupts() {
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
    const auto before = std::signal(SIGHUP, interrupt);
    if (before == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // under nohup the run goes on
}

using Command = std::function<int()>;

/// What the scenario's own key `seed` takes.
std::string is_seed(const std::string& word) {
    std::int64_t seed = -1;
    const auto [end, trouble] = std::from_chars(word.data(), word.data() + word.size(), seed);
    if (trouble == std::errc{} && end == word.data() + word.size() && seed >= 0) return "";
    return "a seed is a whole number from 0 to 9223372036854775807, and \"" + word + "\" is not";
}

/// Beyond what any processor has today; each costs memory.
constexpr std::uint32_t threads_max = 256;

void add_run(CLI::App& app, Command& chosen) {
    auto request = std::make_shared<RunRequest>();
    CLI::App* const sub = app.add_subcommand("run", "Simulate a scenario file and judge what it expects");
    sub->add_option("scenario", request->scenario, "The scenario file, for example scenarios/village.toml")
        ->required();
    sub->add_option("--set", request->set, "Change a value: members.count=60; may be given several times")
        ->type_name("KEY=VALUE");
    auto seed = std::make_shared<std::string>();
    sub->add_option("--seed", *seed, "Another draw of everything that is left to chance")
        ->check(is_seed)
        ->type_name("NUMBER");
    sub->add_option("--out", request->out, "Folder for results")->capture_default_str();
    sub->add_flag("--events", request->events, "Keep every event in the results (large)");
    sub->add_flag("--quiet", request->quiet, "Print only the fingerprint and the folder");
    sub->add_option("--encode", request->encode, "Really encode and decode messages on their way")
        ->check(CLI::IsMember({"never", "sampled", "always"}))
        ->capture_default_str();
    sub->add_option("--threads", request->threads, "Cores to use; worth it from some thousand boards on")
        ->check(CLI::Range(1U, threads_max))
        ->type_name("NUMBER")
        ->capture_default_str();
    sub->add_option("--memory", request->memory, "Memory that it may use (default: what is free)")
        ->type_name("SIZE");
    request->interrupted = &interrupted;
    sub->callback([request, seed, &chosen] {
        if (!seed->empty()) request->seed = std::strtoull(seed->c_str(), nullptr, 10);
        chosen = [request] { return run(*request); };
    });
}

void add_testbed(CLI::App& app, Command& chosen) {
    auto request = std::make_shared<TestbedRequest>();
    CLI::App* const sub =
        app.add_subcommand("testbed", "Play a scenario to real node programs, in real time");
    sub->add_option("scenario", request->scenario, "The scenario file, for example scenarios/handful.toml")
        ->required();
    sub->add_option("--local", request->local, "How many node programs to start on this machine")->required();
    sub->add_option("--set", request->set, "Change a value: members.count=60")->type_name("KEY=VALUE");
    sub->add_option("--out", request->out, "Folder for results")->capture_default_str();
    sub->add_option("--coopnode", request->coopnode, "The node program (default: beside coopsim)");
    request->interrupted = &interrupted;
    sub->callback([request, &chosen] { chosen = [request] { return testbed(*request); }; });
}

void add_compare(CLI::App& app, Command& chosen) {
    auto request = std::make_shared<CompareRequest>();
    CLI::App* const sub = app.add_subcommand("compare", "Put two runs side by side, metric by metric");
    sub->add_option("one", request->a, "A run's folder or results.db")->required();
    sub->add_option("other", request->b, "What to put beside it")->required();
    sub->callback([request, &chosen] { chosen = [request] { return compare(*request); }; });
}

void add_export(CLI::App& app, Command& chosen) {
    auto request = std::make_shared<ExportRequest>();
    CLI::App* const sub = app.add_subcommand("export", "Write a part of a run as CSV to standard output");
    sub->add_option("run", request->run, "A run's folder or results.db")->capture_default_str();
    auto* const what = sub->add_option_group("what", "one of these");
    what->add_flag("--events", request->events, "Every event (of a run made with --events)");
    what->add_option("--graph", request->graph, "The overlay as an edge list")
        ->check(CLI::IsMember({"active", "eager"}));
    what->add_option("--series", request->series, "A metric over time");
    what->require_option(1);
    sub->add_option("--at", request->at,
                    "For a graph: the newest one at or before this time, for example 12h (default: the end)");
    sub->add_option("--kind", request->kind, "For events: only this kind");
    sub->callback([request, &chosen] { chosen = [request] { return export_csv(*request); }; });
}

void add_small_ones(CLI::App& app, Command& chosen) {
    app.add_subcommand("policies", "List the policies with their parameters, units, defaults and origins")
        ->callback([&chosen] { chosen = list_policies; });
    auto path = std::make_shared<std::string>("out/latest");
    CLI::App* const sub = app.add_subcommand("report", "Print the figures of a finished run again");
    sub->add_option("run", *path, "A run's folder or results.db")->capture_default_str();
    sub->callback([path, &chosen] { chosen = [path] { return report(*path); }; });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "run") ask_for_huge_pages(argv);
    prepare_process("coopsim");
    CLI::App app("coopsim: what a cooperative's cloud of small computers would do, before anybody buys one.",
                 "coopsim");
    app.failure_message(what_is_missing);
    app.set_version_flag("--version", std::string("coopsim ") + COOP_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 every expectation holds, 1 an expectation or invariant failed or two runs differ,\n"
        "2 a wrong word, file or value, 3 out of memory with results kept, 4 a crash (a bug of coopsim),\n"
        "130 interrupted with results kept.");
    Command chosen;
    add_run(app, chosen);
    add_testbed(app, chosen);
    add_compare(app, chosen);
    add_export(app, chosen);
    add_small_ones(app, chosen);
    if (const std::string wrong = wrong_word(app, argc, argv); !wrong.empty()) {
        std::fprintf(stderr, "coopsim: %s\n", wrong.c_str());
        return exit_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return after_output(app.exit(error) == 0 ? exit_ok : exit_usage);  // CLI11 has codes of its own
    }
    obey_interrupts();
    try {
        return after_output(chosen());
    } catch (const std::exception& error) {
        if (std::ferror(stdout) != 0) return after_output(exit_usage);
        std::fprintf(stderr, "coopsim: %s\n", error.what());
        std::abort();
    }
}

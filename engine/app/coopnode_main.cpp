// coopnode: one real board. `coopnode --config node.toml` serves; everything else asks a board that is
// running.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "engine/app/board_program.hpp"
#include "engine/app/commands.hpp"
#include "engine/app/process.hpp"
#include "engine/app/words.hpp"

namespace {

using namespace coop;

struct Arguments {
    std::string config;
    std::vector<std::string> set;
    app::OwnerQuestion question;
    std::int64_t within_s = 3600;
};

void add_questions(CLI::App& program, Arguments& args) {
    program.add_subcommand("key",
                           "Print this member's public key (made on the first start) for others' contacts");
    program.add_subcommand("status", "What the running board is doing");
    CLI::App* const put = program.add_subcommand("put", "Keep a file in the pool; prints the object's name");
    put->add_option("FILE", args.question.file, "The file")->required();
    CLI::App* const get = program.add_subcommand("get", "Fetch an object from the pool into a file");
    get->add_option("OBJECT", args.question.object, "Its name, 64 hexadecimal digits")->required();
    get->add_option("FILE", args.question.file, "Where to write it")->required();
    get->add_option("--within", args.within_s,
                    "Give up waiting after this many seconds (the board goes on trying)")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{7 * 24 * 3600}));
    CLI::App* const publish = program.add_subcommand("publish", "Say a few words to all members");
    publish->add_option("TEXT", args.question.text, "At most 16 KiB")->required();
    program.add_subcommand("leave", "Say farewell for good; others take over what this board keeps");
    program.add_subcommand("stop", "Stop the running board cleanly");
}

int serve_or_ask(const CLI::App& program, Arguments& args) {
    const auto node = config::load_node_config(args.config, args.set);
    if (!node) {
        fmt::print(stderr, "{}\n", node.error().to_text());
        return app::exit_usage;
    }
    const auto asked = program.get_subcommands();
    if (asked.empty()) return app::run_board(node.value());
    args.question.what = asked.front()->get_name();
    args.question.within = base::seconds(args.within_s);
    if (args.question.what == "key") return app::print_key(node.value());
    return app::ask_board(node.value(), args.question);
}

}  // namespace

int main(int argc, char** argv) {
    app::prepare_process("coopnode");
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App program(
        "One board of a cooperative's pool: keeps its members' photos, passes on their notices, and gives\n"
        "no more of line, hours and disk than its owner said. Without a command it serves until SIGTERM.");
    Arguments args;
    program.add_option("-c,--config", args.config, "The board's node.toml")->required();
    program.add_option("--set", args.set, "Change a value of the file, for example owner.share_of_line=5%")
        ->allow_extra_args(false)
        ->take_all();
    program.set_version_flag("--version", "coopnode " COOP_VERSION);
    program.require_subcommand(0, 1);
    program.fallthrough();
    program.footer(
        "Exit codes: 0 done, 1 the board said no, 2 a wrong argument, file or value, 4 a crash (a bug).");
    add_questions(program, args);
    if (const std::string wrong = app::wrong_command(program, argc, argv); !wrong.empty()) {
        fmt::print(stderr, "coopnode: {}\n", wrong);
        return app::exit_usage;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app::after_output(program.exit(error) == 0 ? app::exit_ok : app::exit_usage);
    }
    try {
        return app::after_output(serve_or_ask(program, args));
    } catch (const std::exception& surprise) {
        if (std::ferror(stdout) != 0) return app::after_output(app::exit_usage);
        std::fprintf(stderr, "coopnode: %s\n", surprise.what());
        std::abort();
    }
}

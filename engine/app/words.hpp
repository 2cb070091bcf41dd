// Words: a wrong word on the command line is named, and the nearest right one with it, as in a wrong file.
#pragma once

#include <string>

#include <CLI/App.hpp>

#include "engine/config/diagnostic.hpp"
#include "engine/config/nearest.hpp"

namespace coop::app {

/// Those of a command and of its option groups, which CLI11 keeps as commands without a name.
inline config::Names option_names(const CLI::App& command) {
    config::Names names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    for (const CLI::App* group : command.get_subcommands(nullptr)) {
        if (!group->get_name().empty()) continue;
        for (const std::string& name : option_names(*group)) names.push_back(name);
    }
    return names;
}

/// The first command or option that there is not, as a message; empty when CLI11 may have the words.
inline std::string wrong_word(const CLI::App& app, int argc, const char* const* argv) {
    const auto complaint = [](const std::string& what, const std::string& word, const config::Names& known) {
        return "unknown " + what + " \"" + config::printable(word) + "\"\n   " + config::advise(word, known);
    };
    const std::string first = argc > 1 ? argv[1] : "-";
    const CLI::App* command = &app;
    config::Names commands;
    for (const CLI::App* each : app.get_subcommands(nullptr)) {
        commands.push_back(each->get_name());
        if (each->get_name() == first) command = each;
    }
    if (command == &app && !first.starts_with("-")) return complaint("command", first, commands);
    const config::Names known = option_names(*command);
    for (int i = 1; i < argc && std::string(argv[i]) != "--"; ++i) {
        const std::string word = argv[i];
        // A word with a dash is never a value, unless it is a negative number.
        if (word.size() < 2 || word[0] != '-' || (word[1] >= '0' && word[1] <= '9')) continue;
        const std::string name = word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return complaint("option", name, known);
        }
    }
    return "";
}

/// The first word that is neither an option nor an option's value, where it is no command; for programs that
/// take options before their command. Empty when there is none.
inline std::string wrong_command(const CLI::App& app, int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.starts_with("-")) {
            const CLI::Option* const option = app.get_option_no_throw(word);
            if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
            continue;
        }
        config::Names commands;
        for (const CLI::App* each : app.get_subcommands(nullptr)) commands.push_back(each->get_name());
        if (std::find(commands.begin(), commands.end(), word) != commands.end()) return "";
        return "unknown command \"" + config::printable(word) + "\"\n   " + config::advise(word, commands);
    }
    return "";
}

/// What CLI11 misses, with the command that misses it and where to look.
inline std::string what_is_missing(const CLI::App* app, const CLI::Error& error) {
    const auto chosen = app->get_subcommands();
    if (!chosen.empty()) {
        const std::string command = app->get_name() + " " + chosen.front()->get_name();
        return command + ": " + config::printable(error.what()) + "\n   see " + command + " --help\n";
    }
    std::string known;
    for (const CLI::App* each : app->get_subcommands(nullptr)) {
        known += (known.empty() ? "" : ", ") + each->get_name();
    }
    return app->get_name() + ": which command?\n   known: " + known + "   see " + app->get_name() +
           " --help\n";
}

}  // namespace coop::app

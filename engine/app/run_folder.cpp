#include "engine/app/run_folder.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

#include "engine/app/build_facts.hpp"

namespace coop::app {
namespace {

namespace fs = std::filesystem;

/// XXH3-128 of a file's text, as 32 hexadecimal digits: tells whether an input changed, not who changed it.
std::string hash_of(const std::string& text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

/// Whole or not at all: a kill in the middle leaves what was there before.
std::string write(const std::string& path, const std::string& text) {
    const std::string fresh = path + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    std::error_code error;
    if (file) fs::rename(fresh, path, error);
    if (file && !error) return "";
    fs::remove(fresh, error);
    return fmt::format("cannot write {}: is the disk full?", path);
}

/// This program, if it is coopsim; otherwise (Python) the one that the project would build.
std::string coopsim_program() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (!error && self.filename() == "coopsim") return self.string();
    return std::string(built_in()) + "/coop";
}

constexpr const char* script_head = R"sh(#!/bin/sh
# Repeats this run from what lies beside this script; results go to ./out, or where you say with --out.
# COOPSIM=/path/to/coopsim takes another program than the one that made the run.
{notes}
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
program=${{COOPSIM:-{program}}}
if ! [ -x "$program" ]; then
    echo "there is no program $program: say where it is with COOPSIM=/path/to/coopsim" >&2
    exit 2
fi
)sh";

/// The hardware that the scenario names, so that the folder needs nothing from outside.
std::string write_hardware(const std::string& folder, const config::Loaded& loaded) {
    std::error_code error;
    fs::create_directory(folder, error);
    std::string trouble = error ? fmt::format("cannot make the folder {}: {}", folder, error.message()) : "";
    for (std::size_t i = 1; i < loaded.inputs.size() && trouble.empty(); ++i) {
        const config::InputFile& input = loaded.inputs[i];
        trouble = write(folder + "/" + fs::path(input.path).filename().string(), input.text);
    }
    return trouble;
}

nlohmann::ordered_json inputs_of(const config::Loaded& loaded) {
    nlohmann::ordered_json inputs = nlohmann::ordered_json::array();
    for (const config::InputFile& input : loaded.inputs) {
        inputs.push_back({{"path", input.path}, {"xxh3_128", hash_of(input.text)}});
    }
    return inputs;
}

}  // namespace

base::Result<RunFolder, std::string> RunFolder::create(const std::string& out,
                                                       const config::Scenario& scenario) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
    RunFolder folder;
    folder.out_ = out;
    folder.started_utc_ = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc);
    const std::string stem = fmt::format("{:%Y%m%dT%H%M%SZ}-seed{}", utc, scenario.seed);
    if (out.empty()) return std::string("--out is empty: it names the folder for results");
    std::error_code error;
    fs::create_directories(fs::path(out) / scenario.name, error);
    if (error) return fmt::format("cannot make the folder {}/{}: {}", out, scenario.name, error.message());
    for (int attempt = 1; attempt < 1000; ++attempt) {
        folder.id_ = attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt);
        folder.path_ = (fs::path(out) / scenario.name / folder.id_).string();
        if (fs::create_directory(folder.path_, error)) return folder;
        if (error) return fmt::format("cannot make the folder {}: {}", folder.path_, error.message());
    }
    return fmt::format("{} holds a thousand runs of this second; remove some", out);
}

std::string RunFolder::describe(const config::Loaded& loaded, const std::string& command) {
    std::string trouble = write(path_ + "/scenario.toml", loaded.resolved);
    if (trouble.empty()) trouble = write_hardware(path_ + "/hw-profiles", loaded);
    if (!trouble.empty()) return trouble;
    std::string notes = "# The scenario was " + config::printable(loaded.inputs.front().path);
    for (const std::string& set : loaded.overrides) notes += "\n#   with --set " + config::printable(set);
    if (!loaded.overrides.empty()) notes += "\n# which is all in scenario.toml.";
    const std::string script = path_ + "/reproduce.sh";
    const std::string head = fmt::format(fmt::runtime(script_head), fmt::arg("notes", notes),
                                         fmt::arg("program", shell_quoted(coopsim_program())));
    const std::string problem = write(script, head + command + "\n");
    std::error_code ignored;  // a script that is not executable can still be read
    fs::permissions(script, fs::perms::owner_exec, fs::perm_options::add, ignored);
    return problem;
}

std::string RunFolder::conclude(const config::Loaded& loaded, const results::Run& run) {
    nlohmann::ordered_json manifest{{"id", id_},
                                    {"scenario", run.name},
                                    {"source", results::to_text(run.source)},
                                    {"status", results::to_text(run.status)},
                                    {"version", run.version},
                                    {"commit", built_from()},
                                    {"compiler", built_by()},
                                    {"seed", run.seed},
                                    {"fingerprint", run.fingerprint},
                                    {"started_utc", run.started_utc},
                                    {"simulated_s", run.simulated.seconds()},
                                    {"wall_s", run.wall_s},
                                    {"peak_rss_bytes", run.peak_rss.count},
                                    {"overrides", loaded.overrides},
                                    {"inputs", inputs_of(loaded)}};
    // A command line may hold any bytes; JSON only UTF-8.
    const auto lenient = nlohmann::ordered_json::error_handler_t::replace;
    const std::string trouble = write(path_ + "/manifest.json", manifest.dump(2, ' ', false, lenient) + "\n");
    return trouble.empty() && !pointed_ ? point_here() : trouble;
}

std::string RunFolder::point_here() {
    pointed_ = true;
    const fs::path latest = fs::path(out_) / "latest";
    const fs::path fresh = fs::path(out_) / fmt::format(".latest-{}", id_);
    std::error_code error;
    fs::remove(fresh, error);
    fs::create_directory_symlink(fs::relative(path_, out_), fresh, error);
    if (!error) fs::rename(fresh, latest, error);  // there is a latest at every moment
    return error ? fmt::format("cannot point {} to this run: {}", latest.string(), error.message()) : "";
}

std::string shell_quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

}  // namespace coop::app

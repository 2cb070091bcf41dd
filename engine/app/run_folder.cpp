#include "engine/app/run_folder.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <xxhash.h>

namespace coop::app {
namespace {

namespace fs = std::filesystem;

/// XXH3-128 of a file's text, as 32 hexadecimal digits: tells whether an input changed, not who changed it.
std::string hash_of(const std::string& text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.flush();
    return file ? "" : fmt::format("cannot write {}: is the disk full?", path);
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
    const std::string trouble = write(path_ + "/scenario.toml", loaded.resolved);
    if (!trouble.empty()) return trouble;
    const std::string script = path_ + "/reproduce.sh";
    const std::string problem =
        write(script, fmt::format("#!/bin/sh\n# From the folder of the project.\n{}\n", command));
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
                                    {"seed", run.seed},
                                    {"fingerprint", run.fingerprint},
                                    {"started_utc", run.started_utc},
                                    {"simulated_s", run.simulated.seconds()},
                                    {"wall_s", run.wall_s},
                                    {"peak_rss_bytes", run.peak_rss.count},
                                    {"inputs", inputs_of(loaded)}};
    const std::string trouble = write(path_ + "/manifest.json", manifest.dump(2) + "\n");
    if (!trouble.empty()) return trouble;
    const fs::path latest = fs::path(out_) / "latest";
    std::error_code error;
    fs::remove(latest, error);
    fs::create_directory_symlink(fs::relative(path_, out_), latest, error);
    return error ? fmt::format("cannot point {} to this run: {}", latest.string(), error.message()) : "";
}

std::string shell_quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

base::Bytes peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return base::kib(usage.ru_maxrss);
}

}  // namespace coop::app

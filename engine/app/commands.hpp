// Commands: what `coopsim` can be told. The main reads the words; each command is one function.
//
// Law: a command returns its exit code and prints what its user should know; it never exits by itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coop::app {

enum Exit : int {
    exit_ok = 0,            ///< all expectations hold
    exit_failed = 1,        ///< an expectation or an invariant failed, or two runs differ
    exit_usage = 2,         ///< a wrong word, file or value: one message says which
    exit_memory = 3,        ///< stopped at the memory that it may use, results flushed
    exit_crash = 4,         ///< a bug: an invariant of the program itself, or a crash
    exit_interrupted = 130  ///< stopped by its user, results flushed
};

struct RunRequest {
    std::string scenario = {};
    std::vector<std::string> set = {};  ///< "members.count=60"
    std::optional<std::uint64_t> seed = {};
    std::string out = "out";       ///< results go to <out>/<scenario>/<run id>/
    bool events = false;           ///< keep every event
    bool quiet = false;            ///< no summary, only the path and the fingerprint
    std::string encode = "never";  ///< "never", "sampled", "always"
    std::uint32_t threads = 1;     ///< the results are the same with any number
    std::string memory = {};       ///< that it may use, "8GB"; empty: what the machine has free
    const std::atomic<bool>* interrupted = nullptr;
};
int run(const RunRequest& request);

struct TestbedRequest {
    std::string scenario = {};
    std::uint32_t local = 0;  ///< how many processes on this machine; must be the scenario's members
    std::vector<std::string> set = {};
    std::string out = "out";
    std::string coopnode = {};  ///< path of the program; empty: beside coopsim
    const std::atomic<bool>* interrupted = nullptr;
};
int testbed(const TestbedRequest& request);

struct CompareRequest {
    std::string a = {};  ///< a run's folder or results.db
    std::string b = {};
};
int compare(const CompareRequest& request);

struct ExportRequest {
    std::string run = "out/latest";
    bool events = false;
    std::string graph = {};   ///< "active" or "eager"
    std::string series = {};  ///< a metric's name
    std::string at = {};      ///< for a graph: the newest snapshot at or before; empty: the newest of all
    std::string kind = {};    ///< of events; empty: all
};
int export_csv(const ExportRequest& request);

/// The policies with their parameters, units, defaults and origins.
int list_policies();
/// The summary of a finished run, printed again.
int report(const std::string& run);

}  // namespace coop::app

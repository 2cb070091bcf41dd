// Testbed boards: real coopnode programs on this machine's loopback, each in its own folder.
//
//     out/handful/<run>/nodes/3/   node.toml · data/ (identity and store) · reports.jsonl · log.txt ·
//     control.sock
//
// Law: none outlives us, however we end: the kernel kills them with their parent. None hears the terminal's
// Ctrl-C: they are stopped by whoever started them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/app/control_client.hpp"
#include "engine/app/population.hpp"
#include "engine/base/digest.hpp"

namespace coop::app {

class BoardProcess {
  public:
    BoardProcess(std::string program, std::string folder)
        : program_(std::move(program)), folder_(std::move(folder)) {}
    ~BoardProcess() { kill(); }
    BoardProcess(BoardProcess&& other) noexcept;
    BoardProcess& operator=(BoardProcess&&) = delete;

    /// The error is a sentence, or empty.
    std::string start();
    bool running() const { return pid_ > 0; }
    /// kill -9, and waits for the end.
    void kill();
    void ask_to_stop();
    /// How it ended ("exit code 2", "signal 6"), once, if nobody asked it to.
    std::optional<std::string> ended_by_itself();
    /// The socket of its owner; null while it does not answer.
    ControlClient* control();
    /// After a question without an answer: what still comes must not be taken for the next one's.
    void hang_up() { control_.reset(); }

    const std::string& folder() const { return folder_; }
    std::string last_log_line() const;

  private:
    bool reap(bool wait, int& status);
    [[noreturn]] void become_board() const;

    std::string program_;
    std::string folder_;
    pid_t pid_ = -1;
    std::optional<ControlClient> control_;
};

/// Folders, identities and addresses of all boards of a run.
struct BoardPlan {
    std::string folder;  ///< of all: nodes/0, nodes/1 … are in it
    std::vector<base::Key> keys;
    std::vector<std::uint16_t> ports;

    std::string folder_of(std::uint32_t member) const { return folder + "/" + std::to_string(member); }
};
/// The error is a sentence.
base::Result<BoardPlan, std::string> plan_boards(const std::string& folder, std::uint32_t count);
/// Writes each board's node.toml: what the simulated member would have, with this moment as midnight of day
/// 0. The error is a sentence, or empty.
std::string write_node_files(const BoardPlan& plan, const config::Loaded& loaded,
                             const Population& population, base::Duration epoch);

/// `asked`, or coopnode beside this program; as a whole path.
std::string coopnode_path(const std::string& asked);

}  // namespace coop::app

#include "engine/app/testbed_boards.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/app/board_program.hpp"
#include "engine/config/codec.hpp"

namespace coop::app {
namespace {

namespace fs = std::filesystem;

// --- ports -------------------------------------------------------------------------------------

struct PortRange {
    unsigned least = 32768;  // Linux's own default (net.ipv4.ip_local_port_range)
    unsigned most = 60999;
};

/// The ports that the kernel gives to whoever dials. One of these could be taken, or even dial itself, before
/// its board listens there.
PortRange ports_for_dialling() {
    PortRange range;
    std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
    file >> range.least >> range.most;
    return range;
}

bool is_free(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return false;
    const int yes = 1;
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool bound = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const bool listens = bound && ::listen(probe, 1) == 0;
    ::close(probe);
    return listens;
}

std::vector<std::uint16_t> free_ports(std::uint32_t count) {
    const PortRange dialled = ports_for_dialling();
    std::vector<std::uint16_t> candidates;
    for (unsigned port = 10'240; port < 65'536; ++port)
        if (port < dialled.least || port > dialled.most)
            candidates.push_back(static_cast<std::uint16_t>(port));
    std::vector<std::uint16_t> ports;
    // Two testbeds at a time look in different places.
    const std::size_t begin = static_cast<std::size_t>(::getpid()) * 131;
    for (std::size_t i = 0; i < candidates.size() && ports.size() < count; ++i) {
        const std::uint16_t port = candidates[(begin + i) % candidates.size()];
        if (is_free(port)) ports.push_back(port);
    }
    return ports;
}

// --- node.toml ---------------------------------------------------------------------------------

/// One table of a resolved scenario, as it stands there: node.toml has the same keys.
std::string table_of(const std::string& resolved, const std::string& name) {
    const std::string header = "\n[" + name + "]\n";
    const std::size_t begin = resolved.find(header);
    if (begin == std::string::npos) return {};
    const std::size_t end = resolved.find("\n[", begin + 1);
    return resolved.substr(begin, end == std::string::npos ? end : end - begin);
}

std::string date_time(base::Duration since_1970) {
    const std::time_t seconds = since_1970 / base::seconds(1);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(seconds),
                       (since_1970 % base::seconds(1)).ns());
}

std::string address_of(std::uint16_t port) { return fmt::format("127.0.0.1:{}", port); }

std::string contacts_of(const BoardPlan& plan, const protocol::Own& own) {
    std::string contacts;
    for (const protocol::PeerId contact : own.contacts) {
        contacts += fmt::format("    \"{}@{}\",\n", base::to_hex(plan.keys[contact.index]),
                                address_of(plan.ports[contact.index]));
    }
    return contacts;
}

std::string owner_table(const policy::Contribution& owner) {
    return fmt::format(
        "\n[owner]\nline_up = {}\nline_down = {}\nshare_of_line = {}\nhours = {}\nhours_at = {}\ndisk = {}\n",
        config::RateIn{}.print(owner.line_up).toml(), config::RateIn{}.print(owner.line_down).toml(),
        config::ShareIn{}.print(owner.share).toml(), config::DurationIn{}.print(owner.hours.length).toml(),
        config::TimeOfDayIn{}.print(owner.hours.start).toml(), config::SizeIn{}.print(owner.disk).toml());
}

}  // namespace

base::Result<BoardPlan, std::string> plan_boards(const std::string& folder, std::uint32_t count) {
    BoardPlan plan{folder, {}, free_ports(count)};
    if (plan.ports.size() < count)
        return fmt::format("this machine has no {} free ports on 127.0.0.1", count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto key = own_key(plan.folder_of(i) + "/data");
        if (!key) return key.error();
        plan.keys.push_back(key.value());
    }
    return plan;
}

std::string write_node_files(const BoardPlan& plan, const config::Loaded& loaded,
                             const Population& population, base::Duration epoch) {
    std::string tables;
    for (const char* const name : {"policy", "membership", "broadcast", "sync", "content", "quota"}) {
        tables += table_of(loaded.resolved, name);
    }
    for (std::uint32_t i = 0; i < population.count(); ++i) {
        const protocol::Own& own = population.members->own(protocol::PeerId{i});
        std::string text =
            fmt::format("# {} of the scenario {}, as a real board.\n", member_name(i), loaded.scenario.name);
        text += fmt::format("name = \"member-{}\"\ndata = \"data\"\nlisten = \"{}\"\n", i,
                            address_of(plan.ports[i]));
        text += fmt::format("contacts = [\n{}]\n", contacts_of(plan, own));
        text += fmt::format("epoch = {}  # the scenario's midnight of day 0\n", date_time(epoch));
        text += "control = \"unix:control.sock\"\nreports = \"reports.jsonl\"\n";
        text += owner_table(own.owner) + tables;
        const std::string path = plan.folder_of(i) + "/node.toml";
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file << text;
        if (!file.flush()) return fmt::format("cannot write {}: is the disk full?", path);
    }
    return {};
}

std::string coopnode_path(const std::string& asked) {
    std::error_code ignored;
    const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "coopnode";
    return fs::absolute(asked.empty() ? beside : fs::path(asked), ignored).string();
}

// --- one process -------------------------------------------------------------------------------

BoardProcess::BoardProcess(BoardProcess&& other) noexcept
    : program_(std::move(other.program_)),
      folder_(std::move(other.folder_)),
      pid_(std::exchange(other.pid_, -1)),
      control_(std::move(other.control_)) {}

std::string BoardProcess::start() {
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) return fmt::format("cannot start another program: {}", std::strerror(errno));
    if (pid_ > 0) return {};
    // From here on in the child: only what is safe after fork.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it died before the line above
    become_board();
}

void BoardProcess::become_board() const {
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::chdir(folder_.c_str()) != 0) ::_exit(127);
    const int log = ::open("log.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (log < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(log, STDOUT_FILENO) < 0 ||
        ::dup2(log, STDERR_FILENO) < 0) {
        ::_exit(127);
    }
    ::execl(program_.c_str(), "coopnode", "--config", "node.toml", static_cast<char*>(nullptr));
    ::_exit(127);
}

bool BoardProcess::reap(bool wait, int& status) {
    if (pid_ <= 0) return false;
    pid_t done = 0;
    do {
        done = ::waitpid(pid_, &status, wait ? 0 : WNOHANG);
    } while (done < 0 && errno == EINTR);
    if (done == 0) return false;
    pid_ = -1;
    control_.reset();
    return true;
}

void BoardProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    reap(true, status);
}

void BoardProcess::ask_to_stop() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
}

std::optional<std::string> BoardProcess::ended_by_itself() {
    int status = 0;
    if (!reap(false, status)) return {};
    if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
    return fmt::format("exit code {}", WEXITSTATUS(status));
}

ControlClient* BoardProcess::control() {
    if (pid_ <= 0) return nullptr;
    if (!control_) {
        auto client = ControlClient::connect(folder_ + "/control.sock");
        if (!client) return nullptr;
        control_.emplace(std::move(client).value());
    }
    return &*control_;
}

std::string BoardProcess::last_log_line() const {
    std::ifstream file(folder_ + "/log.txt");
    std::string last;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) last = line;
    }
    return last;
}

}  // namespace coop::app

#include "engine/app/control_client.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace coop::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* board_has_gone =
    "the board has gone before it answered: look at the end of its log, start it again, and ask again";

/// A name of at most 107 bytes for any path: through an open folder, as Linux shows it under /proc.
struct ShortName {
    explicit ShortName(const std::string& path) : name(path) {
        if (path.size() < sizeof(sockaddr_un::sun_path)) return;
        const std::filesystem::path whole(path);
        folder = ::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        name = "/proc/self/fd/" + std::to_string(folder) + "/" + whole.filename().string();
    }
    ~ShortName() {
        if (folder >= 0) ::close(folder);
    }
    ShortName(const ShortName&) = delete;
    ShortName& operator=(const ShortName&) = delete;

    std::string name;
    int folder = -1;
};

}  // namespace

base::Result<ControlClient, std::string> ControlClient::connect(const std::string& path) {
    const ShortName socket_name(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_name.name.size() >= sizeof address.sun_path) return path + ": too long for a socket's name";
    std::memcpy(address.sun_path, socket_name.name.c_str(), socket_name.name.size() + 1);
    ControlClient client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (client.socket_ < 0) return std::string("cannot open a socket: ") + std::strerror(errno);
    if (::connect(client.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return path + ": " + std::strerror(errno);
    }
    return client;
}

ControlClient::ControlClient(ControlClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
ControlClient& ControlClient::operator=(ControlClient&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
}
ControlClient::~ControlClient() {
    if (socket_ >= 0) ::close(socket_);
}

base::Result<nlohmann::json, NoAnswer> ControlClient::ask(const nlohmann::json& question,
                                                          base::Duration within) {
    const std::string line = question.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    for (std::size_t said = 0; said < line.size();) {
        const ssize_t more = ::send(socket_, line.data() + said, line.size() - said, MSG_NOSIGNAL);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return NoAnswer{false, board_has_gone};
        said += static_cast<std::size_t>(more);
    }
    auto answered = read_line(within);
    if (!answered) return answered.error();
    nlohmann::json answer = nlohmann::json::parse(answered.value(), nullptr, false);
    if (!answer.is_object() || !answer.contains("ok") || !answer["ok"].is_boolean()) {
        return NoAnswer{false, "the board answered what makes no sense"};
    }
    if (answer["ok"].get<bool>()) return answer;
    const auto why = answer.find("error");
    return NoAnswer{true,
                    why != answer.end() && why->is_string() ? why->get<std::string>() : "the board said no"};
}

base::Result<std::string, NoAnswer> ControlClient::read_line(base::Duration within) {
    const auto end = Clock::now() + std::chrono::nanoseconds(within.ns());
    std::string answer;
    std::array<char, 16 * 1024> piece{};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0)
            return NoAnswer{
                false, "the board did not answer in time; it may be busy: ask again, or look at its log"};
        pollfd waiting{socket_, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(left < 60'000 ? left : 60'000));
        if (ready < 0 && errno == EINTR) return NoAnswer{false, "interrupted"};
        if (ready <= 0) continue;
        const ssize_t more = ::recv(socket_, piece.data(), piece.size(), 0);
        if (more <= 0) return NoAnswer{false, board_has_gone};
        answer.append(piece.data(), static_cast<std::size_t>(more));
        if (answer.back() == '\n') return answer;
        if (answer.size() > answer_max) return NoAnswer{false, "the board's answer has no end"};
    }
}

}  // namespace coop::app

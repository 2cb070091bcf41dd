// The owner's end of the control socket.
#pragma once

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/runtime/stranger.hpp"

namespace coop::runtime::test {

using Json = nlohmann::json;

class Owner {
  public:
    explicit Owner(const std::string& socket) : wire_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        socket.copy(to.sun_path, sizeof to.sun_path - 1);
        connected = ::connect(wire_.fd(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    const Wire& wire() const { return wire_; }
    /// Null when the board hung up instead.
    Json answer() const {
        std::string line;
        std::uint8_t letter = 0;
        while (wire_.read_exactly(&letter, 1)) {
            if (letter == '\n') return Json::parse(line);
            line.push_back(static_cast<char>(letter));
        }
        return nullptr;
    }
    Json ask(const Json& question) const {
        wire_.write(question.dump() + "\n");
        return answer();
    }
    bool connected = false;

  private:
    Wire wire_;
};

}  // namespace coop::runtime::test

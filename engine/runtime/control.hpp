// Control: the owner's Unix socket. Lines in, lines out; what they mean is the Desk's.
//
// Law: only the owner may connect (mode 0600). A line has at most `line_max` bytes, a session asks one thing
// at a time, and at most `sessions_max` sessions are open.
#pragma once

#include <memory>
#include <string>

#include "engine/runtime/asio.hpp"
#include "engine/runtime/desk.hpp"

namespace coop::runtime {

class Control {
  public:
    /// A notice of 16 KiB whose every byte JSON writes as six, with some room.
    static constexpr std::size_t line_max = 128 * 1024;
    static constexpr std::size_t sessions_max = 8;

    Control(asio::io_context& io, Desk& desk, Counters& counters);
    ~Control();

    /// The error is a sentence; empty when all is well. A socket that a killed board left behind is replaced.
    std::string open(const std::string& path);
    /// Closes everything; the answers that were given still go out when there is room for them.
    void close();

  private:
    class Session;
    void accept();

    asio::local::stream_protocol::acceptor acceptor_;
    asio::steady_timer pause_;
    Desk& desk_;
    Counters& counters_;
    std::string path_;
    std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace coop::runtime

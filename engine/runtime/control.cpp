#include "engine/runtime/control.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace coop::runtime {

using Stream = asio::local::stream_protocol;

class Control::Session : public Asker, public std::enable_shared_from_this<Session> {
  public:
    Session(Stream::socket socket, Desk& desk, Counters& counters)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), desk_(desk), counters_(counters) {}

    void read() {
        socket_.async_read_some(asio::buffer(piece_),
                                [self = shared_from_this()](ErrorCode error, std::size_t size) {
                                    if (error) return self->close();
                                    self->line_.append(self->piece_.data(), size);
                                    self->take_line();
                                });
    }

    void answer(std::uint64_t turn, const std::string& line) override {
        if (turn != turn_ || !asked_) return;
        asked_ = false;
        timer_.cancel();
        answer_ = line + "\n";
        asio::async_write(socket_, asio::buffer(answer_),
                          [self = shared_from_this()](ErrorCode error, std::size_t) {
                              if (error) return self->close();
                              self->take_line();
                          });
    }

    void close() {
        ErrorCode ignored;
        timer_.cancel();
        socket_.close(ignored);
    }

  private:
    /// Acts on a whole line, or reads on.
    void take_line() {
        const auto end = line_.find('\n');
        if (end == std::string::npos) {
            if (line_.size() <= line_max) return read();
            ++counters_.control_bad_lines;
            return close();
        }
        const std::string line = line_.substr(0, end);
        line_.erase(0, end + 1);
        asked_ = true;
        const std::uint64_t turn = ++turn_;
        const base::Duration within = desk_.take(line, {weak_from_this(), turn});
        if (!asked_ || turn != turn_) return;  // answered already
        timer_.expires_after(to_chrono(within));
        timer_.async_wait([self = shared_from_this(), turn](ErrorCode error) {
            if (!error) self->answer(turn, R"({"ok":false,"error":"not within the time asked for"})");
        });
        watch_for_the_end();
    }

    /// While an answer is awaited nothing is read, but somebody who goes away is noticed.
    void watch_for_the_end() {
        socket_.async_wait(Stream::socket::wait_error,
                           [weak = weak_from_this(), turn = turn_](ErrorCode error) {
                               const auto self = weak.lock();
                               if (!error && self && self->turn_ == turn && self->asked_) self->close();
                           });
    }

    Stream::socket socket_;
    asio::steady_timer timer_;
    Desk& desk_;
    Counters& counters_;
    std::array<char, 4096> piece_{};
    std::string line_;
    std::string answer_;
    std::uint64_t turn_ = 0;
    bool asked_ = false;
};

Control::Control(asio::io_context& io, Desk& desk, Counters& counters)
    : acceptor_(io), pause_(io), desk_(desk), counters_(counters) {}

Control::~Control() { close(); }

std::string Control::open(const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return path + ": too long for a socket's name";
    struct stat about {};
    // The store is locked by now, so a socket that stands here belongs to a board that died.
    if (::lstat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode)) ::unlink(path.c_str());
    ErrorCode error;
    acceptor_.open(Stream(), error);
    // Linux gives the socket's file the mode that the descriptor has when it is bound.
    if (!error && ::fchmod(acceptor_.native_handle(), 0600) != 0)
        error.assign(errno, boost::system::system_category());
    if (!error) acceptor_.bind(Stream::endpoint(path), error);
    if (!error) acceptor_.listen(static_cast<int>(sessions_max), error);
    if (error) return path + ": " + error.message();
    path_ = path;
    accept();
    return {};
}

void Control::accept() {
    acceptor_.async_accept([this](ErrorCode error, Stream::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
        if (!error && sessions_.size() < sessions_max) {
            const auto session = std::make_shared<Session>(std::move(socket), desk_, counters_);
            sessions_.push_back(session);
            session->read();
        }
        if (!error) return accept();
        // Out of descriptors, most likely: a moment later there may be some.
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](ErrorCode stopped) {
            if (!stopped && acceptor_.is_open()) accept();
        });
    });
}

void Control::close() {
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& session : sessions_) {
        if (const auto open = session.lock()) open->close();
    }
    sessions_.clear();
    if (!path_.empty()) ::unlink(path_.c_str());
    path_.clear();
}

}  // namespace coop::runtime

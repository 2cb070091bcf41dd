// A stranger with a plain socket: it can greet properly, and then say anything.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/crypto/keys.hpp"
#include "engine/runtime/options.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/greeting.hpp"
#include "engine/wire/sodium_crypto.hpp"

namespace coop::runtime::test {

using BytesView = std::span<const std::uint8_t>;
using BytesOut = std::vector<std::uint8_t>;

/// A blocking socket that closes itself. Gives up reading after 20 s.
class Wire {
  public:
    explicit Wire(int fd) : fd_(fd) {
        const timeval patience{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    ~Wire() {
        if (fd_ >= 0) ::close(fd_);
    }
    Wire(Wire&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Wire& operator=(Wire&&) = delete;

    int fd() const { return fd_; }
    bool write(BytesView bytes) const {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
        return true;
    }
    bool write(const std::string& text) const {
        return write(BytesView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    }
    bool read_exactly(std::uint8_t* to, std::size_t size) const {
        while (size > 0) {
            const ssize_t n = ::recv(fd_, to, size, 0);
            if (n <= 0) return false;
            to += n;
            size -= static_cast<std::size_t>(n);
        }
        return true;
    }
    /// Everything until the other side is done; false when it is not done in time.
    bool reads_to_the_end() const {
        std::uint8_t piece[4096];
        for (;;) {
            const ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
            if (n == 0 || (n < 0 && (errno == ECONNRESET || errno == EPIPE))) return true;
            if (n < 0) return false;
        }
    }
    std::optional<BytesOut> read_frame() const {
        std::uint8_t header[4];
        if (!read_exactly(header, 4)) return std::nullopt;
        const std::size_t size = header[0] | std::size_t{header[1]} << 8 | std::size_t{header[2]} << 16;
        BytesOut body(size);
        if (!read_exactly(body.data(), size)) return std::nullopt;
        return body;
    }

  private:
    int fd_;
};

/// From any address of 127.0.0.0/8, so that one test can be many neighbours. The system keeps little for it
/// to read.
inline Wire connect_to(const protocol::Endpoint& endpoint, std::uint32_t from = INADDR_LOOPBACK) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Wire wire(fd);
    const int little = 4096;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    ::bind(fd, reinterpret_cast<sockaddr*>(&own), sizeof own);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(endpoint.port);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) ::shutdown(fd, SHUT_RDWR);
    return wire;
}

/// Greets a host properly; after that it may say anything, in sealed frames or not.
class Stranger {
  public:
    Stranger(const protocol::Endpoint& host, const crypto::Identity& own, const std::string& pool = "coop",
             std::uint32_t from = INADDR_LOOPBACK)
        : wire(connect_to(host, from)), identity(own) {
        self = book.intern(own.key(), {});
        wire::Greeting greeting(wire::Role::initiator, own, pool);
        BytesOut out;
        if (greeting.write(out) || !wire.write(out)) return;
        const auto answer = wire.read_frame();
        if (!answer || greeting.read(*answer)) return;
        out.clear();
        if (greeting.write(out) || !wire.write(out)) return;
        transport = greeting.transport();
        host_key = greeting.peer();
        greeted = true;
    }

    BytesOut sealed(BytesView plain) {
        BytesOut frame;
        EXPECT_FALSE(wire::append_sealed(transport.sending, plain, frame));
        return frame;
    }
    BytesOut sealed(const protocol::Message& message) {
        BytesOut plain;
        wire::encode(message, book, plain);
        return sealed(BytesView(plain));
    }
    void say(const protocol::Message& message) { wire.write(sealed(message)); }

    protocol::SignedRef announcement(protocol::PeerId of) const { return word(of, protocol::Announcement{}); }
    protocol::SignedRef word(protocol::PeerId of, protocol::Body body) const {
        protocol::Statement statement{{of, 1}, base::Instant::of_ns(1), std::move(body)};
        BytesOut bytes;
        wire::encode_for_signing(statement, book, bytes);
        const auto signature = identity.signing.sign(bytes);
        return protocol::share(protocol::Signed{std::move(statement), signature});
    }

    Wire wire;
    crypto::Identity identity;
    wire::BoundedPeerBook book;
    protocol::PeerId self;
    wire::Transport transport;
    base::Key host_key;
    bool greeted = false;
};

inline crypto::Identity identity_of(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = number;
    return crypto::Identity::from_seed(crypto::Secret32(seed));
}

}  // namespace coop::runtime::test

// Connection: one TCP connection with one peer, from the first byte to the last.
//
//     outbound: dialling ─► greeting ─┐
//     inbound:              greeting ─┴─► open ─► retiring ─► closed
//                                          └───────────────────┘
//
// Law: nothing that comes in is believed before its seal holds, and nothing makes this board keep more than
// one frame for a peer, or work for it faster than its Pace. Every state but `open` ends by itself, and
// `open` ends when nothing comes: `check` is asked about time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/asio.hpp"
#include "engine/runtime/counters.hpp"
#include "engine/runtime/options.hpp"
#include "engine/runtime/pace.hpp"
#include "engine/wire/frame.hpp"
#include "engine/wire/greeting.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::runtime {

using BytesView = std::span<const std::uint8_t>;
using Tally = std::uint64_t Counters::*;  ///< the counter that says why; null for no reason worth counting

/// One encoded message that waits for its turn.
struct Packet {
    std::vector<std::uint8_t> bytes;
    std::size_t kind = 0;
    base::Bytes line;
};

class Connection;

/// Whom a connection tells. Nothing here may destroy the connection; `close` it instead.
class ConnectionOwner {
  public:
    virtual ~ConnectionOwner() = default;
    virtual base::Instant now() const = 0;
    /// The handshake proved who the peer is. False: not welcome.
    virtual bool on_open(Connection& connection, const base::Key& key) = 0;
    /// False: the connection is over.
    virtual bool on_message(Connection& connection, BytesView bytes) = 0;
    virtual std::optional<Packet> next_packet(Connection& connection) = 0;
    virtual void on_closed(Connection& connection) = 0;
};

enum class Direction : std::uint8_t { inbound, outbound };

/// What all connections of a host share.
struct Shared {
    const crypto::Identity& identity;
    const std::string& pool;
    const Limits& limits;
    Counters& counters;
    ConnectionOwner& owner;
    std::size_t& paused;  ///< connections that are not read now
};

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, Direction direction, const Shared& shared);

    void start_inbound();
    void start_outbound(const tcp::endpoint& to, const base::Key& expected);
    /// There is something in the queue.
    void wake_writer();
    /// Write what waits, say that this was all, read to the end: a farewell, or a second connection.
    void retire();
    /// At once; counts the reason.
    void close(Tally reason = nullptr);
    /// Closes when something took too long.
    void check(base::Instant now);

    bool is_open() const { return state_ == State::open; }
    bool is_closed() const { return state_ == State::closed; }
    Direction direction() const { return direction_; }
    base::Instant since() const { return since_; }
    /// Where it comes from, or goes to.
    const protocol::Endpoint& remote() const { return remote_; }

    protocol::PeerId peer;  ///< the owner's note: whom it dialled, or who the handshake proved it is
    std::unique_ptr<wire::LinkBook> book;  ///< the owner's: whom this peer may name
    Pace pace;                             ///< the owner's: what this peer has brought

  private:
    enum class State : std::uint8_t { dialling, greeting, open, retiring, closed };

    bool may_write() const { return state_ == State::open || state_ == State::retiring; }
    void begin_greeting();
    bool continue_greeting();
    bool finish_greeting();
    void read();
    void work_off();
    bool take_frame();
    bool pauses();
    void end_pause();
    bool on_frame(BytesView frame);
    bool on_greeting_frame(BytesView frame);
    void write_next();
    void write();
    void on_end_of_stream();

    tcp::socket socket_;
    Direction direction_;
    const Shared& shared_;
    protocol::Endpoint remote_;
    State state_ = State::dialling;
    std::optional<base::Key> expected_;  ///< whom it dialled

    std::unique_ptr<wire::Greeting> greeting_;  ///< until it is finished
    wire::CipherState sending_;
    wire::CipherState receiving_;
    wire::FrameReader reader_{wire::greeting_frame_max};
    bool within_frame_ = false;
    bool paused_ = false;
    asio::steady_timer pause_;

    std::array<std::uint8_t, 16 * 1024> piece_{};  // a quarter of the largest frame: few reads, little memory
    BytesView unread_;                             ///< of the piece
    std::vector<std::uint8_t> plain_;
    std::vector<std::uint8_t> outgoing_;  ///< being written
    std::vector<std::uint8_t> next_;      ///< written after that
    bool writing_ = false;
    bool said_all_ = false;
    bool heard_all_ = false;

    base::Instant since_;        ///< in this state
    base::Instant frame_since_;  ///< the first byte of the frame that is coming in
    base::Instant write_since_;
    base::Instant heard_;  ///< the last whole frame, either way
};

}  // namespace coop::runtime

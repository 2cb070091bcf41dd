#include "engine/runtime/links.hpp"

#include <algorithm>

#include <boost/asio/ip/udp.hpp>
#include <sys/resource.h>

#include "engine/protocol/message_size.hpp"
#include "engine/wire/codec.hpp"

namespace coop::runtime {

using protocol::PeerId;

namespace {

// Descriptors that are not connections: the store, the log, the loop, the owner's socket and its sessions.
constexpr std::size_t descriptors_for_others = 64;

std::size_t descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const auto all = static_cast<std::size_t>(limit.rlim_cur);
    return all > descriptors_for_others ? all - descriptors_for_others : 1;
}

/// Whether somebody speaks for somebody else: only a newcomer itself may ask to be let in.
bool is_impostor(PeerId from, const protocol::Message& message) {
    const auto* const join = std::get_if<protocol::Join>(&message);
    return join && join->announcement->statement.id.origin != from;
}

/// What a node asks for; and it asks at the pace of its owner's share.
bool brings_content(const protocol::Message& message) {
    return std::holds_alternative<protocol::ManifestReply>(message) ||
           std::holds_alternative<protocol::ChunkReply>(message);
}

std::string cannot_listen(const protocol::Endpoint& at, ErrorCode error) {
    std::string what_to_do = "look at `listen` in the board's file";
    if (error == asio::error::address_in_use) {
        what_to_do =
            "another program has this port, perhaps this board itself: stop it, or name another port in "
            "`listen`";
    } else if (error == asio::error::access_denied) {
        what_to_do = "ports below 1024 are for the system: name a higher one in `listen`";
    } else if (error == boost::system::errc::address_not_available) {
        what_to_do = "this computer has no such address: name one of its own in `listen`, or 0.0.0.0 for all";
    }
    return "cannot listen at " + to_text(at) + ": " + error.message() + "\n   " + what_to_do;
}

}  // namespace

Links::Links(asio::io_context& io, LinkPort port)
    : io_(io),
      port_(std::move(port)),
      shared_{port_.identity, port_.options.pool, port_.options.limits, port_.counters, *this, paused_},
      acceptor_(io),
      pause_(io),
      watch_(io) {
    const auto owner = port_.options.policies.quota->limits(port_.options.config.owner);
    pace_ = {port_.options.limits.pace, owner.down, owner.burst};
}

Links::~Links() { close(); }

std::string Links::open() {
    const tcp::endpoint at = to_asio(port_.options.listen);
    ErrorCode error;
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(port_.options.listen, error);
    accept();
    return {};
}

protocol::Endpoint Links::endpoint() const {
    ErrorCode error;
    const auto local = acceptor_.local_endpoint(error);
    return error ? port_.options.listen : from_asio(local);
}

protocol::Endpoint Links::own_endpoint() const {
    if (port_.options.advertised) return *port_.options.advertised;
    protocol::Endpoint own = endpoint();
    if (!is_unspecified(own) || port_.options.contacts.empty()) return own;
    // Which of this board's addresses leads to a contact? The system knows; "connecting" a datagram socket
    // sends nothing.
    asio::ip::udp::socket probe(io_);
    const tcp::endpoint contact = to_asio(port_.options.contacts.front().at);
    ErrorCode error;
    probe.connect({contact.address(), contact.port()}, error);
    if (!error) {
        const auto local = probe.local_endpoint(error);
        if (!error) own.address = from_asio({local.address(), own.port}).address;
    }
    return own;
}

// --- the door --------------------------------------------------------------------------------------------

void Links::accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (!error) {
            ErrorCode gone;
            const auto remote = socket.remote_endpoint(gone);
            const Tally refused = gone ? &Counters::handshakes_failed : reason_to_refuse(from_asio(remote));
            ++port_.counters.accepted;
            if (refused) {
                ++(port_.counters.*refused);
                socket.close(gone);
            } else {
                const auto connection =
                    std::make_shared<Connection>(std::move(socket), Direction::inbound, shared_);
                add(connection);
                connection->start_inbound();
            }
            return accept();
        }
        ++port_.counters.refused_total;  // out of descriptors, most likely: a moment later there may be some
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](ErrorCode stopped) {
            if (!stopped && acceptor_.is_open()) accept();
        });
    });
}

Tally Links::reason_to_refuse(const protocol::Endpoint& remote) const {
    const Limits& limits = port_.options.limits;
    if (!awake_) return &Counters::refused_asleep;
    std::size_t inside = 0;
    std::size_t from_there = 0;
    for (const ConnectionRef& c : all_) {
        if (c->direction() != Direction::inbound) continue;
        ++inside;
        if (same_place(c->remote(), remote)) ++from_there;
    }
    if (from_there >= limits.per_address_max) return &Counters::refused_address;
    const std::size_t most = std::min(limits.connections_max, descriptors());
    const std::size_t kept_free = std::min(limits.connections_own, most);
    if (inside >= most - kept_free || all_.size() >= most) return &Counters::refused_total;
    return nullptr;
}

void Links::add(const ConnectionRef& connection) {
    all_.push_back(connection);
    watch();
}

// --- sending ---------------------------------------------------------------------------------------------

void Links::send(PeerId to, const protocol::Message& message) {
    const Limits& limits = port_.options.limits;
    Packet packet;
    if (!wire::encode(message, port_.book, packet.bytes)) return void(++port_.counters.unreachable);
    packet.kind = message.index();
    packet.line = protocol::line_size(base::Bytes{static_cast<std::int64_t>(packet.bytes.size())});

    Lane& lane = lanes_[to];
    if (lane.bytes + packet.bytes.size() > limits.queue_bytes_max ||
        waiting_bytes_ + packet.bytes.size() > limits.queues_bytes_max) {
        // It does not read what it is sent: what waits for it is dropped, and the connection too.
        ++port_.counters.slow_readers;
        ++port_.counters.unreachable;
        return drop(to);
    }
    lane.bytes += packet.bytes.size();
    waiting_bytes_ += packet.bytes.size();
    lane.waiting.push_back(std::move(packet));
    if (lane.chosen) return lane.chosen->wake_writer();
    if (!lane.dialled) dial(to, lane);
}

void Links::dial(PeerId to, Lane& lane) {
    const protocol::Endpoint at = port_.book.endpoint_of(to);
    const base::Key* const key = port_.book.key_of(to);
    const std::size_t most = std::min(port_.options.limits.connections_max, descriptors());
    if (key == nullptr || at.port == 0 || now() < lane.no_dial_before || all_.size() >= most) {
        empty(lane);
        return forget_if_unused(to);
    }
    lane.dialled = std::make_shared<Connection>(tcp::socket(io_), Direction::outbound, shared_);
    lane.dialled->peer = to;
    add(lane.dialled);
    lane.dialled->start_outbound(to_asio(at), *key);
}

std::optional<Packet> Links::next_packet(Connection& connection) {
    Lane* const lane = lanes_.find(connection.peer);
    if (!lane || lane->chosen.get() != &connection || lane->waiting.empty()) return std::nullopt;
    Packet packet = std::move(lane->waiting.front());
    lane->waiting.pop_front();
    lane->bytes -= packet.bytes.size();
    waiting_bytes_ -= packet.bytes.size();
    ++port_.counters.messages_sent;
    port_.counters.bytes_sent += static_cast<std::uint64_t>(packet.line.count);
    if (port_.hooks.on_sent) port_.hooks.on_sent({now(), connection.peer, packet.kind, packet.line});
    return packet;
}

/// What waits there will not be said.
void Links::empty(Lane& lane) {
    port_.counters.unreachable += lane.waiting.size();
    waiting_bytes_ -= lane.bytes;
    lane.waiting.clear();
    lane.bytes = 0;
}

void Links::drop(PeerId peer) {
    Lane* lane = lanes_.find(peer);
    if (!lane) return;
    empty(*lane);
    const ConnectionRef chosen = lane->chosen;
    const ConnectionRef dialled = lane->dialled;
    if (chosen) chosen->close();
    if (dialled) dialled->close();
    forget_if_unused(peer);
}

// --- connections come and go -----------------------------------------------------------------------------

bool Links::on_open(Connection& connection, const base::Key& key) {
    if (key == port_.identity.key()) return false;  // this board itself, by a roundabout way
    connection.book = std::make_unique<wire::LinkBook>(port_.book);
    const PeerId peer = connection.book->intern(key, {});
    if (peer.is_none()) {
        ++port_.counters.refused_stranger;
        return false;
    }
    if (!awake_) {
        ++port_.counters.refused_asleep;
        return false;
    }
    connection.peer = peer;
    connection.pace = Pace(now());
    Lane& lane = lanes_[peer];
    const ConnectionRef self = connection.shared_from_this();
    if (lane.dialled == self) {
        lane.dialled.reset();
        port_.book.confirm(peer, port_.book.endpoint_of(peer));  // a connection that reached it
    }
    choose(lane, self, key);
    return true;
}

void Links::choose(Lane& lane, const ConnectionRef& connection, const base::Key& key) {
    if (!lane.chosen) {
        lane.chosen = connection;
        return;
    }
    ConnectionRef loser;
    ++port_.counters.duplicates_closed;
    const bool at_once = lane.chosen->direction() != connection->direction() &&
                         now() - lane.chosen->since() <= port_.options.limits.handshake_max;
    const bool i_dialled = connection->direction() == Direction::outbound;
    if (at_once && i_dialled != mine_is_preferred(key)) {
        loser = connection;
    } else {
        loser = std::exchange(lane.chosen, connection);
    }
    loser->retire();
    lane.chosen->wake_writer();
}

bool Links::on_message(Connection& connection, BytesView bytes) {
    const base::Bytes line = protocol::line_size(base::Bytes{static_cast<std::int64_t>(bytes.size())});
    const std::uint64_t refused_before = connection.book->refused();
    auto message = wire::decode(bytes, *connection.book);
    port_.counters.refused_stranger += connection.book->refused() - refused_before;
    connection.pace.took({line, message && brings_content(message.value()), paused_}, pace_, now());
    if (!message) {
        // Somebody unheard of is no fault of the messenger's.
        if (message.error() == wire::DecodeError::strangers_full) return true;
        ++port_.counters.messages_malformed;
        return false;
    }
    if (is_impostor(connection.peer, message.value())) {
        ++port_.counters.messages_impostor;
        return false;
    }
    ++port_.counters.messages_received;
    port_.counters.bytes_received += static_cast<std::uint64_t>(line.count);
    if (port_.hooks.on_received) {
        port_.hooks.on_received({now(), connection.peer, message.value().index(), line});
    }
    port_.deliver(connection.peer, message.value());
    return true;
}

void Links::on_closed(Connection& connection) {
    const ConnectionRef self = connection.shared_from_this();
    std::erase(all_, self);
    part_from(connection);
    if (Lane* const lane = lanes_.find(connection.peer)) {
        if (lane->dialled == self) {
            lane->dialled.reset();
            lane->no_dial_before = now() + port_.options.limits.redial_after;
        }
        if (lane->chosen == self) lane->chosen.reset();
        if (!lane->chosen && !lane->dialled) empty(*lane);
    }
    if (all_.empty() && gone_) asio::post(io_, std::exchange(gone_, nullptr));
}

bool Links::is_unused(const Lane& lane) const {
    return !lane.chosen && !lane.dialled && lane.waiting.empty() && lane.no_dial_before <= now();
}

void Links::forget_if_unused(PeerId peer) {
    const Lane* const lane = lanes_.find(peer);
    if (lane && is_unused(*lane)) lanes_.erase(peer);
}

void Links::forget_unused_lanes() {
    lanes_.erase_if([this](PeerId, const Lane& lane) { return is_unused(lane); });
}

/// Not at once: a step may be under way that speaks of them.
void Links::part_from(Connection& connection) {
    if (!connection.book) return;
    const auto introduced = connection.book->introduced();
    strangers_.insert(strangers_.end(), introduced.begin(), introduced.end());
    if (strangers_.empty() || std::exchange(forgetting_, true)) return;
    asio::post(io_, [this] {
        forgetting_ = false;
        forget_strangers();
    });
}

/// Those who are still in use are looked at again, while this board is connected with anybody.
void Links::forget_strangers() {
    forget_unused_lanes();
    if (port_.book.crowded()) {
        const auto demoted = port_.book.demote_unless(port_.relies_on);
        strangers_.insert(strangers_.end(), demoted.begin(), demoted.end());
    }
    if (strangers_.empty()) return;
    const auto in_use = std::partition(strangers_.begin(), strangers_.end(), [this](PeerId peer) {
        return !lanes_.contains(peer) && !port_.relies_on(peer);
    });
    const auto unused = static_cast<std::size_t>(in_use - strangers_.begin());
    if (unused > 0) port_.counters.forgotten += port_.book.forget(std::span(strangers_).first(unused));
    strangers_.erase(strangers_.begin(), in_use);
    std::erase_if(strangers_, [this](PeerId peer) { return port_.book.is_member(peer); });
}

/// Looks at everybody's clock while there is anybody. Often enough that no limit is overrun by more than a
/// quarter.
void Links::watch() {
    if (watching_) return;
    watching_ = true;
    const Limits& limits = port_.options.limits;
    const base::Duration shortest = std::min({limits.handshake_max, limits.frame_max, limits.write_max,
                                              limits.idle_max, limits.farewell_max, base::seconds(4)});
    watch_.expires_after(to_chrono(shortest / 4));
    watch_.async_wait([this](ErrorCode stopped) {
        watching_ = false;
        if (stopped) return;
        const auto all = all_;  // closing takes them out
        for (const ConnectionRef& connection : all) connection->check(now());
        forget_strangers();
        if (!all_.empty() || !lanes_.empty()) watch();
    });
}

// --- sleep and stop --------------------------------------------------------------------------------------

void Links::set_awake(bool awake) {
    if (awake_ == awake) return;
    awake_ = awake;
    if (awake) return;
    const auto all = all_;
    for (const ConnectionRef& connection : all) connection->retire();
}

void Links::say_farewell(std::function<void()> gone) {
    ErrorCode ignored;
    acceptor_.close(ignored);
    gone_ = std::move(gone);
    awake_ = true;
    set_awake(false);
    if (all_.empty() && gone_) asio::post(io_, std::exchange(gone_, nullptr));
}

void Links::close() {
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    watch_.cancel();
    const auto all = all_;
    for (const ConnectionRef& connection : all) connection->close();
}

}  // namespace coop::runtime

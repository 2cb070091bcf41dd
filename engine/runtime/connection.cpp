#include "engine/runtime/connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "engine/protocol/message_size.hpp"
#include "engine/wire/codec.hpp"

namespace coop::runtime {
namespace {

constexpr std::size_t frame_max =
    wire::message_size_max + static_cast<std::size_t>(protocol::noise_tag.count);

}  // namespace

Connection::Connection(tcp::socket socket, Direction direction, const Shared& shared)
    : socket_(std::move(socket)),
      direction_(direction),
      shared_(shared),
      pause_(socket_.get_executor()),
      since_(shared.owner.now()) {
    ErrorCode unknown;
    const auto remote = socket_.remote_endpoint(unknown);
    if (!unknown) remote_ = from_asio(remote);
}

void Connection::start_inbound() { begin_greeting(); }

void Connection::start_outbound(const tcp::endpoint& to, const base::Key& expected) {
    expected_ = expected;
    remote_ = from_asio(to);
    socket_.async_connect(to, [self = shared_from_this()](ErrorCode error) {
        if (self->is_closed()) return;
        if (error) return self->close(&Counters::dials_failed);
        ++self->shared_.counters.dialled;
        self->begin_greeting();
    });
}

void Connection::begin_greeting() {
    state_ = State::greeting;
    ErrorCode ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    // A machine that vanished acknowledges nothing; without this, Linux waits a quarter of an hour for it.
    const auto patience = static_cast<unsigned>(shared_.limits.write_max.ns() / base::milliseconds(1).ns());
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    const auto role = direction_ == Direction::outbound ? wire::Role::initiator : wire::Role::responder;
    greeting_ = std::make_unique<wire::Greeting>(role, shared_.identity, shared_.pool);
    if (!continue_greeting()) return close(&Counters::handshakes_failed);
    read();
}

/// Writes when it is this side's turn; opens when both have said everything.
bool Connection::continue_greeting() {
    if (greeting_->my_turn()) {
        if (greeting_->write(next_)) return false;
        write();
    }
    return !greeting_->finished() || finish_greeting();
}

bool Connection::finish_greeting() {
    const base::Key key = greeting_->peer();
    if (expected_ && *expected_ != key) return false;
    wire::Transport transport = greeting_->transport();
    sending_ = transport.sending;
    receiving_ = transport.receiving;
    greeting_.reset();
    reader_ = wire::FrameReader(frame_max);
    state_ = State::open;
    since_ = heard_ = shared_.owner.now();
    ++shared_.counters.handshakes;
    if (!shared_.owner.on_open(*this, key)) {
        close();
    } else {
        wake_writer();
    }
    return true;
}

void Connection::read() {
    if (is_closed()) return;
    socket_.async_read_some(asio::buffer(piece_),
                            [self = shared_from_this()](ErrorCode error, std::size_t size) {
                                if (self->is_closed()) return;
                                if (error) return self->on_end_of_stream();
                                self->unread_ = {self->piece_.data(), size};
                                self->work_off();
                            });
}

/// What has been read, frame by frame, and then what comes next; later, while the peer has to wait.
void Connection::work_off() {
    while (!unread_.empty()) {
        if (pauses() || !take_frame()) return;
    }
    if (!pauses()) read();
}

bool Connection::pauses() {
    const base::Duration rest = pace.free_at() - shared_.owner.now();
    if (rest <= base::Duration::zero()) return false;
    paused_ = true;
    ++shared_.paused;
    ++shared_.counters.reads_paused;
    pause_.expires_after(to_chrono(rest));
    pause_.async_wait([self = shared_from_this()](ErrorCode) {
        if (self->is_closed()) return;
        self->end_pause();
        self->work_off();
    });
    return true;
}

void Connection::end_pause() {
    if (!std::exchange(paused_, false)) return;
    --shared_.paused;
    pause_.cancel();
}

void Connection::on_end_of_stream() {
    heard_all_ = true;
    if (state_ == State::greeting) return close(&Counters::handshakes_failed);
    if (within_frame_) return close(&Counters::frames_truncated);
    if (!writing_ || said_all_) return close();
    retire();
}

/// One frame, or as much of it as is there. False when the connection is over.
bool Connection::take_frame() {
    if (!within_frame_) frame_since_ = shared_.owner.now();
    within_frame_ = true;
    const auto state = reader_.feed(unread_);
    if (state == wire::FrameReader::State::hungry) return true;
    if (state == wire::FrameReader::State::not_a_frame) {
        close(greeting_ ? &Counters::handshakes_failed : &Counters::frames_oversized);
        return false;
    }
    within_frame_ = false;
    if (greeting_) {
        if (!on_greeting_frame(reader_.frame())) close(&Counters::handshakes_failed);
    } else {
        on_frame(reader_.frame());
    }
    return !is_closed();
}

bool Connection::on_greeting_frame(BytesView frame) {
    return !greeting_->my_turn() && !greeting_->read(frame) && continue_greeting();
}

bool Connection::on_frame(BytesView frame) {
    heard_ = shared_.owner.now();
    plain_.clear();
    if (receiving_.decrypt({}, frame, plain_)) {
        close(&Counters::frames_forged);
        return false;
    }
    if (!shared_.owner.on_message(*this, plain_)) close();
    return !is_closed();
}

void Connection::wake_writer() {
    if (may_write() && !writing_) write_next();
}

void Connection::write_next() {
    if (said_all_) return;
    std::optional<Packet> packet = shared_.owner.next_packet(*this);
    if (!packet) {
        if (state_ != State::retiring) return;
        if (heard_all_) return close();
        said_all_ = true;
        ErrorCode ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        return;
    }
    if (wire::append_sealed(sending_, packet->bytes, next_)) return close();
    heard_ = shared_.owner.now();
    write();
}

void Connection::write() {
    if (writing_) return;
    outgoing_.clear();
    outgoing_.swap(next_);
    writing_ = true;
    write_since_ = shared_.owner.now();
    asio::async_write(socket_, asio::buffer(outgoing_),
                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                          if (self->is_closed()) return;
                          self->writing_ = false;
                          if (error) return self->close();
                          self->next_.empty() ? self->wake_writer() : self->write();
                      });
}

void Connection::retire() {
    if (state_ != State::open) return state_ == State::retiring ? void() : close();
    state_ = State::retiring;
    since_ = shared_.owner.now();
    wake_writer();
}

void Connection::close(Tally reason) {
    if (is_closed()) return;
    state_ = State::closed;
    end_pause();
    if (reason) ++(shared_.counters.*reason);
    ErrorCode ignored;
    socket_.close(ignored);
    shared_.owner.on_closed(*this);
}

void Connection::check(base::Instant now) {
    const Limits& limits = shared_.limits;
    switch (state_) {
        case State::dialling:
            if (now - since_ > limits.handshake_max) close(&Counters::dials_failed);
            break;
        case State::greeting:
            if (now - since_ > limits.handshake_max) close(&Counters::handshakes_late);
            break;
        case State::open:
            if (within_frame_ && now - frame_since_ > limits.frame_max) return close(&Counters::frames_slow);
            if (writing_ && now - write_since_ > limits.write_max) return close(&Counters::slow_readers);
            if (!paused_ && now - heard_ > limits.idle_max) return close(&Counters::idle_closed);
            break;
        case State::retiring:
            if (now - since_ > limits.farewell_max) close();
            break;
        case State::closed: break;
    }
}

}  // namespace coop::runtime

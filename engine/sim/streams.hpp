// Streams: large messages share the lines of both ends with each other; what is small behind one waits for
// it.
//
//     from A to B:   [bulk][small][bulk]      one connection, one after the other: the first is a flow
//     from A to C:   [bulk]                   another: both flows share A's uplink, max-min fairly
//     from A to D:   small                    no stream: it takes its turn on the lines among the small
//
// A flow may be slowed down by one that begins at the other end of the country at the same moment, so streams
// belong to no partition. Between two windows they are brought up to date, in the order of time; what they
// send on arrives a path's delay later, which is after the window.
//
// Law: what happens to a stream depends on when its messages were handed over, not on when anybody looks. A
// board that asks whether it has a stream may hear of one that has just ended: handing a message to it then
// changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "engine/sim/commons.hpp"
#include "engine/sim/flows.hpp"

namespace coop::sim {

/// Of a flow: it takes its turn on the receiver's line, behind what is small.
inline constexpr base::Bytes last_segment = protocol::segment_payload + protocol::segment_header;
/// More than TCP sends before it has heard anything (RFC 6928: ten segments) takes part in sharing the line.
inline constexpr base::Bytes bulk_from = last_segment * 10;

class Streams {
  public:
    /// An event for the partition of the flight's receiver.
    using SendOn = std::function<void(const Event&, const Flight&)>;

    Streams(Commons& commons, SendOn send_on) : commons_(commons), send_on_(std::move(send_on)) {}

    /// What partitions have handed over in a window; see Happens.
    void take(std::span<const Event> orders);
    /// Everything before `horizon`. No board will hand over anything that is due before it.
    void run_until(base::Instant horizon);
    /// When something is due; never, when nothing is.
    base::Instant next_at();

  private:
    void obey(const Event& order);
    void join(Slot slot);
    void advance(PeerId from, Stream& stream);
    void on_flow_ended(std::uint32_t flow);
    void end_flow(PeerId from, Stream& stream);
    void cut(PeerId board);
    void cut(PeerId from, Stream& stream, Lost how);
    void send_on(const Flight& flight, Slot slot, base::Instant arrives);
    void arrive(Slot slot, base::Instant left);
    void start_flow(PeerId from, Stream& stream);
    void forget_idle();

    Commons& commons_;
    SendOn send_on_;
    base::Instant now_ = base::Instant::zero();
    EventQueue orders_;
    Flows flows_;
    struct Ends {
        PeerId from, to;
    };
    Pool<Ends> ends_;  // of flows
    std::vector<Ends> idle_;
};

}  // namespace coop::sim

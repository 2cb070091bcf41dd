// Options: everything a real host is told before it starts. Plain values; nothing here reads a file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/effect.hpp"
#include "engine/protocol/input.hpp"
#include "engine/runtime/endpoint.hpp"
#include "engine/runtime/pace.hpp"
#include "engine/wire/peer_book.hpp"

namespace coop::runtime {

/// A member to join through: who it is, and where it listens.
struct Contact {
    base::Key key;
    protocol::Endpoint at;
};

/// What one peer, one address and everybody together may take of this board.
struct Limits {
    std::size_t connections_max =
        128;  // 16 times an active view of 5 and some transfers; 64 KiB each. Guess.
    /// Kept free for connections that this board dials, so that strangers cannot lock its member out.
    std::size_t connections_own = 32;  // A quarter. Guess. Study: scenarios/handful.toml on a testbed
    std::size_t per_address_max = 16;  // several members behind one router. Guess. Study: handful.toml
    base::Duration handshake_max =
        base::seconds(10);  // three round trips and a slow board. Guess. Study: handful.toml
    base::Duration frame_max =
        base::seconds(30);  // from its first byte: 32 KiB at 9 kbit/s. Guess. Study: handful.toml
    base::Duration write_max = base::seconds(30);    // no byte taken in it. Guess. Study: handful.toml
    base::Duration idle_max = base::seconds(60);     // four keep-alives of an active link (MembershipConfig)
    base::Duration redial_after = base::seconds(1);  // after a dial that failed. Guess. Study: handful.toml
    base::Duration farewell_max = base::seconds(3);  // to flush before a stop. Guess. Study: handful.toml
    std::size_t queue_bytes_max = 1 << 20;           // for one peer: 30 chunks. Guess. Study: handful.toml
    std::size_t queues_bytes_max =
        16 << 20;  // for all: a thirtieth of the smallest board's memory. Guess. Study: handful.toml
    PaceLimits pace;
};

struct Options {
    std::string folder;         ///< the board's own: store and control socket; made with mode 0700
    std::string pool = "coop";  ///< boards of different pools never finish a greeting
    protocol::Endpoint listen;  ///< port 0: any free one
    /// Where others reach this board, if that is not where it listens (a router forwards a port).
    std::optional<protocol::Endpoint> advertised;
    std::vector<Contact> contacts;
    protocol::Config config;            ///< its `contacts` are filled in from those above
    protocol::Policies policies{};      ///< outlive the host
    base::Duration epoch;               ///< the moment since 1970-01-01 UTC that the node calls zero
    std::optional<std::uint64_t> seed;  ///< of the node's generator; drawn from the system when absent
    Limits limits;
    wire::BoundedPeerBook::Limits known;  ///< how many peers it remembers; at least as many as the node does
    bool control = true;                  ///< open the owner's socket
    std::string control_socket;           ///< its path; empty: control.sock in the folder
    bool stop_on_signals = false;         ///< SIGTERM and SIGINT stop the host cleanly
    base::Bytes
        store_size_max{};  ///< the store's file never grows beyond this; zero: as far as the disk goes
};

/// One message on its way, for accounting: `line` counts it as the simulator does.
struct Traffic {
    base::Instant now;
    protocol::PeerId peer;
    std::size_t kind = 0;  ///< index into protocol::Message
    base::Bytes line;
};

/// Called on the host's own thread, one at a time. They must not block for long, and must not throw.
struct Hooks {
    std::function<void(base::Instant, const protocol::Report&)> on_report;
    std::function<void(base::Instant, const protocol::Input&, const std::vector<protocol::Effect>&)>
        on_transcript;
    std::function<void(const Traffic&)> on_sent;
    std::function<void(const Traffic&)> on_received;
};

}  // namespace coop::runtime

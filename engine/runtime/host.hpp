// Host: one Node on one thread, with real sockets, a real disk and a real clock.
//
//     sockets ─┐                                    ┌─► Store: one atomic batch a step
//     timer ───┼─► Input ─► Node::step ─► effects ──┤        │ durable, or Persisted{false}
//     owner ───┘                                    └─► Links ◄ only then
//
// Law: a step's records are durable before any of its messages leaves. What peers, disks and owners do wrong
// is counted (`Counters`), never thrown; the board goes on.
//
// The commit is made on the host's own thread, within the step. A commit costs a slow card about 20 ms and is
// needed only for the node's own statements and for chunks, which arrive at the owner's share of the line
// (one in 9 s at 30 kbit/s); a second thread would buy nothing there and cost the proof of the order.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.hpp"
#include "engine/protocol/input.hpp"
#include "engine/runtime/counters.hpp"
#include "engine/runtime/options.hpp"

namespace coop::runtime {

class Host {
  public:
    /// Opens identity and store, binds the port; the error says what the owner can do about it.
    static base::Result<std::unique_ptr<Host>, std::string> open(Options options, Hooks hooks = {});
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// Starts the node and serves until somebody stops it. On the calling thread; once.
    void run();

    // From any thread.
    /// Say farewell, flush, close the store, return from `run`: within `Limits::farewell_max` and a commit.
    void stop();
    void request(protocol::Command command);
    Counters counters() const;
    base::Key key() const;
    protocol::Endpoint endpoint() const;  ///< where it listens, with the port that it was given

    /// Who a handle of this host's reports is. From a hook only: the book belongs to the host's thread.
    std::optional<base::Key> key_of(protocol::PeerId peer) const;

  private:
    struct Parts;
    explicit Host(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// The program's whole main, but for its arguments: opens, prints an error to standard error, serves, stops.
/// 0 after a clean stop; 2 when it could not start.
int run(Options options, Hooks hooks = {});

}  // namespace coop::runtime

// Links: everybody this board is connected with, and everybody it is not.
//
//     send(peer, message) ─► Lane: a bounded queue ─► the one Connection with this peer, dialled on demand
//     door ─► limits: asleep? this address? all? ─► Connection ─► greeting ─► Lane of who it proved to be
//
// Law: one connection serves a pair of members. When both dialled at once, both keep the one that the lower
// key dialled; the other is read to its end, so nothing that was sent on it is lost. Otherwise the newer
// replaces the older: whoever dials again has lost the old one. What a peer may make this board remember
// ends with its connection, unless the node came to rely on it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/flat_map.hpp"
#include "engine/runtime/connection.hpp"

namespace coop::runtime {

/// What links need of the host. Everything outlives them.
struct LinkPort {
    const Options& options;
    const Hooks& hooks;
    const crypto::Identity& identity;
    wire::BoundedPeerBook& book;
    Counters& counters;
    std::function<base::Instant()> now;
    std::function<void(protocol::PeerId, const protocol::Message&)> deliver;
    std::function<bool(protocol::PeerId)> relies_on;  ///< whether this name still means something here
};

class Links final : public ConnectionOwner {
  public:
    Links(asio::io_context& io, LinkPort port);
    ~Links() override;

    /// Binds the door; the error is a sentence, empty when all is well.
    std::string open();
    /// While closed, everybody who knocks is turned away, and everybody inside is seen out.
    void set_awake(bool awake);
    void send(protocol::PeerId to, const protocol::Message& message);
    /// A dead link's connection is not waited for: the next message dials anew.
    void drop(protocol::PeerId peer);
    /// Sees everybody out and calls back when the last has gone, within `Limits::farewell_max` or so.
    void say_farewell(std::function<void()> gone);
    void close();

    /// Where the door is.
    protocol::Endpoint endpoint() const;
    /// Where others find the door: as advertised, or as far as this board can tell by itself.
    protocol::Endpoint own_endpoint() const;
    std::size_t connections() const { return all_.size(); }

    base::Instant now() const override { return port_.now(); }
    bool on_open(Connection& connection, const base::Key& key) override;
    bool on_message(Connection& connection, BytesView bytes) override;
    std::optional<Packet> next_packet(Connection& connection) override;
    void on_closed(Connection& connection) override;

  private:
    using ConnectionRef = std::shared_ptr<Connection>;
    struct Lane {
        std::deque<Packet> waiting;
        std::size_t bytes = 0;
        ConnectionRef chosen;   ///< open
        ConnectionRef dialled;  ///< on its way
        base::Instant no_dial_before;
    };

    void accept();
    Tally reason_to_refuse(const protocol::Endpoint& remote) const;
    void add(const ConnectionRef& connection);
    void dial(protocol::PeerId to, Lane& lane);
    bool mine_is_preferred(const base::Key& theirs) const { return port_.identity.key() < theirs; }
    void choose(Lane& lane, const ConnectionRef& connection, const base::Key& key);
    void empty(Lane& lane);
    bool is_unused(const Lane& lane) const;
    void forget_if_unused(protocol::PeerId peer);
    void forget_unused_lanes();
    void part_from(Connection& connection);
    void forget_strangers();
    void watch();

    asio::io_context& io_;
    LinkPort port_;
    std::size_t paused_ = 0;  ///< connections
    Shared shared_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    asio::steady_timer watch_;
    bool watching_ = false;
    bool awake_ = true;
    std::size_t waiting_bytes_ = 0;  ///< over all lanes
    PaceRates pace_;
    std::vector<ConnectionRef> all_;
    base::FlatMap<protocol::PeerId, Lane> lanes_;
    std::vector<protocol::PeerId> strangers_;  ///< introduced by connections that are gone
    bool forgetting_ = false;
    std::function<void()> gone_;
};

}  // namespace coop::runtime

// Effects: everything that a node can do, as data; and the Outbox that carries them to the host.
//
// Law for hosts: perform effects in order, and let no Send of a step leave before every Persist of that step
// is durable. A node that has spoken can therefore never forget what it said. If a Persist fails, the Sends
// of its step are dropped and the node is told by Persisted{ticket, durable = false}.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/protocol/message.hpp"
#include "engine/protocol/record.hpp"

namespace coop::protocol {

struct Send {
    PeerId to;
    Message message;
};
struct Persist {
    Ticket ticket;
    Record record;
};

/// What happened, for results and logs. Nothing in the protocol reads a report. Append only: results store
/// them.
enum class What : std::uint8_t {
    fell_asleep = 1,
    woke_up,
    link_up,             ///< peer
    link_down,           ///< peer, reason in `value` (LinkEnd)
    published,           ///< id, size: the notice is durable and on its way
    delivered,           ///< id, hops, size; value: ns since it was said
    duplicate,           ///< id: a payload that was not needed
    put_accepted,        ///< object, size: durable on this board
    put_refused,         ///< object, reason
    stored,              ///< object, size: a whole checked copy is durable here; value: Custody
    object_safe,         ///< object: this author has heard from enough holders
    released,            ///< object, size: the copy here was dropped
    got,                 ///< object, size: a requested object is whole; value: ns since it was asked for
    refused,             ///< peer, object, reason: this node said no
    was_refused,         ///< peer, object, reason
    member_failed,       ///< peer: silent for longer than the permanent-failure timeout
    member_returned,     ///< peer
    repair_started,      ///< object: making a copy to replace one of a failed member
    bad_signature,       ///< peer that sent it
    bad_message,         ///< peer, reason
    dropped_over_quota,  ///< size: queued too long behind the owner's share
    disk_trouble,        ///< the node stops promising
    get_failed,          ///< object: nobody answered for too long
    get_asked,           ///< object: the owner wants it
    catalogue_full,      ///< peer, object: there is no room to remember its copy; told once a waking
    departed,            ///< has left for good: nobody needs this board any more, or nobody came in time
    cut_off,             ///< peer: it forged too much, and is not listened to; value: ns until it is again
};
std::string_view to_text(What what) noexcept;

enum class LinkEnd : std::uint8_t { silent = 1, farewell, replaced, slept, cut_off };

struct Report {
    What what = What::woke_up;
    PeerId peer = {};
    StatementId id = {};
    base::Digest object = {};
    base::Bytes size = {};
    std::int64_t value = 0;
    std::uint16_t hops = 0;
    Reason reason = Reason::not_here;
};

using Effect = std::variant<Send, Persist, Report>;

/// The host's, cleared before each step and reused for all its nodes.
class Outbox {
  public:
    void send(PeerId to, Message message) { effects_.emplace_back(Send{to, std::move(message)}); }
    void persist(Ticket ticket, Record record) { effects_.emplace_back(Persist{ticket, std::move(record)}); }
    void report(Report report) { effects_.emplace_back(report); }

    std::vector<Effect>& effects() { return effects_; }
    const std::vector<Effect>& effects() const { return effects_; }
    void clear() { effects_.clear(); }

  private:
    std::vector<Effect> effects_;
};

}  // namespace coop::protocol

// Wanted: what was announced and has not come, and who can be asked for it.
//
//     IHave ──► wanted ──silence──► ask the first announcer ──silence──► the next … ──► nobody left:
//     forgotten
//                  └──it comes──► forgotten
//
// Law: bounded (`missing_max`); each announcer is asked once an announcement; when it is half full, no
// announcer has more than its part, so that invented announcements crowd out few real ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/base/slim_vector.hpp"
#include "engine/protocol/broadcast/statement_log.hpp"
#include "engine/protocol/config.hpp"
#include "engine/protocol/env.hpp"

namespace coop::protocol::broadcast {

/// What a statement's next hop says; what was not pushed is not pushed on.
std::uint16_t one_further(std::uint16_t hops);

class Wanted {
  public:
    struct Item {
        StatementId id;
        base::Instant ask_at;
        PeerList announcers;  ///< in order, of those not asked yet
        bool pushed = true;   ///< it should have come by itself
    };

    /// `config` outlives it.
    explicit Wanted(const BroadcastConfig& config) : config_(&config) {}

    /// Somebody has it. What is new here, to be asked for at `ask_at`; null when it was wanted before, or
    /// there is no room for it.
    Item* announced(StatementId id, PeerId by, bool pushed, base::Instant ask_at);
    /// It has come, verified, from this peer: into the log. Reports what was not new.
    Seen take(PeerId from, const Gossip& message, StatementLog& log, Env& env);
    bool contains(StatementId id) const { return const_cast<Wanted*>(this)->find(id) != items_.end(); }
    void forget(StatementId id);
    /// Nobody else is asked.
    void only_of(const PeerList& announcers);

    /// Asks the next for what is due: `ask(item, announcer)` sends, and sets when to ask again.
    template <class Ask>
    void on_deadline(const StatementLog& log, base::Instant now, Ask ask) {
        base::erase_if(items_, [&](Item& item) {
            if (item.ask_at > now) return false;
            return !log.wants(item.id) || !ask_next(item, ask);
        });
    }
    /// False when nobody is left to ask: then it comes by catching up, or with the next announcement.
    template <class Ask>
    bool ask_next(Item& item, Ask& ask) {
        if (item.announcers.empty()) return false;
        const PeerId peer = item.announcers[0];
        item.announcers.erase_at(0);
        ask(item, peer);
        return true;
    }
    Deadline deadline() const;
    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }

  private:
    Item* find(StatementId id);
    bool room_for(PeerId announcer) const;

    const BroadcastConfig* config_;
    base::SlimVector<Item> items_;  // sorted by id
};

}  // namespace coop::protocol::broadcast

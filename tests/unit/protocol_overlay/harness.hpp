// A village of overlay parts on a time-ordered queue with fixed delays: small enough to read a story off it.
//
//     Village<Board>: one queue ──► Board.receive / Board.due ──► effects ──► queue
//
// Law: deterministic; the parts are the real ones, routed as Node routes them; the delay of a link is its
// only property. Whole nodes on modelled lines are tested through the simulator.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "engine/protocol/broadcast/broadcast.hpp"
#include "engine/protocol/membership/views.hpp"
#include "engine/protocol/sync/catch_up.hpp"

namespace coop::protocol::test {

constexpr PeerId peer(std::uint32_t index) { return PeerId{index}; }

/// The parts never call it: signatures are checked before a part is asked.
class NoCrypto final : public Crypto {
  public:
    Signature sign(const Statement&) const noexcept override { return {}; }
    bool verify(const Statement&, const Signature&) const noexcept override { return true; }
    bool names(const Chunk&) const noexcept override { return true; }
    bool names(const Manifest&) const noexcept override { return true; }
    std::uint64_t key_prefix(PeerId who) const noexcept override { return who.index; }
};

inline SignedRef say(PeerId origin, std::uint32_t sequence, base::Instant at, Body body) {
    return share(Signed{{{origin, sequence}, at, std::move(body)}, {}});
}
inline SignedRef notice(std::uint32_t origin, std::uint32_t sequence, base::Instant at = {}) {
    return say(peer(origin), sequence, at, Notice{base::kib(1), nullptr});
}
inline SignedRef announcement(std::uint32_t origin, std::uint32_t sequence, base::Instant at = {},
                              Announcement body = {}) {
    return say(peer(origin), sequence, at, body);
}

/// What one step needs, with an outbox to look into.
struct Bench {
    base::Rng rng{1, base::Purpose::test, 0};
    Outbox out;
    NoCrypto crypto;
    base::Instant now;

    Env env() { return {now, rng, out, crypto}; }
    /// The messages of this kind sent so far, with their receivers.
    template <class Kind>
    std::vector<std::pair<PeerId, Kind>> sent() const {
        std::vector<std::pair<PeerId, Kind>> found;
        for (const Effect& effect : out.effects()) {
            const auto* send = std::get_if<Send>(&effect);
            if (send == nullptr) continue;
            if (const auto* kind = std::get_if<Kind>(&send->message)) found.emplace_back(send->to, *kind);
        }
        return found;
    }
    std::size_t reported(What what) const {
        std::size_t count = 0;
        for (const Effect& effect : out.effects()) {
            const auto* report = std::get_if<Report>(&effect);
            count += report != nullptr && report->what == what ? 1 : 0;
        }
        return count;
    }
};

/// For boards that know none but their neighbours.
class Nobody final : public broadcast::Company {
  public:
    PeerList some(std::size_t, PeerId, Env&) const override { return {}; }
};
inline const Nobody nobody;

/// Broadcast alone, on links that stay as they are.
struct TreeBoard {
    TreeBoard(PeerId who, const Config& config)
        : self(who),
          log(config.broadcast, config.membership.members_max + config.broadcast.strangers_max),
          broadcast(config.broadcast) {}

    bool receive(PeerId from, const Message& message, Env& env) {
        if (const auto* m = std::get_if<Gossip>(&message)) return broadcast.on(from, *m, {log, nobody}, env);
        if (const auto* m = std::get_if<IHave>(&message)) broadcast.on(from, *m, log, env);
        if (const auto* m = std::get_if<Graft>(&message)) broadcast.on(from, *m, log, env);
        if (const auto* m = std::get_if<Prune>(&message)) broadcast.on(from, *m, env);
        return false;
    }
    void publish(const SignedRef& statement, Env& env) { broadcast.publish(statement, {log, nobody}, env); }
    void due(Env& env) { broadcast.on_deadline(log, env); }
    Deadline deadline() const { return broadcast.deadline(); }

    PeerId self;
    broadcast::StatementLog log;
    broadcast::Broadcast broadcast;
};

/// Membership, broadcast and catching up, routed as Node routes them.
struct OverlayBoard {
    OverlayBoard(PeerId who, const Config& settings)
        : self(who),
          config(&settings),
          directory(who, settings.membership, settings.content.failed_after),
          views(who, settings.membership),
          log(settings.broadcast, settings.membership.members_max + settings.broadcast.strangers_max),
          broadcast(settings.broadcast),
          catch_up(settings.sync) {}

    void wake(std::vector<PeerId> through, Env& env) {
        contacts.assign(through);
        directory.wake(env.now);
        catch_up.wake();
        own = announcement(self.index, ++sequence, env.now, offer);
        publish(own, env);
        views.wake({directory, contacts, own}, env);
        settle(env);
    }
    void sleep(Env& env) {
        views.sleep(Farewell::sleeping, env);
        broadcast.neighbours({});
        seen_version = views.version();
        catch_up.sleep();
        own = nullptr;
    }
    void publish(const SignedRef& statement, Env& env) {
        broadcast.publish(statement, {log, nobody}, env);
        take(statement, env);
    }
    bool receive(PeerId from, const Message& message, Env& env) {
        if (own == nullptr) return false;  // asleep
        directory.heard(from, env.now, env);
        views.heard_from(from, env.now);
        const bool fresh = std::visit([&](const auto& m) { return on(from, m, env); }, message);
        settle(env);
        return fresh;
    }
    void due(Env& env) {
        if (own != nullptr) settle(env);
    }
    Deadline deadline() const {
        if (own == nullptr) return Deadline::never();
        return std::min({directory.deadline(), views.deadline(), log.deadline(), broadcast.deadline(),
                         catch_up.deadline()});
    }

    PeerId self;
    const Config* config;
    membership::Directory directory;
    membership::Views views;
    broadcast::StatementLog log;
    broadcast::Broadcast broadcast;
    sync::CatchUp catch_up;
    Announcement offer;
    SignedRef own;
    base::SlimVector<PeerId> contacts;
    std::uint32_t sequence = 0;
    std::uint32_t seen_version = 0;

  private:
    template <class Kind>
    bool on(PeerId from, const Kind& m, Env& env) {
        if constexpr (std::is_same_v<Kind, Gossip>) {
            const bool quietly = catch_up.quietly(from, m);
            const bool fresh = quietly ? broadcast.keep(from, m, {log, nobody}, env)
                                       : broadcast.on(from, m, {log, nobody}, env);
            if (fresh) take(m.statement, env);
            catch_up.on(from, m, fresh, log, env);
            return fresh;
        } else if constexpr (std::is_same_v<Kind, IHave> || std::is_same_v<Kind, Graft>) {
            broadcast.on(from, m, log, env);
        } else if constexpr (std::is_same_v<Kind, Prune>) {
            broadcast.on(from, m, env);
        } else if constexpr (std::is_same_v<Kind, SyncAsk>) {
            if (views.is_active(from)) catch_up.on(from, m, log, env);
        } else if constexpr (std::is_same_v<Kind, Join>) {
            introduce(from, m.announcement, env, false);
            views.on(from, m, env);
        } else if constexpr (std::is_same_v<Kind, ForwardJoin>) {
            introduce(from, m.announcement, env, true);
            views.on(from, m, env);
        } else if constexpr (requires { views.on(from, m, env); }) {
            views.on(from, m, env);
        }
        return false;
    }
    /// A contact need not announce its newcomer: the walks carry the announcement to all its neighbours.
    void introduce(PeerId from, const SignedRef& statement, Env& env, bool announce) {
        if (!log.wants(statement->statement.id) || statement->statement.id.origin == self) return;
        const Gossip gossip{statement, broadcast::hops_unpushed};
        const bool fresh = announce ? broadcast.on(from, gossip, {log, nobody}, env)
                                    : broadcast.keep(from, gossip, {log, nobody}, env);
        if (fresh) take(statement, env);
    }
    void take(const SignedRef& statement, Env& env) {
        directory.on_announcement(statement, env);
        directory.heard(statement->statement.id.origin, statement->statement.at, env);
    }
    void settle(Env& env) {
        views.on_deadline({directory, contacts, own}, env);
        if (views.version() != seen_version) {
            seen_version = views.version();
            const PeerList before = broadcast.neighbours();
            broadcast.neighbours(views.active());
            catch_up.neighbours(before, views.active(), log, env);
        }
        directory.on_deadline(env);
        log.on_deadline(env.now);
        broadcast.on_deadline(log, env);
        catch_up.on_deadline(views.active(), log, env);
    }
};

std::string tell(const Message& heard, PeerId from);
/// One line a step: what happened, and what was done about it.
std::string tell(bool delivered, const std::vector<Effect>& effects);

template <class Board>
class Village {
  public:
    explicit Village(std::size_t count, Config config = {}, std::uint64_t seed = 1)
        : config_(std::move(config)) {
        boards_.reserve(count);  // a copy borrows the configuration of its original, which outlives it
        for (std::uint32_t i = 0; i < count; ++i) {
            boards_.emplace_back(peer(i), config_);
            rngs_.emplace_back(seed, base::Purpose::node, i);
        }
        alive_.assign(count, true);
        woken_at_.assign(count, base::Instant::never());
    }

    Board& board(std::uint32_t i) { return boards_[i]; }
    const Board& board(std::uint32_t i) const { return boards_[i]; }
    std::size_t size() const { return boards_.size(); }
    base::Instant now() const { return now_; }
    bool alive(std::uint32_t i) const { return alive_[i]; }
    void kill(std::uint32_t i) { alive_[i] = false; }
    void cut(std::uint32_t a, std::uint32_t b) { cuts_[{a, b}] = true, cuts_[{b, a}] = true; }
    void mend() { cuts_.clear(); }
    base::Duration delay = base::milliseconds(10);

    /// Does something with one board, as its host would.
    void act(std::uint32_t i, const std::string& what, const std::function<void(Board&, Env&)>& action) {
        step(i, what, [&](Env& env) { return action(boards_[i], env), false; });
    }
    void run_for(base::Duration time) { run_until(now_ + time); }
    void run_until(base::Instant end) {
        while (!queue_.empty() && queue_.top().at <= end) {
            const Event event = queue_.top();
            queue_.pop();
            now_ = event.at;
            handle(event);
        }
        now_ = end;
    }

    std::size_t sent(std::size_t kind) const { return sent_[kind]; }
    template <class Kind>
    std::size_t sent() const {
        return sent(Message(Kind{}).index());
    }
    std::size_t delivered() const { return delivered_; }
    void forget_counts() { sent_.assign(message_kinds, 0), delivered_ = 0; }
    bool tells = false;
    std::string story() const { return "\n" + story_; }

  private:
    struct Event {
        base::Instant at;
        std::uint64_t order = 0;
        std::uint32_t to = 0;
        PeerId from;
        std::shared_ptr<const Message> message;     // null: the deadline
        bool operator<(const Event& other) const {  // the queue gives the largest first
            return std::tie(other.at, other.order) < std::tie(at, order);
        }
    };

    void handle(const Event& event) {
        if (!alive_[event.to]) return;
        Board& board = boards_[event.to];
        if (event.message == nullptr) {
            if (woken_at_[event.to] != event.at) return;  // moved since
            woken_at_[event.to] = base::Instant::never();
            if (board.deadline() <= now_)
                step(event.to, "is due", [&](Env& env) { return board.due(env), false; });
            arm(event.to);
        } else {
            const std::string what = tells ? tell(*event.message, event.from) : std::string();
            step(event.to, what, [&](Env& env) { return board.receive(event.from, *event.message, env); });
        }
    }
    void step(std::uint32_t i, const std::string& what, const std::function<bool(Env&)>& action) {
        out_.clear();
        Env env{now_, rngs_[i], out_, crypto_};
        const bool delivered = action(env);
        delivered_ += delivered ? 1 : 0;
        if (tells) write_down(i, what, delivered);
        for (const Effect& effect : out_.effects()) {
            if (const auto* send = std::get_if<Send>(&effect)) post(i, *send);
        }
        arm(i);
    }
    void post(std::uint32_t from, const Send& send) {
        ++sent_[send.message.index()];
        const std::uint32_t to = send.to.index;
        if (to >= boards_.size() || cuts_.contains({from, to})) return;
        queue_.push({now_ + delay, ++order_, to, peer(from), std::make_shared<const Message>(send.message)});
    }
    void arm(std::uint32_t i) {
        const base::Instant at = std::max(boards_[i].deadline(), now_);
        if (at.is_never() || at >= woken_at_[i]) return;
        woken_at_[i] = at;
        queue_.push({at, ++order_, i, PeerId::none(), nullptr});
    }
    void write_down(std::uint32_t i, const std::string& what, bool delivered) {
        const std::string did = tell(delivered, out_.effects());
        if (what == "is due" && did.empty()) return;
        std::string time = std::to_string(now_.ns() / 1'000'000);
        time.insert(0, time.size() < 5 ? 5 - time.size() : 0, ' ');
        story_ += "[" + time + " ms] " + std::to_string(i) + " " + what + did + "\n";
    }

    inline static const NoCrypto crypto_;
    Config config_;
    Outbox out_;
    std::vector<Board> boards_;
    std::vector<base::Rng> rngs_;
    std::vector<bool> alive_;
    std::vector<base::Instant> woken_at_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, bool> cuts_;
    std::priority_queue<Event> queue_;
    std::vector<std::size_t> sent_ = std::vector<std::size_t>(message_kinds, 0);
    std::size_t delivered_ = 0;
    std::uint64_t order_ = 0;
    base::Instant now_;
    std::string story_;
};

/// Gives every board these neighbours; `edges` are undirected.
inline void link(Village<TreeBoard>& village,
                 const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
    std::vector<PeerList> neighbours(village.size());
    for (const auto& [a, b] : edges) {
        neighbours[a].push_back(peer(b));
        neighbours[b].push_back(peer(a));
    }
    for (std::uint32_t i = 0; i < village.size(); ++i) {
        village.act(i, "links", [&](TreeBoard& board, Env&) { board.broadcast.neighbours(neighbours[i]); });
    }
}
inline void publish(Village<TreeBoard>& village, std::uint32_t who, std::uint32_t sequence) {
    village.act(who, "publishes " + std::to_string(sequence),
                [&](TreeBoard& board, Env& env) { board.publish(notice(who, sequence, env.now), env); });
}

}  // namespace coop::protocol::test

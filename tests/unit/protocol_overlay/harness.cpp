#include "tests/unit/protocol_overlay/harness.hpp"

namespace coop::protocol::test {
namespace {

std::string name(PeerId who) { return std::to_string(who.index); }
std::string name(StatementId id) { return std::to_string(id.sequence); }

std::string why(LinkEnd end) {
    switch (end) {
        case LinkEnd::silent: return "silent";
        case LinkEnd::farewell: return "farewell";
        case LinkEnd::replaced: return "replaced";
        case LinkEnd::slept: return "slept";
        case LinkEnd::cut_off: return "cut off";
    }
    return "?";
}

struct HeardIt {
    PeerId from;
    std::string operator()(const Join&) const { return "is asked by " + name(from) + " to let it in"; }
    std::string operator()(const ForwardJoin& m) const {
        return "hears of newcomer " + name(m.newcomer) + " from " + name(from);
    }
    std::string operator()(const Neighbor& m) const {
        return "is asked " + std::string(m.urgent ? "urgently " : "") + "by " + name(from);
    }
    std::string operator()(const NeighborReply& m) const {
        return std::string(m.accepted ? "is accepted" : "is refused") + " by " + name(from);
    }
    std::string operator()(const Disconnect&) const { return "is left by " + name(from); }
    std::string operator()(const Gossip& m) const {
        return "receives " + name(m.statement->statement.id) + " from " + name(from);
    }
    std::string operator()(const IHave& m) const { return "hears of " + name(m.id) + " from " + name(from); }
    std::string operator()(const Graft& m) const {
        return "is asked for " + name(m.id) + " by " + name(from);
    }
    std::string operator()(const Prune&) const { return "is pruned by " + name(from); }
    std::string operator()(const SyncAsk&) const { return "is asked by " + name(from) + " what was missed"; }
    template <class Other>
    std::string operator()(const Other& m) const {
        return "hears " + std::string(kind_name(Message(m))) + " from " + name(from);
    }
};

/// The verb for a message sent; the receivers of equal verbs are gathered.
struct Verb {
    std::string operator()(const Join&) const { return "joins through"; }
    std::string operator()(const ForwardJoin& m) const {
        return "passes newcomer " + name(m.newcomer) + " on to";
    }
    std::string operator()(const Neighbor& m) const { return m.urgent ? "asks urgently" : "asks"; }
    std::string operator()(const NeighborReply& m) const { return m.accepted ? "accepts" : "refuses"; }
    std::string operator()(const Disconnect&) const { return "leaves"; }
    std::string operator()(const Gossip& m) const {
        return m.hops == broadcast::hops_unpushed ? "sends " + name(m.statement->statement.id) + " to"
                                                  : "forwards to";
    }
    std::string operator()(const IHave& m) const {
        return m.hops == broadcast::hops_unpushed ? "announces " + name(m.id) + " as old news to"
                                                  : "announces to";
    }
    std::string operator()(const Graft&) const { return "grafts"; }
    std::string operator()(const Prune&) const { return "prunes"; }
    std::string operator()(const SyncAsk&) const { return "asks what was missed:"; }
    template <class Other>
    std::string operator()(const Other& m) const {
        return "says " + std::string(kind_name(Message(m))) + " to";
    }
};

}  // namespace

std::string tell(const Message& heard, PeerId from) { return std::visit(HeardIt{from}, heard); }

std::string tell(bool delivered, const std::vector<Effect>& effects) {
    std::vector<std::pair<std::string, std::string>> done;
    if (delivered) done.emplace_back("delivers", "");
    for (const Effect& effect : effects) {
        std::string verb;
        std::string whom;
        if (const auto* send = std::get_if<Send>(&effect)) {
            verb = std::visit(Verb{}, send->message);
            whom = name(send->to);
        } else if (const auto* report = std::get_if<Report>(&effect)) {
            if (report->what == What::duplicate) verb = "duplicate";
            if (report->what == What::link_up) verb = "links with", whom = name(report->peer);
            if (report->what == What::link_down) {
                verb = "loses",
                whom = name(report->peer) + " (" + why(static_cast<LinkEnd>(report->value)) + ")";
            }
        }
        if (verb.empty()) continue;
        if (!done.empty() && done.back().first == verb) {
            done.back().second += ", " + whom;
        } else {
            done.emplace_back(verb, whom);
        }
    }
    std::string line;
    for (const auto& [verb, whom] : done) {
        line += line.empty() ? " -> " : ", ";
        line += whom.empty() ? verb : verb + " " + whom;
    }
    return line;
}

}  // namespace coop::protocol::test

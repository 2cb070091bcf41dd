#include "engine/sim/transcript.hpp"

#include <utility>
#include <vector>

#include "engine/base/digest.hpp"

namespace coop::sim {
namespace {

std::string number(std::int64_t value) { return std::to_string(value); }
std::string name_of(PeerId peer) { return peer.is_none() ? "?" : std::to_string(peer.index); }
std::string name_of(protocol::StatementId id) { return name_of(id.origin) + "#" + number(id.sequence); }
std::string name_of(const base::Digest& digest) { return base::to_hex(digest.bytes.data(), 2); }
std::string name_of(const protocol::SignedRef& statement) {
    return statement ? name_of(statement->statement.id) : std::string("nothing");
}
std::string piece_of(const base::Digest& object, std::uint16_t index) {
    return name_of(object) + (index == protocol::whole_object ? "" : "[" + number(index) + "]");
}

/// What follows the kind's name; empty for messages that say nothing more.
struct Details {
    std::string operator()(const protocol::Join& m) const { return name_of(m.announcement); }
    std::string operator()(const protocol::ForwardJoin& m) const {
        return name_of(m.newcomer) + " ttl " + number(m.ttl);
    }
    std::string operator()(const protocol::Neighbor& m) const { return m.urgent ? "urgently" : ""; }
    std::string operator()(const protocol::NeighborReply& m) const { return m.accepted ? "yes" : "no"; }
    std::string operator()(const protocol::Disconnect& m) const {
        switch (m.why) {
            case protocol::Farewell::replaced:
                return "replaced";
            case protocol::Farewell::sleeping:
                return "sleeping";
            case protocol::Farewell::leaving:
                return "leaving";
        }
        return "?";
    }
    std::string operator()(const protocol::Shuffle& m) const {
        return "of " + name_of(m.origin) + " ttl " + number(m.ttl);
    }
    std::string operator()(const protocol::ShuffleReply&) const { return ""; }
    std::string operator()(const protocol::KeepAlive& m) const { return m.reply ? "reply" : ""; }
    std::string operator()(const protocol::Gossip& m) const { return name_of(m.statement); }
    std::string operator()(const protocol::IHave& m) const { return name_of(m.id); }
    std::string operator()(const protocol::Graft& m) const { return name_of(m.id); }
    std::string operator()(const protocol::Prune&) const { return ""; }
    std::string operator()(const protocol::SyncAsk& m) const { return m.both ? "both ways" : ""; }
    std::string operator()(const protocol::FetchManifest& m) const { return name_of(m.object); }
    std::string operator()(const protocol::ManifestReply& m) const {
        return m.manifest ? name_of(m.manifest->object) : std::string("nothing");
    }
    std::string operator()(const protocol::FetchChunk& m) const { return piece_of(m.object, m.index); }
    std::string operator()(const protocol::ChunkReply& m) const { return piece_of(m.object, m.index); }
    std::string operator()(const protocol::Refusal& m) const {
        return piece_of(m.object, m.index) + " because " + std::string(to_text(m.reason));
    }
};

struct Inputs {
    std::string operator()(const protocol::Started& in) const {
        return in.kept.empty()
                   ? "starts"
                   : "starts with " + number(static_cast<std::int64_t>(in.kept.size())) + " records";
    }
    std::string operator()(const protocol::Woken&) const { return "wakes"; }
    std::string operator()(const protocol::Received& in) const {
        return "receives " + describe(*in.message) + " from " + name_of(in.from);
    }
    std::string operator()(const protocol::Persisted& in) const {
        return in.durable ? "has written" : "could not write";
    }
    std::string operator()(const protocol::Requested& in) const {
        static constexpr const char* asked[] = {"publish", "put", "get", "leave"};
        return std::string("is asked to ") + asked[in.command.index()];
    }
    std::string operator()(const protocol::Damaged& in) const {
        return "finds " + name_of(in.object) + " damaged";
    }
};

struct Records {
    std::string operator()(const protocol::KeptStatement& r) const {
        return "statement " + name_of(r.statement);
    }
    std::string operator()(const protocol::KeptManifest& r) const {
        return "manifest " + name_of(r.manifest->object);
    }
    std::string operator()(const protocol::KeptChunk& r) const {
        return "chunk " + piece_of(r.object, r.index);
    }
    std::string operator()(const protocol::ForgottenObject& r) const {
        return "no more " + name_of(r.object);
    }
    std::string operator()(const protocol::ForgottenStatement& r) const { return "no more " + name_of(r.id); }
};

bool hidden_by_default(const protocol::Message& message) {
    return std::holds_alternative<protocol::KeepAlive>(message) ||
           std::holds_alternative<protocol::Shuffle>(message) ||
           std::holds_alternative<protocol::ShuffleReply>(message);
}

}  // namespace

std::string describe(const protocol::Message& message) {
    std::string text(kind_name(message));
    const std::string details = std::visit(Details{}, message);
    return details.empty() ? text : text + " " + details;
}

std::string describe(const protocol::Input& input) { return std::visit(Inputs{}, input); }

std::string describe(const protocol::Record& record) { return std::visit(Records{}, record); }

std::string describe(const protocol::Report& report) {
    std::string text(to_text(report.what));
    if (!report.id.origin.is_none()) text += " " + name_of(report.id);
    if (report.object != base::Digest{}) text += " " + name_of(report.object);
    if (!report.peer.is_none()) text += " " + name_of(report.peer);
    return text;
}

Transcript::Transcript() {
    wanted_.messages = [](const protocol::Message& message) { return !hidden_by_default(message); };
}

void Transcript::on_step(base::Instant at, PeerId node, const protocol::Input& input,
                         const protocol::Outbox& out) {
    const auto* const received = std::get_if<protocol::Received>(&input);
    const bool heard = received != nullptr && wants(*received->message);
    const bool asked = std::holds_alternative<protocol::Requested>(input);
    const std::string effects = effects_of(out);
    if (effects.empty() && !heard && !asked) return;
    line(at, name_of(node) + " " + describe(input) + (effects.empty() ? "" : " -> " + effects));
}

std::string Transcript::effects_of(const protocol::Outbox& out) const {
    std::vector<std::pair<std::string, std::string>> said;  // what, to whom; equal messages in one breath
    std::string text;
    const auto add = [&text](const std::string& words) { text += (text.empty() ? "" : "; ") + words; };
    for (const protocol::Effect& effect : out.effects()) {
        if (const auto* const report = std::get_if<protocol::Report>(&effect)) {
            if (wanted_.reports) add(describe(*report));
        } else if (const auto* const persist = std::get_if<protocol::Persist>(&effect)) {
            if (wanted_.persists) add("keeps " + describe(persist->record));
        } else if (const auto& send = std::get<protocol::Send>(effect); wants(send.message)) {
            const std::string words = describe(send.message);
            auto at = said.begin();
            while (at != said.end() && at->first != words) ++at;
            if (at == said.end()) {
                said.emplace_back(words, name_of(send.to));
            } else {
                at->second += ", " + name_of(send.to);
            }
        }
    }
    for (const auto& [words, whom] : said) add("sends " + words + " to " + whom);
    return text;
}

void Transcript::on_drop(const Drop& drop) {
    if (!wanted_.drops || !wants(*drop.message)) return;
    line(drop.at, name_of(drop.to) + " never hears " + describe(*drop.message) + " from " +
                      name_of(drop.from) + " (" + to_text(drop.why) + ")");
}

void Transcript::on_fault(const Fault& fault) {
    line(fault.at, name_of(fault.node) + " suffers " + to_text(fault.kind));
}

void Transcript::on_violation(const Violation& violation) {
    line(violation.at, name_of(violation.node) + " breaks " + to_text(violation.law) + " by " +
                           number(violation.actual.count) + " bytes");
}

std::string Transcript::take() { return std::exchange(text_, {}); }

void Transcript::line(base::Instant at, const std::string& words) {
    std::string ms = number(at.ns() / 1'000'000);
    if (ms.size() < 4) ms.insert(0, 4 - ms.size(), ' ');
    text_ += "[" + ms + " ms] " + words + "\n";
}

}  // namespace coop::sim

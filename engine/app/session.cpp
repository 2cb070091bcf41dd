#include "engine/app/session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/app/journal.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::app {
namespace {

template <class Pick>
std::vector<results::Edge> edges(const sim::Simulation& simulation, Pick pick) {
    std::vector<results::Edge> found;
    for (std::uint32_t i = 0; i < simulation.count(); ++i) {
        const protocol::Node* const node = simulation.node(PeerId{i});
        if (node == nullptr) continue;
        for (const PeerId peer : pick(*node)) found.push_back({i, peer.index});
    }
    return found;
}

Objects::Holds on_disks_of(const sim::Simulation& simulation) {
    return [&simulation](PeerId node, const base::Digest& object, base::Bytes size) {
        return simulation.on_disk(node, object) >= size;
    };
}

}  // namespace

Session::Session(const SessionSetup& setup)
    : setup_(setup),
      measures_(measure_setup(setup.loaded.scenario, setup.population, setup.placement)),
      moments_(setup.loaded.scenario) {}

void Session::event(base::Instant at, PeerId node, std::string_view kind, std::string json) {
    setup_.writer.event({at, ++sequence_, node.index, std::string(kind), std::move(json)});
}

void Session::on_report(base::Instant at, PeerId node, const protocol::Report& report) {
    measures_.report(at, node, report);
    if (setup_.events) event(at, node, protocol::to_text(report.what), to_json(report));
}

void Session::on_send(const sim::Sent& sent) {
    if (!setup_.events) return;
    event(sent.at, sent.from, "send",
          fmt::format(R"({{"to":{},"message":"{}","bytes":{}}})", sent.to.index,
                      protocol::kind_name(*sent.message), sent.line.count));
}

void Session::on_drop(const sim::Drop& drop) {
    if (!setup_.events) return;
    event(drop.at, drop.from, "drop",
          fmt::format(R"({{"to":{},"message":"{}","why":"{}"}})", drop.to.index,
                      protocol::kind_name(*drop.message), sim::to_text(drop.why)));
}

bool Session::leaves_now(const sim::Fault& fault) const {
    return std::any_of(setup_.gone.begin(), setup_.gone.end(), [&](const models::FaultPlan::Gone& gone) {
        return gone.member == fault.node.index && gone.at <= fault.at;
    });
}

void Session::on_fault(const sim::Fault& fault) {
    setup_.writer.fault({fault.at, sim::to_text(fault.kind), {fault.node.index}, ""});
    const bool off = fault.kind == sim::FaultKind::power_off || fault.kind == sim::FaultKind::kill;
    if (!off) return;
    if (leaves_now(fault)) {
        measures_.gone(fault.at, fault.node);
    } else {
        measures_.power_lost(fault.at, fault.node);
    }
}

void Session::on_violation(const sim::Violation& violation) {
    measures_.violation(true);
    broke(violation.at, violation.node, sim::to_text(violation.law),
          fmt::format("{} where {} are allowed", human_bytes(double(violation.actual.count)),
                      human_bytes(double(violation.allowed.count))));
}

void Session::broke(base::Instant at, PeerId node, std::string_view law, std::string detail) {
    ++broken_[std::string(law)];
    setup_.writer.violation({at, std::string(law), node.index, std::move(detail)});
}

// --- disks -------------------------------------------------------------------------------------

void Session::audit(base::Instant at, const Objects::Holds& holds, PeerId only) {
    for (const Objects::Missing& missing : measures_.strike_out(holds, only)) {
        measures_.violation(false);
        broke(at, missing.node, "promised_not_held",
              fmt::format("object {}, {}, was reported to be here and is not on the disk",
                          base::to_hex(missing.object), human_bytes(double(missing.size.count))));
    }
}

void Session::on_restart(base::Instant at, PeerId node, const sim::Simulation& simulation) {
    audit(at, on_disks_of(simulation), node);
}

// --- moments -----------------------------------------------------------------------------------

void Session::on_sample(base::Instant at, const sim::Simulation& simulation) {
    const bool last = at == base::Instant::zero() + setup_.loaded.scenario.duration;
    if (last) audit(at, on_disks_of(simulation));
    if (moments_.contains(at)) snapshot(at, simulation);
    count_sent(simulation);
    sample(at);
}

void Session::count_sent(const sim::Simulation& simulation) {
    const sim::KindCounters kinds = simulation.kinds_of_all();
    measures_.forget_sent();
    for (std::size_t kind = 0; kind < kinds.up.size(); ++kind)
        measures_.sent(kind, kinds.up[kind].line, kinds.up[kind].messages);
}

void Session::on_end(const sim::Simulation& simulation) {
    audit(simulation.now(), on_disks_of(simulation));
    count_sent(simulation);
    for (std::uint32_t i = 0; i < simulation.count(); ++i)
        measures_.sent(PeerId{i}, simulation.counters(PeerId{i}).up.line);
    if (newest_snapshot_ != simulation.now()) snapshot(simulation.now(), simulation);
}

void Session::on_links(base::Instant at, const Links& links) {
    if (moments_.contains(at)) snapshot(at, links);
    sample(at);
}

void Session::on_last_links(base::Instant at, const Links& links) {
    if (newest_snapshot_ != at) snapshot(at, links);
}

void Session::sample(base::Instant at) {
    std::vector<Value> values = measures_.sample(at);
    write_sample(setup_.writer, at, values);
    timeline_.at.push_back(at);
    timeline_.values.push_back(std::move(values));
}

void Session::on_sent(PeerId from, const SentTick& tick, base::Instant second) {
    measures_.sent(from, tick.line);
    measures_.sent(tick.kind, tick.line, tick.messages);
    if (!setup_.events) return;
    event(second, from, "sent_in_second",
          fmt::format(R"({{"message":"{}","messages":{},"bytes":{}}})", protocol::kind_name(tick.kind),
                      tick.messages, tick.line.count));
}

void Session::on_broken(base::Instant at, PeerId node, std::string_view detail) {
    measures_.violation(false);
    broke(at, node, "program", std::string(detail));
}

void Session::snapshot(base::Instant at, const sim::Simulation& simulation) {
    const auto active = edges(simulation, [](const protocol::Node& node) { return node.neighbours(); });
    const auto eager = edges(simulation, [](const protocol::Node& node) { return node.eager(); });
    snapshot(at, {active, &eager});
}

void Session::snapshot(base::Instant at, const Links& links) {
    newest_snapshot_ = at;
    setup_.writer.snapshot(at, "active", links.active);
    if (links.eager != nullptr) setup_.writer.snapshot(at, "eager", *links.eager);
}

}  // namespace coop::app

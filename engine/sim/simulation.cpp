#include "engine/sim/simulation.hpp"

#include "engine/sim/engine.hpp"

namespace coop::sim {

Simulation::Simulation(const Setup& setup, const World& world)
    : engine_(std::make_unique<Engine>(setup, world)) {
    engine_->observe_with(*this);
}
Simulation::~Simulation() = default;

Stop Simulation::run_until(base::Instant end, const Watch& watch) { return engine_->run_until(end, watch); }
void Simulation::add(const Task& task) { engine_->add(task); }
void Simulation::add(const Fault& fault) { engine_->add(fault); }

base::Instant Simulation::now() const { return engine_->now(); }
Progress Simulation::progress() const { return engine_->progress(); }
Fingerprint Simulation::fingerprint() const { return engine_->fingerprint(); }
std::uint64_t Simulation::violations() const { return engine_->violations(); }
std::uint32_t Simulation::threads() const { return engine_->threads(); }
OneThread Simulation::one_thread() const { return engine_->one_thread(); }

std::uint32_t Simulation::count() const { return engine_->count(); }
const protocol::Node* Simulation::node(PeerId peer) const {
    const Host& host = engine_->host(peer);
    return host.node ? &*host.node : nullptr;
}
bool Simulation::powered(PeerId peer) const { return engine_->host(peer).powered; }
bool Simulation::reachable(PeerId peer) const {
    const protocol::Node* const running = node(peer);
    return running != nullptr && running->awake();
}
const Board& Simulation::board(PeerId peer) const { return *engine_->host(peer).board; }
Counters Simulation::counters(PeerId peer) const { return engine_->counters(peer); }
const KindCounters* Simulation::kinds(PeerId peer) const { return engine_->host(peer).kinds.get(); }
KindCounters Simulation::kinds_of_all() const { return engine_->kinds(); }
base::Bytes Simulation::on_disk(PeerId peer, const base::Digest& object) const {
    return engine_->host(peer).disk.holds(object);
}
void Simulation::lose(PeerId peer, const base::Digest& object) {
    engine_->host(peer).disk.apply(protocol::ForgottenObject{object});
}
std::vector<protocol::Record> Simulation::disk_records(PeerId peer) const {
    return engine_->host(peer).disk.records();
}

}  // namespace coop::sim

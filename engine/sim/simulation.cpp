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

base::Instant Simulation::now() const { return engine_->now_; }
Progress Simulation::progress() const { return {engine_->now_, engine_->events_, engine_->steps_}; }
Fingerprint Simulation::fingerprint() const { return engine_->fingerprint(); }
std::uint64_t Simulation::violations() const {
    return engine_->checker_ ? engine_->checker_->violations() : 0;
}

std::uint32_t Simulation::count() const { return static_cast<std::uint32_t>(engine_->hosts_.size()); }
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
const KindCounters& Simulation::kinds_of_all() const { return engine_->kinds_; }
base::Bytes Simulation::on_disk(PeerId peer, const base::Digest& object) const {
    return engine_->host(peer).disk.holds(object);
}
void Simulation::lose(PeerId peer, const base::Digest& object) {
    engine_->hosts_[peer.index].disk.apply(protocol::ForgottenObject{object});
}
std::vector<protocol::Record> Simulation::disk_records(PeerId peer) const {
    return engine_->host(peer).disk.records();
}

}  // namespace coop::sim

#include "engine/sim/engine.hpp"

#include <utility>

#include "engine/crypto/priced.hpp"
#include "engine/sim/real_crypto.hpp"

namespace coop::sim {
namespace {

std::unique_ptr<crypto::MeteredCrypto> make_crypto(const Setup& setup, std::uint32_t boards) {
    if (setup.crypto == Cryptography::real) return std::make_unique<RealCrypto>(setup.seed, boards);
    return std::make_unique<crypto::PricedCrypto>(setup.seed);
}

}  // namespace

Simulation::Engine::Engine(const Setup& setup, const World& world)
    : setup_(setup), world_(world), crypto_(make_crypto(setup, world.people.count())) {
    COOP_ASSERT(setup.policies.quota != nullptr && setup.policies.placement != nullptr);
    COOP_ASSERT((setup.encode == Encode::never) || setup.recoder != nullptr);
    const std::uint32_t count = world.people.count();
    COOP_ASSERT(count < workload_origin);
    if (setup.check_quota) checker_.emplace(setup.policies, world.observer);
    hosts_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const PeerId peer{i};
        const Board& board = world.boards.board(peer);
        const protocol::Config& config = world.people.config(peer);
        Host& host = hosts_.emplace_back(setup.seed, peer, board, config, setup.keep_records);
        host.rates = world.network.rates(peer);
        host.rates.up = narrower(host.rates.up, board.nic);
        host.rates.down = narrower(host.rates.down, board.nic);
        if (setup.count_kinds) host.kinds = std::make_unique<KindCounters>();
        if (checker_) checker_->add_member(config.owner);
        schedule(world.people.joins_at(peer), i, Happens::joined, 0);
    }
    if (setup.sample_every > base::Duration::zero())
        schedule(now_ + setup.sample_every, sample_origin, Happens::sample, 0);
}

Stop Simulation::Engine::run_until(base::Instant end, const Watch& watch) {
    constexpr std::uint64_t watch_every =
        4096;  // about a millisecond of work: an interruption feels immediate
    COOP_ASSERT(end >= now_);
    pull_task();
    pull_fault();
    while (!queue_.empty() && queue_.next_at() <= end) {
        const Event event = queue_.pop();
        now_ = event.at;
        happen(event);
        if (++events_ % watch_every == 0 && watch && watch({now_, events_, steps_})) return Stop::interrupted;
    }
    now_ = end;
    return Stop::reached;
}

void Simulation::Engine::happen(const Event& event) {
    const PeerId origin{event.origin};
    switch (static_cast<Happens>(event.kind)) {
        case Happens::joined: return power_on(origin);
        case Happens::booted:
            if (host_of(origin).generation == event.slot) start(origin);
            return;
        case Happens::wake: return on_wake(origin, event.slot);
        case Happens::core_free:
            if (host_of(origin).generation == event.slot) on_core_free(origin);
            return;
        case Happens::released: return release(event.slot);
        case Happens::durable: return on_durable(event.slot);
        case Happens::arrived: return on_arrived(event.slot);
        case Happens::through: return on_through(event.slot);
        case Happens::task: return on_task(event.slot);
        case Happens::fault: return on_fault(event.slot);
        case Happens::sample: return on_sample();
    }
}

void Simulation::Engine::schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot) {
    if (at.is_never()) return;
    std::uint32_t& count =
        origin < workload_origin ? hosts_[origin].count : outside_counts_[origin - workload_origin];
    queue_.push({at, origin, count++, slot, static_cast<std::uint32_t>(what)});
}

// --- what is asked, and what befalls -----------------------------------------------------------

void Simulation::Engine::add(const Task& task) {
    COOP_ASSERT(task.at >= now_ && task.node.index < hosts_.size());
    const Slot slot = tasks_.take();
    tasks_[slot] = task;
    schedule(task.at, workload_origin, Happens::task, slot);
}

void Simulation::Engine::add(const Fault& fault) {
    COOP_ASSERT(fault.at >= now_ && fault.node.index < hosts_.size());
    const Slot slot = faults_.take();
    faults_[slot] = fault;
    schedule(fault.at, fault_origin, Happens::fault, slot);
}

// One of the port's at a time is in the queue: a workload of a million tasks costs no memory.
void Simulation::Engine::pull_task() {
    if (task_pending_) return;
    const std::optional<Task> task = world_.workload.next();
    if (!task) return;
    add(*task);
    task_pending_ = true;
}

void Simulation::Engine::pull_fault() {
    if (fault_pending_) return;
    const std::optional<Fault> fault = world_.faults.next();
    if (!fault) return;
    add(*fault);
    fault_pending_ = true;
}

void Simulation::Engine::on_task(Slot slot) {
    const Task task = std::move(tasks_[slot]);
    tasks_[slot] = {};
    tasks_.give_back(slot);
    task_pending_ = false;
    if (!host_of(task.node).node) {
        world_.observer.on_task_lost(task);
    } else {
        if (const auto* const put = std::get_if<protocol::Put>(&task.command)) {
            crypto_->create(*put);
            if (checker_) checker_->on_put(*put->manifest);
        }
        Waiting input;
        input.what = Waiting::What::requested;
        input.command = task.command;
        offer(task.node, std::move(input));
    }
    pull_task();
}

void Simulation::Engine::on_fault(Slot slot) {
    const Fault fault = faults_[slot];
    faults_.give_back(slot);
    fault_pending_ = false;
    befall(host_of(fault.node), fault);
    pull_fault();
}

void Simulation::Engine::befall(Host& host, const Fault& fault) {
    world_.observer.on_fault(fault);
    switch (fault.kind) {
        case FaultKind::power_off: return power_off(fault.node);
        case FaultKind::power_on: return power_on(fault.node);
        case FaultKind::kill: return end_generation(fault.node);
        case FaultKind::restart:
            if (host.powered) start(fault.node);
            return;
        case FaultKind::leave:
            host.leaves = true;
            if (host.node) ask_to_leave(fault.node);
            return;
        case FaultKind::disk_full: host.health = DiskHealth::full; return;
        case FaultKind::disk_failing: host.health = DiskHealth::failing; return;
        case FaultKind::disk_well: host.health = DiskHealth::well; return;
    }
}

void Simulation::Engine::on_sample() {
    world_.observer.on_sample(now_, *face_);
    schedule(now_ + setup_.sample_every, sample_origin, Happens::sample, 0);
}

// --- power -------------------------------------------------------------------------------------

void Simulation::Engine::power_on(PeerId peer) {
    Host& host = host_of(peer);
    if (host.powered || host.departed) return;
    host.powered = true;
    host.powered_since = now_;
    boot(peer);
}

void Simulation::Engine::boot(PeerId peer) {
    const Host& host = host_of(peer);
    schedule(now_ + host.board->boot, peer.index, Happens::booted, host.generation);
}

void Simulation::Engine::start(PeerId peer) {
    Host& host = host_of(peer);
    if (host.node) return;
    host.node.emplace(peer, *host.config, setup_.policies);
    if (++host.counters.starts > 1) world_.observer.on_restart(now_, peer, *face_);
    offer(peer, {.what = Waiting::What::started, .ticket = {}, .command = {}});
    if (host.leaves) ask_to_leave(peer);
}

void Simulation::Engine::ask_to_leave(PeerId peer) {
    offer(peer, {.what = Waiting::What::requested, .ticket = {}, .command = protocol::Leave{}});
}

void Simulation::Engine::on_departed(PeerId peer) {
    Host& host = host_of(peer);
    if (host.departed) return;
    host.departed = true;
    add(Fault{now_ + last_words, peer, FaultKind::power_off});
}

void Simulation::Engine::power_off(PeerId peer) {
    Host& host = host_of(peer);
    if (!host.powered) return;
    account_power(host);
    host.powered = false;
    end_generation(peer);
}

void Simulation::Engine::end_generation(PeerId peer) {
    Host& host = host_of(peer);
    lose_uplink(peer);
    ++host.generation;
    ++host.armed;
    host.armed_at = base::Instant::never();
    host.node.reset();
    host.cores.reset();
    host.released_at = now_;
    host.up.reset(now_);
    host.down.reset(now_);
    host.disk_turn.reset(now_);
    host.wake_waits = host.core_event = false;
    while (host.waiting_first != no_slot) {
        const Slot slot = host.waiting_first;
        host.waiting_first = waiting_[slot].next;
        if (waiting_[slot].flight != no_slot) drop(waiting_[slot].flight, Dropped::receiver_off);
        waiting_[slot].command = {};
        waiting_.give_back(slot);
    }
    host.waiting_last = no_slot;
    host.waiting = 0;
}

void Simulation::Engine::account_power(Host& host) const {
    if (!host.powered) return;
    host.counters.powered += now_ - host.powered_since;
    host.counters.awake += awake_between(host.config->owner.hours, host.powered_since, now_);
    host.powered_since = now_;
}

// --- figures -----------------------------------------------------------------------------------

Counters Simulation::Engine::counters(PeerId peer) const {
    const Host& host = hosts_[peer.index];
    Counters sum = host.counters;
    if (host.powered) {
        sum.powered += now_ - host.powered_since;
        sum.awake += awake_between(host.config->owner.hours, host.powered_since, now_);
    }
    sum.disk_used = host.disk.used();
    return sum;
}

Fingerprint Simulation::Engine::fingerprint() const {
    Fingerprint whole;
    for (const Host& host : hosts_) whole.add(host.fingerprint.value);
    return whole;
}

}  // namespace coop::sim

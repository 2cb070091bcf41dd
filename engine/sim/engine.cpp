#include "engine/sim/engine.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/crypto/priced.hpp"
#include "engine/sim/real_crypto.hpp"

namespace coop::sim {
namespace {

/// More than boards would have nothing to do.
std::uint32_t threads_for(const Setup& setup, const World& world) {
    return std::min(setup.threads, world.people.count());
}

// Of a hand that waits for another in a window: giving up the core costs little where nobody wants it. Guess.
// Study: scenarios/scale/million.toml
constexpr int looks_max = 1000;

std::unique_ptr<crypto::MeteredCrypto> make_crypto(const Setup& setup, std::uint32_t boards) {
    if (setup.crypto == Cryptography::real) return std::make_unique<RealCrypto>(setup.seed, boards);
    return std::make_unique<crypto::PricedCrypto>(setup.seed);
}

OneThread why_one_thread(const Setup& setup, const World& world) {
    if (threads_for(setup, world) <= 1) return OneThread::asked_for;
    if (world.network.lookahead() <= base::Duration::zero()) return OneThread::no_lookahead;
    if (setup.encode != Encode::never) return OneThread::encodes;
    if (world.observer.follows_steps()) return OneThread::steps_followed;
    return OneThread::no;
}

}  // namespace

Simulation::Engine::Engine(const Setup& setup, const World& world)
    : one_thread_(why_one_thread(setup, world)),
      looks_(std::min(looks_of(setup.threads), looks_max)),
      commons_(setup, world, one_thread_ == OneThread::no ? threads_for(setup, world) : 1),
      streams_(commons_,
               [this](const Event& event, const Flight& flight) { partition_of(flight.to).receive(event); }) {
    COOP_ASSERT(setup.policies.quota != nullptr && setup.policies.placement != nullptr);
    COOP_ASSERT((setup.encode == Encode::never) || setup.recoder != nullptr);
    const std::uint32_t count = world.people.count();
    COOP_ASSERT(count < workload_origin);
    for (std::uint32_t i = 0; i < threads(); ++i) {
        partitions_.push_back(std::make_unique<Partition>(
            commons_, i, i == 0 ? make_crypto(setup, count) : partitions_.front()->crypto().another()));
        if (threads() > 1) witnesses_.emplace_back(partitions_.back()->reached());
    }
    commons_.hosts.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const PeerId peer{i};
        const Board& board = world.boards.board(peer);
        const protocol::Own& own = world.people.own(peer);
        Host& host = commons_.hosts.emplace_back(setup.seed, peer, board, own, setup.keep_records);
        host.rates = world.network.rates(peer);
        host.rates.up = narrower(host.rates.up, board.nic);
        host.rates.down = narrower(host.rates.down, board.nic);
        if (setup.count_kinds) host.kinds = std::make_unique<KindCounters>();
        if (commons_.checker) commons_.checker->add_member(own.owner);
        partition_of(peer).schedule(world.people.joins_at(peer), i, Happens::joined, 0);
    }
    if (setup.sample_every > base::Duration::zero())
        schedule(now_ + setup.sample_every, sample_origin, Happens::sample, 0);
}

// --- windows -----------------------------------------------------------------------------------

Stop Simulation::Engine::run_until(base::Instant end, const Watch& watch) {
    constexpr std::uint64_t watch_every =
        4096;  // events; about a millisecond of work: an interruption feels immediate
    COOP_ASSERT(end >= now_);
    pull_task();
    pull_fault();
    commons_.lookahead = commons_.world.network.lookahead();
    COOP_ASSERT(threads() == 1 || commons_.lookahead > base::Duration::zero());
    if (threads() > 1)
        crew_ = std::make_unique<Crew>(threads(), [this](std::uint32_t number) { run_hand(number); });
    Stop stop = Stop::reached;
    std::uint64_t watched = events();
    for (base::Instant from = next_at(); from <= end; from = next_at()) {
        open_window(from, end);
        run_window();
        const Event reached = commons_.window.end();
        bring_streams_to(reached.at);
        EventQueue& serial = commons_.serial;
        if (!serial.empty() && !reached.before(serial.next())) happen(serial.pop());
        if (!watch || events() - watched < watch_every) continue;
        watched = events();
        if (watch(progress())) {
            stop = Stop::interrupted;
            break;
        }
    }
    crew_.reset();
    if (stop == Stop::reached) now_ = end;
    return stop;
}

base::Instant Simulation::Engine::next_at() {
    for (const auto& partition : partitions_) partition->hand_over_to(streams_);
    base::Instant first = streams_.next_at();
    commons_.exchange.settle();
    if (!commons_.serial.empty()) first = std::min(first, commons_.serial.next_at());
    for (const auto& partition : partitions_) {
        partition->take();
        first = std::min(first, partition->next_at());
    }
    return first;
}

void Simulation::Engine::open_window(base::Instant from, base::Instant end) {
    // Seldom enough that nobody waits much for the others, often enough for whoever watches. Guess. Study:
    // scenarios/scale/million.toml
    constexpr std::int64_t ways = 32;
    const base::Duration way = commons_.way();
    const base::Instant streams_send = streams_.next_at() + way;
    const base::Instant last = std::min(end + base::Duration::of_ns(1), streams_send);
    Event bound{std::min(from + way * ways, last)};
    EventQueue& serial = commons_.serial;
    if (!serial.empty() && serial.next().before(bound)) bound = serial.next();
    commons_.window.open(bound);
    commons_.exchange.begin(from, way);
}

void Simulation::Engine::run_window() {
    const std::uint64_t before = events();
    if (threads() == 1) {
        partitions_.front()->advance();
    } else {
        for (std::uint32_t i = 0; i < threads(); ++i) partitions_[i]->enter(witnesses_[i]);
        const std::uint64_t worth = commons_.setup.worth_a_thread * threads();
        if (window_events_ >= worth || !run_alone(worth)) crew_->run();
        for (const auto& partition : partitions_) partition->enter(commons_.world.observer);
        tell_in_order(witnesses_, commons_.world.observer);
    }
    for (const auto& partition : partitions_) partition->clear_up();
    window_events_ = events() - before;
}

/// Until there were so many events that more hands are worth it; whether the window's end came first.
bool Simulation::Engine::run_alone(std::uint64_t few) {
    const std::uint64_t before = events();
    for (bool all = false; !all;) {
        if (events() - before >= few) return false;
        all = true;
        for (const auto& partition : partitions_) all = partition->advance() && all;
    }
    return true;
}

void Simulation::Engine::run_hand(std::uint32_t number) {
    for (int look = 0; !partitions_[number]->advance();)
        if (++look > looks_) std::this_thread::yield();
}

// All before the horizon; at that moment itself boards may still act.
void Simulation::Engine::bring_streams_to(base::Instant horizon) {
    for (const auto& partition : partitions_) partition->hand_over_to(streams_);
    streams_.run_until(horizon);
    now_ = std::max(now_, horizon - base::Duration::of_ns(1));
}

void Simulation::Engine::happen(const Event& event) {
    now_ = event.at;
    ++serial_events_;
    switch (static_cast<Happens>(event.kind)) {
        case Happens::task: return on_task(event.slot);
        case Happens::fault: return on_fault(event.slot);
        case Happens::sample: return on_sample();
        default: break;
    }
    COOP_ASSERT(static_cast<Happens>(event.kind) == Happens::booted);
    const PeerId peer{event.origin};
    if (host(peer).generation != event.slot) return;
    partition_of(peer).come_to(now_);
    partition_of(peer).start(peer);
}

void Simulation::Engine::schedule(base::Instant at, std::uint32_t origin, Happens what, Slot slot) {
    if (at.is_never()) return;
    std::uint32_t& count = serial_counts_[origin - workload_origin];
    commons_.serial.push({at, origin, count++, slot, static_cast<std::uint32_t>(what)});
}

// --- what is asked, and what befalls -----------------------------------------------------------

void Simulation::Engine::add(const Task& task) {
    COOP_ASSERT(task.at >= now_ && task.node.index < count());
    const Slot slot = tasks_.take();
    tasks_[slot] = task;
    schedule(task.at, workload_origin, Happens::task, slot);
}

void Simulation::Engine::add(const Fault& fault) {
    COOP_ASSERT(fault.at >= now_ && fault.node.index < count());
    const Slot slot = faults_.take();
    faults_[slot] = fault;
    schedule(fault.at, fault_origin, Happens::fault, slot);
}

// One of the port's at a time is in the queue: a workload of a million tasks costs no memory.
void Simulation::Engine::pull_task() {
    if (task_pending_) return;
    const std::optional<Task> task = commons_.world.workload.next();
    if (!task) return;
    add(*task);
    task_pending_ = true;
}

void Simulation::Engine::pull_fault() {
    if (fault_pending_) return;
    const std::optional<Fault> fault = commons_.world.faults.next();
    if (!fault) return;
    add(*fault);
    fault_pending_ = true;
}

void Simulation::Engine::on_task(Slot slot) {
    const Task task = std::move(tasks_[slot]);
    tasks_[slot] = {};
    tasks_.give_back(slot);
    task_pending_ = false;
    if (!host(task.node).node) {
        commons_.world.observer.on_task_lost(task);
    } else {
        if (const auto* const put = std::get_if<protocol::Put>(&task.command)) {
            partitions_.front()->crypto().create(*put);  // for all
            if (commons_.checker) commons_.checker->on_put(*put->manifest);
        }
        partition_of(task.node).come_to(now_);
        partition_of(task.node).request(task.node, task.command);
    }
    pull_task();
}

void Simulation::Engine::on_fault(Slot slot) {
    const Fault fault = faults_[slot];
    faults_.give_back(slot);
    fault_pending_ = false;
    commons_.world.observer.on_fault(fault);
    befall(fault);
    pull_fault();
}

void Simulation::Engine::befall(const Fault& fault) {
    Host& host = commons_.host_of(fault.node);
    Partition& partition = partition_of(fault.node);
    partition.come_to(now_);
    switch (fault.kind) {
        case FaultKind::power_off: return partition.power_off(fault.node);
        case FaultKind::power_on: return partition.power_on(fault.node);
        case FaultKind::kill: return partition.end_generation(fault.node);
        case FaultKind::restart:
            if (host.powered) partition.start(fault.node);
            return;
        case FaultKind::leave:
            host.leaves = true;
            if (host.node) partition.ask_to_leave(fault.node);
            return;
        case FaultKind::disk_full: host.health = DiskHealth::full; return;
        case FaultKind::disk_failing: host.health = DiskHealth::failing; return;
        case FaultKind::disk_well: host.health = DiskHealth::well; return;
    }
}

void Simulation::Engine::on_sample() {
    commons_.world.observer.on_sample(now_, *commons_.face);
    schedule(now_ + commons_.setup.sample_every, sample_origin, Happens::sample, 0);
}

// --- figures -----------------------------------------------------------------------------------

std::uint64_t Simulation::Engine::events() const {
    std::uint64_t sum = serial_events_;
    for (const auto& partition : partitions_) sum += partition->events();
    return sum;
}

Progress Simulation::Engine::progress() const {
    std::uint64_t steps = 0;
    for (const auto& partition : partitions_) steps += partition->steps();
    return {now_, events(), steps};
}

Counters Simulation::Engine::counters(PeerId peer) const {
    const Host& host = commons_.hosts[peer.index];
    Counters sum = host.counters;
    if (host.powered) {
        sum.powered += now_ - host.powered_since;
        sum.awake += awake_between(host.own->owner.hours, host.powered_since, now_);
    }
    sum.disk_used = host.disk.used();
    return sum;
}

KindCounters Simulation::Engine::kinds() const {
    KindCounters sum;
    for (const auto& partition : partitions_) sum += partition->kinds();
    return sum;
}

Fingerprint Simulation::Engine::fingerprint() const {
    Fingerprint whole;
    for (const Host& host : commons_.hosts) whole.add(host.fingerprint.value);
    return whole;
}

std::uint64_t Simulation::Engine::violations() const {
    std::uint64_t sum = 0;
    for (const auto& partition : partitions_) sum += partition->violations();
    return sum;
}

}  // namespace coop::sim

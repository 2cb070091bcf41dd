#include "engine/app/testbed_driver.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <numeric>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace coop::app {
namespace {

using Json = nlohmann::json;

/// How often boards are looked after while nothing is due.
constexpr base::Duration look_again = base::milliseconds(50);
/// A question is one commit; a busy disk takes seconds over it. Guess: longer means that the board hangs.
constexpr base::Duration answer_max = base::seconds(10);
/// `Limits::farewell_max` twice, and a commit.
constexpr base::Duration stop_max = base::seconds(10);

void sleep_for(base::Duration d) {
    if (d > base::Duration::zero()) std::this_thread::sleep_for(std::chrono::nanoseconds(d.ns()));
}

/// Words of exactly this size.
std::string words(base::Bytes size, std::uint64_t number) {
    const std::string phrase = fmt::format("Notice {}: the street's meeting is on Thursday. ", number);
    std::string text;
    while (text.size() < static_cast<std::size_t>(size.count)) text += phrase;
    text.resize(static_cast<std::size_t>(size.count));
    return text;
}

}  // namespace

TestbedDriver::TestbedDriver(const Stageplay& play)
    : play_(play),
      clock_(play.epoch),
      wishes_(play.population.wishes),
      faults_(play.population.faults),
      moments_(play.scenario),
      look_at_(moments_.after(base::Instant::zero())) {
    const models::Members& members = *play.population.members;
    up_since_.assign(members.count(), base::Instant::never());
    serves_.assign(members.count(), false);
    off_at_.assign(members.count(), base::Instant::never());
    for (std::uint32_t i = 0; i < members.count(); ++i)
        boards_.emplace_back(play.program, play.plan.folder_of(i));
    starts_.resize(members.count());
    std::iota(starts_.begin(), starts_.end(), 0u);
    std::stable_sort(starts_.begin(), starts_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return members.joins_at(protocol::PeerId{a}) < members.joins_at(protocol::PeerId{b});
    });
    next_wish_ = wishes_.next();
    next_fault_ = faults_.next();
}

base::Instant TestbedDriver::next_moment() const {
    base::Instant next = std::min(base::Instant::zero() + play_.scenario.duration, look_at_);
    if (started_ < starts_.size()) {
        next = std::min(next, play_.population.members->joins_at(protocol::PeerId{starts_[started_]}));
    }
    if (next_wish_) next = std::min(next, next_wish_->at);
    if (next_fault_) next = std::min(next, next_fault_->at);
    return next;
}

Played TestbedDriver::play() {
    const base::Instant end = base::Instant::zero() + play_.scenario.duration;
    while (now() < end && goes_on()) {
        sleep_for(std::min(next_moment() - now(), look_again));
        do_what_is_due();
        switch_off_departed();
        look_after_boards();
        if (play_.on_time) play_.on_time(now());
    }
    played_.end = std::clamp(now(), base::Instant::zero(), end);  // it may be stopped before it begins
    played_.interrupted = interrupted() && played_.end < end;
    if (played_.end == end && look_at_ <= end) look_at_links();
    stop_all();
    return std::move(played_);
}

void TestbedDriver::do_what_is_due() {
    for (base::Instant due = next_moment(); due <= now() && goes_on(); due = next_moment()) {
        if (due - base::Instant::zero() >= play_.scenario.duration) return;
        played_.late_max = std::max(played_.late_max, now() - due);
        // At one moment: starts, then faults, then wishes, then a look at the links.
        if (started_ < starts_.size() &&
            play_.population.members->joins_at(protocol::PeerId{starts_[started_]}) <= due) {
            start(starts_[started_++]);
        } else if (next_fault_ && next_fault_->at <= due) {
            befall(*next_fault_);
            next_fault_ = faults_.next();
        } else if (next_wish_ && next_wish_->at <= due) {
            wish(*next_wish_);
            next_wish_ = wishes_.next();
        } else {
            look_at_links();
        }
    }
}

void TestbedDriver::start(std::uint32_t member) {
    if (boards_[member].running() || !off_at_[member].is_never()) return;
    const std::string trouble = boards_[member].start();
    up_since_[member] = now();
    if (!trouble.empty()) played_.collapses.push_back({now(), protocol::PeerId{member}, trouble});
}

void TestbedDriver::befall(const sim::Fault& fault) {
    using sim::FaultKind;
    const std::uint32_t member = fault.node.index;
    switch (fault.kind) {
        // A program cannot tell the loss of power from kill -9: neither leaves it a moment.
        case FaultKind::power_off:
        case FaultKind::kill:
            boards_[member].kill();
            up_since_[member] = base::Instant::never();
            break;
        case FaultKind::power_on:
        case FaultKind::restart:
            if (!boards_[member].running()) {
                played_.found.push_back(
                    {now(), {member, whole_objects(boards_[member].folder(), Look::at_names)}});
            }
            start(member);
            break;
        case FaultKind::leave: ask(member, {{"do", "leave"}}); break;
        default: return;  // nobody can fill a disk of this machine without harm: no scenario asks for it
    }
    played_.faults.push_back({now(), fault.node, fault.kind});
}

void TestbedDriver::wish(const sim::Task& task) {
    const std::uint32_t member = task.node.index;
    if (!boards_[member].running()) {
        const bool stopped = up_since_[member] == base::Instant::never();
        ++(stopped ? played_.wishes_of_stopped : played_.wishes_of_collapsed);
        return;
    }
    ++played_.wishes;
    bool granted = false;
    if (const auto* const put = std::get_if<protocol::Put>(&task.command)) {
        base::Digest real;
        const std::uint64_t content = base::combine(play_.scenario.seed, put->manifest->object.prefix());
        granted =
            ask(member, {{"do", "put"}, {"size", put->manifest->size.count}, {"seed", content >> 1}}, &real);
        if (granted) real_names_[put->manifest->object] = real;
    } else if (const auto* const publish = std::get_if<protocol::Publish>(&task.command)) {
        granted = ask(member, {{"do", "publish"}, {"text", words(publish->notice.size, played_.wishes)}});
    } else if (const auto* const get = std::get_if<protocol::Get>(&task.command)) {
        const base::Digest* const real = real_names_.find(get->object);
        // Nobody waits here: the board goes on trying, and its journal says when it got it.
        if (real != nullptr) {
            ask(member, {{"do", "get"}, {"object", base::to_hex(*real)}, {"within_s", 0}});
            granted = true;
        }
    }
    if (!granted) ++played_.wishes_refused;
}

bool TestbedDriver::ask(std::uint32_t member, const Json& question, base::Digest* object) {
    // A board that has just been started opens its socket within a moment; a busy machine takes longer over
    // it.
    ControlClient* control = nullptr;
    for (const base::Instant until = now() + answer_max; boards_[member].running() && now() < until;) {
        if ((control = boards_[member].control()) != nullptr) break;
        sleep_for(look_again);
        look_after_boards();
    }
    if (control == nullptr) return false;
    const auto answer = control->ask(question, answer_max);
    if (!answer && !answer.error().refused) boards_[member].hang_up();
    if (!answer) return false;
    serves_[member] = true;
    if (object == nullptr) return true;
    const auto name = answer.value().find("object");
    const auto bytes = name != answer.value().end() && name->is_string()
                           ? base::parse_hex32(name->get_ref<const std::string&>())
                           : std::nullopt;
    if (bytes) object->bytes = *bytes;
    return bytes.has_value();
}

void TestbedDriver::look_after_boards() {
    for (std::uint32_t i = 0; i < boards_.size(); ++i) {
        const auto how = boards_[i].ended_by_itself();
        if (!how) continue;
        // A board that is asked to stop before it listens for that ends by the signal.
        const bool asked = stopping_ || !off_at_[i].is_never();
        if (asked && (*how == "exit code 0" || *how == fmt::format("signal {}", SIGTERM))) continue;
        const bool is_crash = serves_[i] || how->starts_with("signal");
        played_.collapses.push_back({now(), protocol::PeerId{i}, *how, boards_[i].last_log_line(), is_crash});
    }
}

void TestbedDriver::switch_off_departed() {
    for (std::uint32_t i = 0; i < boards_.size(); ++i) {
        if (now() < off_at_[i] || up_since_[i].is_never()) continue;
        boards_[i].ask_to_stop();
        up_since_[i] = base::Instant::never();
        played_.faults.push_back({now(), protocol::PeerId{i}, sim::FaultKind::power_off});
    }
}

void TestbedDriver::look_at_links() {
    std::vector<results::Edge> edges;
    for (std::uint32_t i = 0; i < boards_.size() && goes_on(); ++i) add_eager(i, edges);
    played_.looks[look_at_] = std::move(edges);
    look_at_ = moments_.after(look_at_);
}

void TestbedDriver::add_eager(std::uint32_t member, std::vector<results::Edge>& edges) {
    ControlClient* const control = boards_[member].control();
    if (control == nullptr) return;  // it is down, or has not opened its socket yet
    const auto status = control->ask({{"do", "status"}}, answer_max);
    if (!status) return boards_[member].hang_up();
    serves_[member] = true;
    const auto eager = status.value().find("eager");
    if (eager == status.value().end() || !eager->is_array()) return;
    const auto& keys = play_.plan.keys;
    for (const Json& name : *eager) {
        const auto bytes =
            name.is_string() ? base::parse_hex32(name.get_ref<const std::string&>()) : std::nullopt;
        const auto at = bytes ? std::find(keys.begin(), keys.end(), base::Key{*bytes}) : keys.end();
        if (at != keys.end()) edges.push_back({member, static_cast<std::uint32_t>(at - keys.begin())});
    }
}

void TestbedDriver::stop_all() {
    stopping_ = true;
    for (BoardProcess& board : boards_) board.ask_to_stop();
    const base::Instant until = now() + stop_max;
    const auto any_runs = [&] {
        look_after_boards();
        return std::any_of(boards_.begin(), boards_.end(), [](const BoardProcess& b) { return b.running(); });
    };
    while (any_runs() && now() < until) sleep_for(look_again / 5);
    for (BoardProcess& board : boards_) {
        if (board.running()) ++played_.killed_at_end;
        board.kill();
    }
}

}  // namespace coop::app

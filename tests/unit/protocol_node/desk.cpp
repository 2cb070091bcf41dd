#include "tests/unit/protocol_node/desk.hpp"

#include <algorithm>
#include <utility>

namespace coop::protocol::test {

Config generous(base::Bytes disk) {
    Config config;
    config.owner.line_up = config.owner.line_down = base::ByteRate{1'000'000'000};
    config.owner.share = base::percent(100);
    config.owner.disk = disk;
    return config;
}

Desk::Desk(Config config, std::int64_t copies, base::Bytes burst)
    : config_(std::move(config)),
      placement_(policy::make_copies(copies)),
      quota_(policy::make_fixed_share(burst)) {}

void Desk::start() {
    const std::vector<Record> kept = disk_.records();
    node.emplace(PeerId{0}, config_, Policies{placement_.get(), quota_.get()});
    step(Started{kept});
}

void Desk::restart() {
    waiting_.clear();
    start();
}

void Desk::receive(std::uint32_t from, Message message) {
    const auto shared = std::make_shared<const Message>(std::move(message));
    step(Received{PeerId{from}, shared.get()});
}

void Desk::request(Command command) { step(Requested{std::move(command)}); }

void Desk::run_until(base::Instant end) {
    while (node->deadline() <= end) {
        now = std::max(now, node->deadline());
        step(Woken{});
    }
    now = end;
}

void Desk::step(const Input& input) {
    out_.clear();
    Env env{now, rng_, out_, crypto};
    node->step(input, env);
    Step done;
    for (Effect& effect : out_.effects()) {
        if (auto* send = std::get_if<Send>(&effect)) {
            done.sends.push_back(std::move(*send));
        } else if (auto* persist = std::get_if<Persist>(&effect)) {
            done.records.push_back(std::move(*persist));
        } else {
            reports.push_back(std::get<Report>(effect));
        }
    }
    if (done.records.empty() || disk_is != DiskIs::slow)
        return finish(std::move(done), disk_is == DiskIs::prompt);
    waiting_.push_back(std::move(done));
}

void Desk::finish(Step done, bool durable) {
    if (durable || done.records.empty()) {
        for (Send& send : done.sends) left.push_back({now, send.to, std::move(send.message)});
    }
    if (durable) {
        for (const Persist& each : done.records) disk_.apply(each.record);
    }
    for (const Persist& each : done.records) step(Persisted{each.ticket, durable});
}

void Desk::write_step() {
    Step first = std::move(waiting_.front());
    waiting_.pop_front();
    finish(std::move(first), true);
}

void Desk::write_all() {
    while (!waiting_.empty()) write_step();
}

void Desk::fail_all() {
    while (!waiting_.empty()) {
        Step first = std::move(waiting_.front());
        waiting_.pop_front();
        finish(std::move(first), false);
    }
}

SignedRef Desk::said_by(std::uint32_t origin, std::uint32_t sequence, Body body) const {
    Statement statement{{PeerId{origin}, sequence}, now, std::move(body)};
    const Signature signature = crypto.sign(statement);
    return share(Signed{std::move(statement), signature});
}

void Desk::join(std::uint32_t peer, Announcement offer) { receive(peer, Join{said_by(peer, 1, offer)}); }

std::vector<Report> Desk::reported(What what) const {
    std::vector<Report> found;
    std::copy_if(reports.begin(), reports.end(), std::back_inserter(found),
                 [&](const Report& report) { return report.what == what; });
    return found;
}

std::vector<SignedRef> Desk::statements_kept() const {
    std::vector<SignedRef> own;
    for (const Record& record : disk_.records()) {
        const auto* kept = std::get_if<KeptStatement>(&record);
        if (kept != nullptr && kept->statement->statement.id.origin == PeerId{0})
            own.push_back(kept->statement);
    }
    return own;
}

}  // namespace coop::protocol::test
